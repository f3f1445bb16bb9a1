//! The kernel with its threads, over the store in memory and the embedded one.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, OnceLock, Weak};

use undying::core::{Answer, AttemptEnded, Command, Ending, Number, StartAttempt};
use undying::durable::{Arg, Named, OrchestrationCall};
use undying::engine::{Kernel, KernelOptions, Runner};
use undying::schema::Stored;
use undying::store::OpenStore;
use undying::store::memory::{Fault, MemoryDisk};

use support::bodies::{Chain, Family, Fan, Nap};
use support::{Tests, attempt};

/// Answers each attempt on the spot.
#[derive(Default)]
struct Now(OnceLock<Weak<Kernel>>);

impl Runner for Now {
    fn start(&self, attempts: Vec<StartAttempt>) {
        let ended = attempts.iter().map(|start| AttemptEnded {
            instance: start.instance,
            operation: start.operation,
            attempt: start.attempt,
            outcome: attempt(start),
        });
        let kernel = loop {
            match self.0.get() {
                Some(kernel) => break kernel.upgrade(),
                None => std::thread::yield_now(),
            }
        };
        if let Some(kernel) = kernel {
            kernel.ended(ended.collect());
        }
    }
    fn cancel(&self, _: Number, _: u64) {}
}

fn open(store: Arc<dyn OpenStore>, shards: usize) -> Arc<Kernel> {
    let runner = Arc::new(Now::default());
    let options = KernelOptions {
        shards,
        ..KernelOptions::default()
    };
    let kernel = Kernel::open(store, Tests::new(), runner.clone(), options).unwrap();
    let kernel = Arc::new(kernel);
    let _ = runner.0.set(Arc::downgrade(&kernel));
    kernel
}

async fn start<O: OrchestrationCall>(kernel: &Kernel, id: &str, args: O::Args) -> Answer {
    let command = Command::Start {
        id: id.to_owned(),
        name: O::NAME.to_owned(),
        args: Stored::write(&Named::<O>(args)).unwrap(),
    };
    kernel.command(command).await.unwrap()
}

async fn result(kernel: &Kernel, id: &str) -> u64 {
    let id = id.to_owned();
    match kernel.command(Command::Result { id }).await.unwrap() {
        Answer::Ended(Ending::Completed(value)) => value.read().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_orchestration_runs_its_activities_and_returns() {
    let kernel = open(Arc::new(MemoryDisk::new()), 1);
    let started = start::<Chain>(&kernel, "one", (Arg(3), Arg(10))).await;
    assert!(matches!(started, Answer::Started { fresh: true, .. }));
    assert_eq!(result(&kernel, "one").await, 13);
}

#[tokio::test]
async fn what_was_answered_survives_a_drop_and_a_reopening() {
    let disk = Arc::new(MemoryDisk::new());
    let kernel = open(disk.clone(), 1);
    start::<Chain>(&kernel, "one", (Arg(3), Arg(10))).await;
    start::<Nap>(&kernel, "nap", (Arg(100), Arg(0))).await;
    assert_eq!(result(&kernel, "one").await, 13);
    drop(kernel);
    let kernel = open(disk, 1);
    assert_eq!(result(&kernel, "one").await, 13);
    assert!(result(&kernel, "nap").await >= 100);
    kernel.shutdown().unwrap();
}

#[tokio::test]
async fn a_tree_of_orchestrations_grows_across_shards() {
    let kernel = open(Arc::new(MemoryDisk::new()), 4);
    start::<Family>(&kernel, "root", (Arg(4), Arg(4))).await;
    assert_eq!(result(&kernel, "root").await, 1 + 4 + 16 + 64 + 256);
}

#[tokio::test]
async fn ten_thousand_activities_are_joined() {
    let kernel = open(Arc::new(MemoryDisk::new()), 1);
    let begin = std::time::Instant::now();
    start::<Fan>(&kernel, "wide", (Arg(10_000), Arg(0))).await;
    assert_eq!(result(&kernel, "wide").await, 10_000 * 10_001 / 2);
    eprintln!("{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_lost_commit_loses_nothing_that_was_answered() {
    let disk = Arc::new(MemoryDisk::new());
    for (sequence, fault) in [(2, Fault::Lost), (4, Fault::Landed), (7, Fault::Lost)] {
        disk.fail_commit(sequence, fault);
    }
    let kernel = open(disk, 2);
    for id in 0..10 {
        start::<Chain>(&kernel, &format!("{id}"), (Arg(3), Arg(id))).await;
    }
    for id in 0..10 {
        assert_eq!(result(&kernel, &format!("{id}")).await, id + 3);
    }
    assert_eq!(kernel.health().restarts, 3);
}
