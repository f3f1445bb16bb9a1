//! `race` and `timeout`: the first one wins, the others are cancelled.

use crate::support::twin::twin;

twin! {
    raced
    async fn an_activity_against_a_timer(n: i64) -> String {
        let kept = n;
        match race((inc(n), sleep(days(3)))).await {
            Either::First(k) => format!("{kept}{k}"),
            Either::Second(()) => inc(100).await.to_string(),
        }
    }
}

twin! {
    raced
    async fn two_timers(n: i64) -> String {
        let first = race((sleep(secs(n as u64)), sleep(secs(4)))).await;
        ping().await;
        format!("{first:?}")
    }
}

twin! {
    raced
    async fn two_activities(n: i64) -> String {
        format!("{:?}", race((inc(n), name(n))).await)
    }
}

twin! {
    raced
    async fn three_and_four(n: i64) -> String {
        let a = race((sleep(secs(9)), check(n - 3), name(n))).await;
        let b = race((sleep(secs(9)), sleep(secs(8)), sleep(millis(n as u64)), sleep(millis(4)))).await;
        format!("{a:?}{b:?}")
    }
}

twin! {
    raced
    async fn a_vector(n: i64) -> (usize, i64) {
        race(vec![inc(n), inc(n + 1), inc(n + 2)]).await
    }
}

twin! {
    raced
    async fn a_vector_of_timers(n: i64) -> usize {
        race((1..5u64).map(|k| sleep(secs((k * 3 + n as u64) % 5))).collect::<Vec<_>>()).await.0
    }
}

twin! {
    raced
    async fn a_timeout_that_holds(n: i64) -> Result<i64, Why> {
        let in_time = timeout(secs(5), check(n - 3)).await;
        match in_time {
            Ok(done) => Ok(done? + inc(n).await),
            Err(Elapsed) => Err("late".into()),
        }
    }
}

twin! {
    raced
    async fn a_timeout_that_passes(n: i64) -> String {
        match timeout(secs(4), sleep(secs(n as u64))).await {
            Ok(()) => format!("in time {}", inc(n).await),
            Err(elapsed) => elapsed.to_string(),
        }
    }
}

twin! {
    raced
    with {
        #[resumable(orchestration)]
        async fn slow(k: i64) -> i64 {
            let mut sum = k;
            for round in 0..3 {
                sum += inc(round).await;
            }
            sum
        }
        #[resumable(orchestration)]
        async fn quick(k: i64) -> i64 {
            inc(k).await
        }
    }
    async fn helpers_of_different_length(n: i64) -> String {
        let first = race((slow(n), quick(n))).await;
        let again = race((quick(n), slow(n))).await;
        format!("{first:?}{again:?}{}", inc(n).await)
    }
}

twin! {
    raced
    with {
        #[resumable(orchestration)]
        async fn napping(k: i64) -> i64 {
            let kept = k * 10;
            sleep(secs(k as u64)).await;
            kept + 1
        }
    }
    async fn a_cancelled_helper_leaves_nothing_behind(n: i64) -> String {
        let mut out = vec![];
        for k in 0..3 {
            out.push(race((napping(n), sleep(secs(k + 2)))).await);
        }
        format!("{out:?}")
    }
}

twin! {
    raced
    async fn a_race_in_a_loop_with_a_break(n: i64) -> i64 {
        let mut rounds = 0;
        loop {
            rounds += 1;
            match race((sleep(secs(rounds)), sleep(secs(n as u64)))).await {
                Either::First(()) if rounds > 5 => break -1,
                Either::First(()) => continue,
                Either::Second(()) => break rounds as i64,
            }
        }
    }
}

twin! {
    raced
    async fn a_race_of_joins(n: i64) -> String {
        let first = race((join((inc(n), sleep(secs(2)))), join((name(n), sleep(secs(1)))))).await;
        format!("{first:?}")
    }
}

twin! {
    raced
    async fn a_join_of_races(n: i64) -> String {
        let both = join((race((sleep(secs(n as u64)), sleep(secs(3)))), timeout(secs(2), sleep(secs(1))))).await;
        format!("{both:?}")
    }
}

twin! {
    raced
    with {
        #[resumable(orchestration)]
        async fn instant(k: i64) -> i64 { k }
    }
    async fn a_child_that_is_ready_at_once_wins(n: i64) -> String {
        format!("{:?}", race((sleep(secs(1)), instant(n))).await)
    }
}

twin! {
    raced
    with {
        #[orchestration]
        async fn child(k: i64) -> i64 {
            sleep(secs(k as u64)).await;
            inc(k).await
        }
    }
    async fn a_child_in_a_race(n: i64) -> String {
        format!("{:?}", race((child(n), sleep(days(30)))).await)
    }
}
