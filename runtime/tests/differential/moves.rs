//! Moves on some paths, in loops, into calls, out of structs.

use crate::support::twin::twin;

twin! {
    async fn on_one_path_and_used_on_the_other(n: i64) -> Vec<String> {
        let text = String::from("x");
        let mut out = vec![];
        if n > 3 {
            out.push(text);
            inc(1).await;
        } else {
            inc(2).await;
            out.push(text + "y");
        }
        out
    }
}

twin! {
    async fn into_a_call_with_later_awaits(n: i64) -> usize {
        let list = many(n).await;
        let size = std::mem::size_of_val(&list[..]) / 8;
        drop(list);
        inc(size as i64).await as usize
    }
}

twin! {
    async fn and_set_again_in_a_loop(n: i64) -> String {
        let mut text = name(0).await;
        for k in 0..n.min(4) {
            let old = text;
            text = format!("{old}{}", inc(k).await);
        }
        text
    }
}

twin! {
    async fn out_of_an_option_by_take(n: i64) -> (Option<String>, String) {
        let mut slot = Some(name(n).await);
        let taken = if odd(n).await { slot.take() } else { None };
        ping().await;
        (slot, taken.unwrap_or_default())
    }
}

twin! {
    async fn out_of_a_struct_by_destructuring(n: i64) -> String {
        struct Pair { a: String, b: String }
        let pair = Pair { a: name(n).await, b: name(n + 1).await };
        let Pair { a, b } = pair;
        ping().await;
        let size = a.len();
        drop(a);
        inc(size as i64).await;
        b
    }
}

twin! {
    async fn out_of_a_vector(n: i64) -> (Vec<i64>, Option<i64>) {
        let mut list = many(n).await;
        let last = list.pop();
        ping().await;
        let rest = std::mem::take(&mut list);
        inc(rest.len() as i64).await;
        (rest, last)
    }
}

twin! {
    async fn of_an_argument_into_a_struct(n: i64) -> String {
        #[derive(Debug)]
        struct Order { lines: Vec<i64>, note: Option<String> }
        let lines = many(n).await;
        let note = if n > 2 { Some(name(n).await) } else { None };
        let order = Order { lines, note };
        inc(order.lines.len() as i64).await;
        format!("{order:?}")
    }
}

twin! {
    async fn through_a_match_arm_into_the_next_await(n: i64) -> String {
        let value = check(n - 4).await;
        let text = match value {
            Ok(k) => format!("{k}"),
            Err(why) => { ping().await; why.0 }
        };
        inc(text.len() as i64).await;
        text
    }
}

twin! {
    async fn of_a_box(n: i64) -> i64 {
        let boxed = Box::new((name(n).await, n));
        ping().await;
        let (text, k) = *boxed;
        inc(text.len() as i64).await + k
    }
}

twin! {
    async fn before_a_break_with_the_moved_value(n: i64) -> String {
        let mut text = String::new();
        let out = loop {
            text.push_str(&name(text.len() as i64).await);
            if text.len() as i64 > n {
                break text;
            }
        };
        ping().await;
        out
    }
}

twin! {
    async fn of_a_parameter_on_the_first_round_only(n: i64) -> Vec<String> {
        let mut pending = Some(name(n).await);
        let mut out = vec![];
        for k in 0..3 {
            if let Some(text) = pending.take() {
                out.push(text);
            } else if k == 2 {
                pending = Some(name(k).await);
            }
            inc(k).await;
        }
        out.extend(pending);
        out
    }
}

twin! {
    async fn into_a_later_closure(n: i64) -> Vec<String> {
        let parts = vec![name(n).await, name(2).await];
        ping().await;
        let glue = format!("{n}");
        let out: Vec<String> = parts.into_iter().map(move |p| p + &glue).collect();
        inc(out.len() as i64).await;
        out
    }
}

twin! {
    async fn a_conditional_move_before_a_conditional_use(n: i64) -> usize {
        let text = name(n).await;
        let keep = n > 4;
        let kept = if keep { Some(text) } else { drop(text); None };
        ping().await;
        match kept { Some(text) => text.len(), None => 0 }
    }
}
