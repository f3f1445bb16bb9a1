//! Names: every way one name can mean two things around an await.

use crate::support::twin::twin;

twin! {
    async fn the_same_name_in_both_branches(n: i64) -> i64 {
        let out = if n > 4 {
            let x = inc(n).await;
            let y = inc(x).await;
            x + y
        } else {
            let x = format!("{n}");
            let y = inc(x.len() as i64).await;
            x.len() as i64 * y
        };
        out
    }
}

twin! {
    async fn the_same_name_in_all_arms(n: i64) -> i64 {
        match n % 3 {
            0 => { let x = inc(1).await; inc(x).await * x }
            1 => { let x = name(n).await; inc(x.len() as i64).await }
            _ => { let x = many(n).await; let y = inc(x.len() as i64).await; x.len() as i64 + y }
        }
    }
}

twin! {
    async fn a_shadow_in_a_scrutinee_block(n: i64) -> i64 {
        let x = n;
        match { let x = inc(x).await; x * 2 } {
            x if x > 8 => inc(x).await + x,
            y => x + y,
        }
    }
}

twin! {
    async fn a_shadow_that_uses_itself_in_a_match(n: i64) -> i64 {
        let x = find(n).await;
        let x = match x { Some(x) => inc(x).await, None => 3 };
        let x = { let x = x * 2; inc(x).await + x };
        for x in 0..x % 3 {
            log(x);
            inc(x).await;
            log(x);
        }
        x
    }
}

twin! {
    async fn a_loop_variable_shadows_its_bound(n: i64) -> Vec<i64> {
        let n = n.min(4);
        let mut out = vec![];
        for n in 0..n {
            out.push(inc(n).await);
            let n = n * 10;
            out.push(inc(n).await);
        }
        out.push(n);
        out
    }
}

twin! {
    async fn field_shorthand_with_a_shadowed_name(n: i64) -> (i64, i64) {
        struct Point { x: i64, y: i64 }
        let x = n;
        let y = inc(x).await;
        let point = { let x = inc(y).await; Point { x, y } };
        ping().await;
        let Point { x: px, y } = point;
        (px * 100 + x, y)
    }
}

twin! {
    async fn pattern_shorthand_with_a_shadowed_name(n: i64) -> i64 {
        struct Point { x: i64, y: i64 }
        let x = inc(n).await;
        let p = Point { x: x * 2, y: 1 };
        let inner = { let Point { x, y } = p; inc(x + y).await + x };
        inner * 100 + x
    }
}

twin! {
    async fn a_field_has_the_name_of_a_local(n: i64) -> i64 {
        #[derive(Clone)]
        struct Order { total: i64, tip: i64 }
        let total = inc(n).await;
        let order = Order { total: total * 10, tip: total };
        ping().await;
        order.total + total + order.clone().tip
    }
}

twin! {
    with {
        mod outer { pub fn size(k: i64) -> i64 { k * 2 } }
    }
    async fn a_function_has_the_name_of_a_local(n: i64) -> i64 {
        fn size() -> i64 { 7 }
        let a = inc(size()).await;
        let size = a + n;
        ping().await;
        size + outer::size(size)
    }
}

twin! {
    async fn raw_identifiers(n: i64) -> i64 {
        let r#type = inc(n).await;
        let r#match = r#type * 2;
        ping().await;
        r#type + r#match
    }
}

twin! {
    async fn names_the_expansion_could_use(n: i64) -> i64 {
        let frame = inc(n).await;
        let turn = frame + 1;
        let place = turn + 1;
        let block = place + 1;
        let slots = block + 1;
        let waits = slots + 1;
        let call = inc(waits).await;
        let args = call + 1;
        let a1 = args + 1;
        ping().await;
        frame + turn * 2 + place * 3 + block * 5 + slots * 7 + waits * 11 + call + args + a1
    }
}

twin! {
    async fn labels_the_expansion_could_use(n: i64) -> i64 {
        let mut k = 0;
        'machine: loop {
            'arm: for _ in 0..3 {
                k = inc(k).await;
                if k > n { break 'machine }
                if k % 2 == 0 { continue 'arm }
                ping().await;
            }
        }
        k
    }
}

twin! {
    async fn a_user_type_called_like_a_std_one(n: i64) -> String {
        #[derive(Debug, Clone, PartialEq)]
        enum Poll { Ready(i64), Pending }
        #[derive(Debug)]
        struct Turn(i64);
        let poll = if n > 3 { Poll::Ready(inc(n).await) } else { Poll::Pending };
        let turn = Turn(n);
        ping().await;
        format!("{poll:?}{turn:?}{}", poll == Poll::Pending)
    }
}

twin! {
    async fn variants_shadow_option_and_result(n: i64) -> i64 {
        #[derive(Clone, Copy)]
        enum Maybe { Some(i64), None }
        let maybe = if n > 3 { Maybe::Some(inc(n).await) } else { Maybe::None };
        ping().await;
        use Maybe::{None, Some};
        match maybe { Some(k) => inc(k).await, None => 0 }
    }
}

twin! {
    async fn unicode_and_long_names(n: i64) -> i64 {
        let größe = inc(n).await;
        let a_name_that_is_quite_long_and_still_the_same_after_the_await = größe * 2;
        ping().await;
        größe + a_name_that_is_quite_long_and_still_the_same_after_the_await
    }
}

twin! {
    async fn a_constant_in_a_pattern_is_not_a_binding(n: i64) -> i64 {
        const THREE: i64 = 3;
        let x = inc(n).await;
        let out = match x { THREE => 300, x => inc(x).await };
        if let THREE = x { out + 1 } else { out }
    }
}
