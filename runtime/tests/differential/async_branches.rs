//! `async` blocks as branches of combinators: a second program counter in the same step.

use crate::support::twin::twin;

twin! {
    concurrent
    async fn two_blocks_in_a_join(n: i64) -> i64 {
        let base = n * 10;
        let (a, b) = join((
            async { inc(inc(base).await).await + base },
            async { let x = inc(base).await; x * 2 },
        ))
        .await;
        a * 100 + b + base
    }
}

twin! {
    concurrent
    async fn a_block_beside_a_call(n: i64) -> String {
        let (text, k) = join((
            async {
                let first = name(n).await;
                let second = name(n + 1).await;
                first + &second
            },
            inc(n),
        ))
        .await;
        format!("{text}{k}")
    }
}

twin! {
    concurrent
    async fn questions_end_their_block_only(n: i64) -> String {
        let (a, b) = join((
            async {
                let twice = check(n - 3).await?;
                Ok::<_, Why>(inc(twice).await)
            },
            async {
                if n == 4 { return 44 }
                inc(n).await
            },
        ))
        .await;
        format!("{a:?}{b}")
    }
}

twin! {
    raced
    async fn a_block_in_a_race(n: i64) -> String {
        let first = race((
            async {
                let mut sum = 0;
                for k in 0..3 {
                    sleep(secs(1)).await;
                    sum += k;
                }
                sum + n
            },
            sleep(secs(n as u64)),
        ))
        .await;
        format!("{first:?}")
    }
}

twin! {
    raced
    async fn a_block_under_a_timeout(n: i64) -> String {
        let done = timeout(secs(5), async {
            sleep(secs(n as u64)).await;
            name(n).await
        })
        .await;
        format!("{done:?}")
    }
}

twin! {
    concurrent
    async fn a_block_moves_its_captures(n: i64) -> (usize, i64) {
        let text = name(n).await;
        let list = many(n).await;
        join((
            async move { ping().await; text.len() },
            async { inc(list.len() as i64).await },
        ))
        .await
    }
}

twin! {
    concurrent
    async fn loops_and_matches_in_both_blocks(n: i64) -> (Vec<i64>, i64) {
        join((
            async {
                let mut out = vec![];
                for k in 0..n.min(3) {
                    out.push(match find(k).await { Some(k) => inc(k).await, None => -1 });
                }
                out
            },
            async {
                let mut k = n;
                while k > 3 { k -= inc(1).await }
                k
            },
        ))
        .await
    }
}
