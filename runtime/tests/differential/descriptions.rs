//! Calls that are kept before they are awaited: a description is a value like others.

use std::time::Duration;

use undying::schema::Stored;
use undying::{Retry, activity, orchestration};

use crate::support::machine;
use crate::support::twin::twin;

twin! {
    async fn a_call_is_kept_across_an_await(n: i64) -> i64 {
        let call = inc(n);
        ping().await;
        call.await
    }
}

twin! {
    concurrent
    async fn an_operand_of_a_join_awaits(n: i64) -> (i64, bool) {
        join((inc(n), odd(name(2).await.len() as i64))).await
    }
}

twin! {
    concurrent
    async fn a_join_is_kept_and_joined_with_another(n: i64) -> (i64, (i64, bool)) {
        let second = join((inc(n * 2), odd(n)));
        let first = inc(n).await;
        let ((a, b), c) = join((second, inc(first))).await;
        (a + c, (c, b))
    }
}

twin! {
    async fn calls_wait_in_a_list_for_their_turn(n: i64) -> i64 {
        let mut plan = vec![];
        for k in 0..4 {
            plan.push(inc(k * n));
            ping().await;
        }
        let mut sum = 0;
        while let Some(call) = plan.pop() {
            sum = sum * 3 + call.await;
        }
        sum
    }
}

twin! {
    concurrent
    async fn the_calls_of_a_join_all_are_kept(n: i64) -> Vec<i64> {
        let all = join_all((0..3).map(|k| inc(k * n)));
        let more = inc(n).await;
        let mut out = all.await;
        out.push(more);
        out
    }
}

twin! {
    async fn a_helper_is_kept_before_it_begins(n: i64) -> i64 {
        let helper = twice(n);
        let first = inc(n).await;
        first * 100 + helper.await
    }
}

twin! {
    async fn a_call_is_kept_on_one_path_only(n: i64) -> Option<i64> {
        let later = if odd(n).await { Some(check(n)) } else { None };
        ping().await;
        match later {
            Some(call) => call.await.ok(),
            None => find(n).await,
        }
    }
}

twin! {
    async fn a_timer_is_kept_before_it_runs(n: i64) -> i64 {
        let pause = sleep(secs(5));
        let first = inc(n).await;
        pause.await;
        first + inc(first).await
    }
}

twin! {
    raced
    async fn a_race_and_a_timeout_are_kept(n: i64) -> String {
        let race = race((inc(n), sleep(days(1))));
        let limited = timeout(hours(1), inc(n * 2));
        ping().await;
        let first = race.await;
        format!("{first:?} {:?}", limited.await)
    }
}

twin! {
    concurrent
    async fn a_spawn_is_kept_before_it_begins(n: i64) -> i64 {
        let spawn = inc(n).spawn();
        let first = inc(n * 2).await;
        let task = spawn.await;
        ping().await;
        first * 10 + task.await
    }
}

twin! {
    with {
        #[orchestration]
        async fn child(k: i64) -> i64 {
            inc(k).await * 2
        }
    }
    async fn a_child_is_kept_before_it_begins(n: i64) -> i64 {
        let call = child(n).id(format!("child-{n}"));
        ping().await;
        call.await
    }
}

#[activity(name = "other")]
async fn takes_the_same_parameters(x: i64) -> i64 {
    x
}

#[test]
fn a_kept_call_is_not_read_as_a_call_of_another_function() {
    let stored = Stored::write(&machine::inc(1)).unwrap();
    let error = stored.read::<undying::Activity<TakesTheSameParametersCall>>();
    let error = error.map(|_| ()).unwrap_err().to_string();
    assert!(
        error.contains("`inc`") && error.contains("other"),
        "{error}"
    );
}

#[test]
fn the_options_of_a_kept_call_are_kept_with_it() {
    let policy = Retry::attempts(3).first(Duration::from_millis(20));
    let call = machine::inc(1)
        .retry(policy)
        .timeout(Duration::from_secs(7));
    let stored = Stored::write(&call).unwrap();
    let read: undying::Activity<machine::IncCall> = stored.read().unwrap();
    assert_eq!(stored, Stored::write(&read).unwrap());
    let said = stored.describe().unwrap().to_string();
    assert!(
        said.contains("max_attempts: 3") && said.contains("secs: 7"),
        "{said}"
    );
}

#[orchestration]
async fn with_an_id(n: i64) -> i64 {
    n
}

#[test]
fn the_id_of_a_kept_child_is_kept_with_it() {
    let stored = Stored::write(&with_an_id(1).id("the-child")).unwrap();
    let said = stored.describe().unwrap().to_string();
    assert!(said.contains("the-child"), "{said}");
    stored
        .read::<undying::Orchestration<WithAnIdCall>>()
        .map(|_| ())
        .unwrap();
}
