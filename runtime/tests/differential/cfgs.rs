//! `#[cfg]` on statements, arms, fields and expressions of a body.

use crate::support::twin::twin;

twin! {
    async fn on_statements(n: i64) -> i64 {
        #[cfg(debug_assertions)]
        let fee = inc(n).await;
        #[cfg(not(debug_assertions))]
        let fee = inc(n).await + 0;
        #[cfg(any())]
        {
            this_is_never_resolved(fee).await;
        }
        fee * 2
    }
}

twin! {
    async fn on_arms(n: i64) -> i64 {
        match n {
            #[cfg(any())]
            1 => inc(7).await,
            #[cfg(all())]
            2 => inc(8).await,
            _ => 0,
        }
    }
}

twin! {
    async fn on_expression_statements_and_items(n: i64) -> i64 {
        #[cfg(any())]
        fn scale(k: i64) -> i64 { k * 1000 }
        #[cfg(not(any()))]
        fn scale(k: i64) -> i64 { k * 10 }
        #[cfg(any())]
        return -1;
        #[cfg(all())]
        log(inc(n).await);
        scale(inc(n).await)
    }
}

twin! {
    async fn two_predicates_in_one_body(n: i64) -> i64 {
        let mut sum = 0;
        for k in 0..n {
            #[cfg(target_pointer_width = "64")]
            let step = inc(k).await;
            #[cfg(not(target_pointer_width = "64"))]
            let step = k + 1;
            #[cfg(windows)]
            let step = step + 0;
            sum += step;
        }
        sum
    }
}

twin! {
    async fn cfg_macro_in_a_condition(n: i64) -> i64 {
        if cfg!(any()) { inc(100).await } else { inc(n).await }
    }
}

twin! {
    async fn on_fields(n: i64) -> i64 {
        #[derive(Default)]
        struct Order {
            lines: i64,
            #[cfg(any())]
            gone: Missing,
            #[cfg(all())]
            tip: i64,
        }
        let order = Order {
            lines: inc(n).await,
            #[cfg(any())]
            gone: inc(0).await,
            #[cfg(all())]
            tip: inc(1).await,
        };
        ping().await;
        order.lines * 10 + order.tip
    }
}
