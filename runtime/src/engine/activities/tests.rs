//! Promises of the runner of activities.

use std::sync::mpsc::{Receiver, channel};

use super::super::bell::Bell;
use super::super::by_hand::{
    Blocks, Double, Gauge, Greet, NeedsState, Obeys, Panics, Slow, Suffix,
};
use super::*;
use crate::durable::{ActivityCall, Arg, Entry, Named};
use crate::schema::Stored;
use tokio::runtime::Handle;

pub(super) struct Bench {
    pub(super) activities: Activities,
    ended: Receiver<Vec<AttemptEnded>>,
    gauge: Gauge,
}

pub(super) fn bench(max: usize) -> Bench {
    let mut states = States::default();
    let gauge = Gauge::default();
    states.insert(gauge.clone());
    states.insert(Suffix("!"));
    let grace = Duration::from_millis(50);
    let activities = Activities::new(
        Tasks::Runtime(Handle::current()),
        Arc::new(states),
        max,
        grace,
        Bell::default(),
    );
    let (sender, ended) = channel();
    activities.report_to(move |batch| {
        let _ = sender.send(batch);
    });
    Bench {
        activities,
        ended,
        gauge,
    }
}

pub(super) fn attempt<A: ActivityCall>(operation: u64, args: A::Args) -> StartAttempt {
    StartAttempt {
        instance: Number {
            partition: 3,
            n: 12,
        },
        instance_id: "order-17".into(),
        operation,
        attempt: 1,
        entry: Arc::new(Entry::activity::<A>(file!(), line!())),
        args: Stored::write(&Named::<A>(args)).unwrap(),
        timeout: None,
    }
}

