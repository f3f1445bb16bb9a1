//! `sleep` among other awaits: virtual time passes in due order.

use crate::support::twin::twin;

twin! {
    async fn sleeps_between_effects(n: i64) -> i64 {
        let a = inc(n).await;
        sleep(secs(1)).await;
        let b = inc(a).await;
        sleep(days(30)).await;
        a + b
    }
}

twin! {
    async fn a_sleep_in_a_loop(n: i64) -> i64 {
        let mut k = 0;
        while k < n {
            sleep(millis(k as u64)).await;
            k += 2;
        }
        k
    }
}

twin! {
    async fn a_duration_computed_by_an_await(n: i64) -> i64 {
        sleep(secs(inc(n).await as u64) + millis(5)).await;
        sleep(minutes(1).max(hours(n as u64))).await;
        n
    }
}

twin! {
    concurrent
    async fn joined_sleeps_end_with_the_longest(n: i64) -> i64 {
        join((sleep(secs(3)), sleep(secs(n as u64)), inc(n))).await.2
    }
}
