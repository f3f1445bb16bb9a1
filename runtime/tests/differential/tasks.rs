//! `spawn`: tasks are values; they are awaited later, kept in collections, raced without harm.

use crate::support::twin::twin;

twin! {
    concurrent
    async fn awaited_later(n: i64) -> i64 {
        let task = inc(n).spawn().await;
        let between = inc(10).await;
        task.await + between
    }
}

twin! {
    concurrent
    async fn kept_in_a_vector(n: i64) -> Vec<i64> {
        let mut tasks = vec![];
        for k in 0..n.min(4) {
            tasks.push(inc(k).spawn().await);
        }
        ping().await;
        let mut out = vec![];
        for task in tasks {
            out.push(task.await);
        }
        out
    }
}

twin! {
    concurrent
    async fn awaited_in_another_order(n: i64) -> String {
        let a = name(n).spawn().await;
        let b = name(n + 1).spawn().await;
        let second = b.await;
        let first = a.await;
        first + &second
    }
}

twin! {
    concurrent
    async fn joined_with_calls(n: i64) -> String {
        let task = check(n - 4).spawn().await;
        ping().await;
        let (done, other) = join((task, inc(n))).await;
        format!("{done:?}{other}")
    }
}

twin! {
    concurrent
    with {
        #[orchestration]
        async fn child(k: i64) -> i64 {
            sleep(secs(k as u64)).await;
            inc(k).await
        }
    }
    async fn a_spawned_child(n: i64) -> i64 {
        let task = child(n).spawn().await;
        let named = child(n + 1).id("other").spawn().await;
        inc(task.await).await + named.await
    }
}

twin! {
    concurrent
    async fn questions_on_tasks(n: i64) -> Result<i64, Why> {
        let a = check(n).spawn().await;
        let b = check(n - 2).spawn().await;
        let sum = a.await? + b.await?;
        Ok(sum)
    }
}

twin! {
    concurrent
    async fn all_tasks_joined(n: i64) -> Vec<i64> {
        let mut tasks = Vec::new();
        for k in many(n).await {
            tasks.push(inc(k).spawn().await);
        }
        join_all(tasks).await
    }
}

twin! {
    concurrent
    async fn moved_through_a_struct(n: i64) -> i64 {
        struct Pending { task: Task<i64>, extra: i64 }
        let pending = Pending { task: inc(n).spawn().await, extra: 5 };
        ping().await;
        let Pending { task, extra } = pending;
        task.await + extra
    }
}

twin! {
    raced
    with {
        #[orchestration]
        async fn sleep_then(k: i64) -> i64 {
            sleep(secs(1)).await;
            k * 2
        }
    }
    async fn cancelled_before_it_ran_or_after(n: i64) -> i64 {
        let task = sleep_then(n).spawn().await;
        if n > 4 {
            task.cancel().await;
            inc(n).await
        } else {
            task.await
        }
    }
}
