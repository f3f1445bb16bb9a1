//! `join` and `join_all` of everything that can be awaited.

use crate::support::twin::twin;

twin! {
    concurrent
    async fn two_activities(n: i64) -> i64 {
        let (a, b) = join((inc(n), name(n))).await;
        a + b.len() as i64
    }
}

twin! {
    concurrent
    async fn activities_of_all_outputs(n: i64) -> String {
        let kept = n * 7;
        let all = join((inc(n), check(n - 3), find(n), name(n), many(n), odd(n), ping())).await;
        format!("{kept}{all:?}")
    }
}

twin! {
    concurrent
    async fn one_of_a_kind(n: i64) -> i64 {
        let (a,) = join((inc(n),)).await;
        a
    }
}

twin! {
    concurrent
    async fn a_join_in_a_join(n: i64) -> i64 {
        let ((a, b), c) = join((join((inc(n), inc(n * 2))), inc(n * 3))).await;
        a * 100 + b * 10 + c
    }
}

twin! {
    concurrent
    async fn all_of_a_vector(n: i64) -> Vec<i64> {
        let items = many(n).await;
        let mut out = join_all(items.iter().map(|k| inc(*k))).await;
        out.extend(items);
        out
    }
}

twin! {
    concurrent
    async fn all_of_an_array_and_of_nothing(n: i64) -> (Vec<i64>, Vec<i64>) {
        let none = join_all(Vec::<i64>::new().into_iter().map(inc)).await;
        (join_all([inc(n), inc(2)]).await, none)
    }
}

twin! {
    concurrent
    with {
        #[resumable(orchestration)]
        async fn twice(k: i64) -> i64 {
            let a = inc(k).await;
            let kept = format!("{a}");
            a + inc(a).await + kept.len() as i64
        }
        #[orchestration]
        async fn child(k: i64) -> Result<i64, Why> {
            check(k).await
        }
    }
    async fn mixed_children(n: i64) -> String {
        let kept = name(n).await;
        let (a, b, c, ()) = join((inc(n), twice(n), child(n - 4), sleep(millis(3)))).await;
        format!("{kept}{a}{b}{c:?}")
    }
}

twin! {
    concurrent
    with {
        #[resumable(orchestration)]
        async fn twice(k: i64) -> i64 {
            let a = inc(k).await;
            a + inc(a).await
        }
    }
    async fn all_of_helpers(n: i64) -> Vec<i64> {
        join_all((0..n).map(twice)).await
    }
}

twin! {
    concurrent
    async fn questions_after_a_join(n: i64) -> Result<i64, Why> {
        let (a, b) = join((check(n - 1), check(4 - n))).await;
        let sum = a? + b?;
        let all = join_all((0..3).map(|k| check(n - k))).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(sum + all.iter().sum::<i64>())
    }
}

twin! {
    concurrent
    async fn a_join_in_a_loop_and_in_an_argument(n: i64) -> i64 {
        let mut sum = 0;
        for k in 0..n.min(3) {
            let (a, b) = join((inc(k), inc(sum))).await;
            sum = inc(a + b + join((inc(a),)).await.0).await;
        }
        sum
    }
}

twin! {
    concurrent
    with {
        #[resumable(orchestration)]
        async fn batch(from: i64) -> Vec<i64> {
            join_all((from..from + 3).map(inc)).await
        }
    }
    async fn a_join_inside_joined_helpers(n: i64) -> i64 {
        let (a, b) = join((batch(n), batch(n * 10))).await;
        a.into_iter().chain(b).sum()
    }
}

twin! {
    concurrent
    with {
        #[resumable(orchestration)]
        async fn instant(k: i64) -> i64 { k }
    }
    async fn children_that_are_ready_at_once(n: i64) -> i64 {
        let (a, b) = join((instant(n), inc(n))).await;
        let (c, d) = join((instant(a), instant(b))).await;
        a + b + c + d + join_all([instant(1), instant(2)]).await[1]
    }
}

twin! {
    concurrent
    async fn eight_children(n: i64) -> i64 {
        let (a, b, c, d, e, f, g, h) = join((inc(n), inc(1), inc(2), inc(3), inc(4), inc(5), inc(6), inc(7))).await;
        a + b + c + d + e + f + g + h
    }
}

twin! {
    raced
    async fn a_join_of_timers_and_timeouts(n: i64) -> String {
        let (a, b) = join((timeout(secs(1), inc(n)), timeout(minutes(1), sleep(hours(1))))).await;
        format!("{a:?}{b:?}")
    }
}