impl Bench {
    /// The next `count` outcomes, sorted by operation.
    pub(super) async fn outcomes(&self, count: usize) -> Vec<(u64, Outcome)> {
        let mut outcomes = Vec::new();
        while outcomes.len() < count {
            match self.ended.try_recv() {
                Ok(batch) => outcomes.extend(batch.into_iter().map(|e| (e.operation, e.outcome))),
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
        outcomes.sort_by_key(|(operation, _)| *operation);
        outcomes
    }

    async fn outcome(&self) -> Outcome {
        self.outcomes(1).await.remove(0).1
    }

    async fn until(&self, holds: impl Fn(&Bench) -> bool) {
        while !holds(self) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

fn done<T: crate::Persist>(value: T) -> Outcome {
    Outcome::Done(Stored::write(&value).unwrap())
}

#[tokio::test]
async fn a_thousand_attempts_give_a_thousand_outcomes() {
    let bench = bench(100);
    let attempts = (0..1_000).map(|n| attempt::<Double>(n, (Arg(n),)));
    bench.activities.start(attempts.collect());
    let outcomes = bench.outcomes(1_000).await;
    assert!(outcomes.iter().all(|(n, outcome)| *outcome == done(n * 2)));
}

#[tokio::test]
async fn the_idempotency_key_names_the_call_and_not_the_attempt() {
    let bench = bench(1);
    let mut start = attempt::<Greet>(4, (Arg("x".to_owned()),));
    start.attempt = 2;
    bench.activities.start(vec![start]);
    assert_eq!(
        bench.outcome().await,
        done("x order-17/3.12/4 2".to_owned())
    );
}

#[tokio::test]
async fn an_activity_is_given_its_state() {
    let bench = bench(1);
    bench
        .activities
        .start(vec![attempt::<NeedsState>(1, (Arg("x".to_owned()),))]);
    assert_eq!(bench.outcome().await, done("x!".to_owned()));
}

#[tokio::test]
async fn a_panic_is_reported_with_its_message() {
    let bench = bench(10);
    let start = |operation, late| attempt::<Panics>(operation, (Arg(late),));
    bench
        .activities
        .start(vec![start(1, false), start(2, true)]);
    let panicked = |late| Outcome::Panicked(format!("out of paper, late: {late}"));
    assert_eq!(
        bench.outcomes(2).await,
        [(1, panicked(false)), (2, panicked(true))]
    );
}

#[tokio::test]
async fn an_attempt_over_its_time_is_given_up() {
    let bench = bench(10);
    let mut start = attempt::<Slow>(1, (Arg(60_000),));
    start.timeout = Some(Duration::from_millis(20));
    bench.activities.start(vec![start]);
    assert_eq!(bench.outcome().await, Outcome::TimedOut { after_ms: 20 });
    assert_eq!(bench.gauge.now(), 0);
}

#[tokio::test]
async fn an_activity_never_runs_more_often_at_once_than_it_allows() {
    let bench = bench(100);
    let attempts = (0..20).map(|n| attempt::<Slow>(n, (Arg(2),)));
    bench.activities.start(attempts.collect());
    bench.outcomes(20).await;
    assert_eq!(bench.gauge.most(), 2);
}

#[tokio::test]
async fn a_cancelled_attempt_is_asked_to_stop_before_it_is_dropped() {
    let bench = bench(10);
    let start = attempt::<Obeys>(1, ());
    let instance = start.instance;
    bench.activities.start(vec![start]);
    tokio::task::yield_now().await;
    bench.activities.cancel(instance, 1);
    assert_eq!(bench.outcome().await, done("obeyed".to_owned()));
}

#[tokio::test]
async fn a_cancelled_attempt_that_does_not_stop_is_dropped_after_the_grace() {
    let bench = bench(10);
    let start = attempt::<Slow>(1, (Arg(60_000),));
    let instance = start.instance;
    bench.activities.start(vec![start]);
    bench.until(|bench| bench.gauge.now() == 1).await;
    bench.activities.cancel(instance, 1);
    assert_eq!(bench.outcome().await, Outcome::Cancelled);
    assert_eq!(bench.gauge.now(), 0);
}

#[tokio::test]
async fn an_attempt_cancelled_in_the_queue_never_runs() {
    let bench = bench(1);
    let start = |operation| attempt::<Slow>(operation, (Arg(5),));
    let instance = start(1).instance;
    bench.activities.start(vec![start(1), start(2), start(3)]);
    bench.activities.cancel(instance, 2);
    let outcomes = bench.outcomes(3).await;
    assert_eq!(
        outcomes,
        [(1, done(())), (2, Outcome::Cancelled), (3, done(()))]
    );
}

#[tokio::test]
async fn what_runs_already_is_not_started_twice_after_the_kernel_resumed() {
    let bench = bench(10);
    let start = |attempt_number| {
        let mut start = attempt::<Slow>(1, (Arg(5),));
        start.attempt = attempt_number;
        start
    };
    bench.activities.start(vec![start(1)]);
    bench.activities.start(vec![start(2)]);
    let ended = loop {
        match bench.ended.try_recv() {
            Ok(batch) => break batch,
            Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    };
    assert_eq!(
        (ended.len(), ended[0].attempt, bench.gauge.most()),
        (1, 2, 1)
    );
}

#[tokio::test]
async fn outcomes_before_the_kernel_listens_are_kept_for_it() {
    let activities = Activities::new(
        Tasks::Runtime(Handle::current()),
        Arc::default(),
        10,
        Duration::from_millis(1),
        Bell::default(),
    );
    activities.start(vec![attempt::<Double>(1, (Arg(4),))]);
    while !activities.0.lock().live.is_empty() {
        tokio::task::yield_now().await;
    }
    let (sender, ended) = channel();
    activities.report_to(move |batch| {
        let _ = sender.send(batch);
    });
    assert_eq!(ended.try_recv().unwrap()[0].outcome, done(8u64));
}

#[tokio::test]
async fn closing_waits_for_what_runs_and_reports_nothing_of_it() {
    let bench = bench(10);
    bench.activities.start(vec![attempt::<Obeys>(1, ())]);
    bench
        .activities
        .start(vec![attempt::<Slow>(2, (Arg(60_000),))]);
    bench.until(|bench| bench.gauge.now() == 1).await;
    bench.activities.close().await;
    assert_eq!(bench.gauge.now(), 0);
    assert!(bench.ended.try_recv().is_err());
}

#[test]
fn attempts_dropped_with_their_runtime_are_not_reported_as_ended() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let bench = {
        let _entered = runtime.enter();
        bench(10)
    };
    bench
        .activities
        .start(vec![attempt::<Slow>(1, (Arg(60_000),))]);
    while bench.gauge.now() == 0 {
        std::thread::yield_now();
    }
    assert!(!bench.activities.runtime_has_ended());
    drop(runtime);
    assert!(bench.activities.runtime_has_ended());
    assert!(bench.ended.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn activities_that_block_run_beside_each_other() {
    let bench = bench(100);
    let attempts = (0..8).map(|n| attempt::<Blocks>(n, (Arg(30),)));
    bench.activities.start(attempts.collect());
    bench.outcomes(8).await;
    assert!(
        bench.gauge.most() >= 2,
        "at most {} at once",
        bench.gauge.most()
    );
}
