//! Parameters: patterns, `mut`, many, none, and the instance's own context.

use crate::support::twin::twin;
use undying::__private::{Driver, Memory};
use undying::orchestration;

twin! {
    with {
        #[resumable(orchestration)]
        async fn area((wide, high): (i64, i64), [a, .., z]: [i64; 3]) -> i64 {
            let more = inc(a).await;
            wide * high + more * z
        }
    }
    async fn tuples_and_arrays_as_patterns(n: i64) -> i64 {
        area((n, 2), [1, 2, n]).await
    }
}

twin! {
    with {
        #[derive(Serialize, Deserialize)]
        struct Order { id: i64, lines: Vec<i64>, note: String }
        #[resumable(orchestration)]
        async fn handle(Order { id, mut lines, .. }: Order) -> Vec<i64> {
            lines.push(inc(id).await);
            ping().await;
            lines.push(id);
            lines
        }
    }
    async fn a_struct_as_a_pattern(n: i64) -> Vec<i64> {
        handle(Order { id: n, lines: many(n).await, note: name(n).await }).await
    }
}

twin! {
    call |n: i64| a_mutable_parameter(n, vec![n]);
    async fn a_mutable_parameter(mut n: i64, mut list: Vec<i64>) -> Vec<i64> {
        n += inc(n).await;
        list.push(n);
        while n > 5 {
            n -= inc(4).await;
            list.push(n);
        }
        list
    }
}

twin! {
    call |_: i64| no_parameters();
    async fn no_parameters() -> i64 {
        let a = inc(1).await;
        a + inc(a).await
    }
}

twin! {
    call |n: i64| an_ignored_parameter(n, String::from("unused"), 5);
    async fn an_ignored_parameter(n: i64, _: String, _later: i64) -> i64 {
        inc(n).await
    }
}

twin! {
    call |n: i64| twelve_parameters(n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, n);
    async fn twelve_parameters(a: i64, b: u8, c: i16, d: u16, e: i32, f: u32, g: i64, h: u64, i: i8, j: usize, k: i128, l: i64) -> i64 {
        let m = inc(a).await;
        let sum = i64::from(b) + i64::from(c) + i64::from(d) + i64::from(e) + i64::from(f) + g + h as i64 + i64::from(i) + j as i64 + k as i64;
        ping().await;
        sum * m + l
    }
}

twin! {
    call |n: i64| a_parameter_shadowed_at_once(n);
    async fn a_parameter_shadowed_at_once(n: i64) -> String {
        let n = format!("{n}");
        ping().await;
        let n = n.len() as i64;
        inc(n).await.to_string()
    }
}

twin! {
    call |n: i64| references_inside_owned_parameters(vec![format!("a{n}"), "b".into()], Box::new(n), Some('x'));
    async fn references_inside_owned_parameters(words: Vec<String>, boxed: Box<i64>, letter: Option<char>) -> String {
        let mut out = String::new();
        for word in &words {
            out += word;
            out += &inc(*boxed).await.to_string();
        }
        out.extend(letter);
        out
    }
}

#[orchestration]
async fn asks_its_context(cx: &mut Context, n: i64) -> Vec<String> {
    use crate::support::machine::inc;
    let mut seen = vec![cx.instance_id().to_owned()];
    let begun = cx.now();
    for k in 0..n {
        inc(k).await;
        cx.set_status(format!("round {k}"));
        seen.push(cx.instance_id().to_owned());
    }
    undying::sleep(undying::secs(1)).await;
    seen.push(format!(
        "{:?}",
        cx.now().duration_since(begun).unwrap_or_default()
    ));
    seen
}

#[test]
fn the_context_is_there_again_after_every_await() {
    for memory in [Memory::Hot, Memory::Written, Memory::Cold] {
        let seen = Driver::new(memory).run(asks_its_context(2)).unwrap();
        assert_eq!(seen, ["driven", "driven", "driven", "1s"], "{memory:?}");
    }
}
