//! The kernel with its threads, over the store in memory and the embedded one.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::PathBuf;
use std::process::Command as Process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak, mpsc};
use std::time::Duration;

use undying::Retry;
use undying::core::limits::{Bounds, COMMANDS_WAITING_MAX};
use undying::core::{Answer, AttemptEnded, Command, Ending, Number, StartAttempt, Tags};
use undying::durable::{Arg, Named, OrchestrationCall};
use undying::engine::{Kernel, KernelError, KernelOptions, Runner};
use undying::schema::Stored;
use undying::store::memory::{Fault, MemoryDisk};
use undying::store::{OpenStore, Store, StoreError, StoreOptions};

use support::bodies::{AT_THE_GATE, Chain, Family, Fan, GATE, Gate, KILL, Killer, Nap};
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
    let options = KernelOptions {
        shards,
        ..KernelOptions::default()
    };
    open_with(store, options)
}

fn open_with(store: Arc<dyn OpenStore>, options: KernelOptions) -> Arc<Kernel> {
    let runner = Arc::new(Now::default());
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
        tags: Tags::new(),
        replaces: None,
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
    start::<Fan>(&kernel, "wide", (Arg(10_000), Arg(0))).await;
    assert_eq!(result(&kernel, "wide").await, 10_000 * 10_001 / 2);
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

#[tokio::test]
async fn after_a_shutdown_the_next_open_is_clean_and_commands_are_refused() {
    let disk = Arc::new(MemoryDisk::new());
    let kernel = open(disk.clone(), 2);
    start::<Chain>(&kernel, "one", (Arg(2), Arg(0))).await;
    kernel.shutdown().unwrap();
    let id = "one".to_owned();
    let refused = kernel.command(Command::Describe { id }).await;
    assert!(matches!(refused, Err(KernelError::Closed)));
    assert!(disk.open().unwrap().was_clean());
}

#[tokio::test]
async fn a_store_with_another_number_of_partitions_is_refused() {
    let disk = Arc::new(MemoryDisk::new());
    let options = |partitions| KernelOptions {
        partitions,
        ..KernelOptions::default()
    };
    let kernel = open_with(disk.clone(), options(16));
    start::<Chain>(&kernel, "one", (Arg(2), Arg(0))).await;
    kernel.shutdown().unwrap();
    let runner = Arc::new(Now::default());
    let refused = Kernel::open(disk, Tests::new(), runner, options(8)).map(drop);
    let why = refused.unwrap_err().to_string();
    assert!(why.contains("16 virtual partitions"), "{why}");
}

/// A disk that cannot be opened, from the second time on, as often as it is told to fail.
struct Sticky {
    disk: MemoryDisk,
    opened: AtomicU32,
    failing: u32,
    told: Mutex<mpsc::Sender<u32>>,
}

impl OpenStore for Sticky {
    fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        let before = self.opened.fetch_add(1, Ordering::SeqCst);
        let _ = self.told.lock().unwrap().send(before);
        if (1..=self.failing).contains(&before) {
            return Err(StoreError::Busy {
                reason: format!("it is gone, {before}"),
            });
        }
        self.disk.open()
    }
}

/// A kernel whose store fails once, cannot be opened again so many times, and what it says when it
/// is opened.
fn open_sticky(failing: u32, reopening: Retry) -> (Arc<Kernel>, MemoryDisk, mpsc::Receiver<u32>) {
    let (told, opened) = mpsc::channel();
    let disk = MemoryDisk::new();
    let sticky = Sticky {
        disk: disk.clone(),
        opened: AtomicU32::new(0),
        failing,
        told: Mutex::new(told),
    };
    let options = KernelOptions {
        shards: 2,
        reopening,
        ..KernelOptions::default()
    };
    (open_with(Arc::new(sticky), options), disk, opened)
}

const NO_PAUSE: Retry = Retry::attempts(6).first(Duration::ZERO);

#[tokio::test]
async fn a_store_that_cannot_be_opened_again_for_a_while_costs_no_instance() {
    let (kernel, disk, opened) = open_sticky(4, NO_PAUSE);
    start::<Chain>(&kernel, "one", (Arg(3), Arg(10))).await;
    disk.fail_commit(disk.sequence() + 1, Fault::Lost);
    start::<Chain>(&kernel, "two", (Arg(3), Arg(20))).await;
    assert_eq!(result(&kernel, "one").await, 13);
    assert_eq!(result(&kernel, "two").await, 23);
    assert_eq!(opened.try_iter().count(), 6);
    assert_eq!(kernel.health().restarts, 1);
}

#[tokio::test]
async fn when_the_store_cannot_be_opened_again_everyone_who_waits_is_told() {
    let (kernel, disk, opened) = open_sticky(u32::MAX, NO_PAUSE);
    start::<Nap>(&kernel, "nap", (Arg(1_000_000), Arg(0))).await;
    let id = "nap".to_owned();
    let waiting = tokio::spawn(kernel.command(Command::Result { id }));
    disk.fail_commit(disk.sequence() + 1, Fault::Lost);
    let id = "other".to_owned();
    let name = "chain".to_owned();
    let args = Stored::write(&Named::<Chain>((Arg(1), Arg(1)))).unwrap();
    let refused = kernel
        .command(Command::Start {
            id,
            name,
            args,
            tags: Tags::new(),
            replaces: None,
        })
        .await;
    let told = waiting.await.unwrap();
    for answer in [refused, told] {
        let error = answer.unwrap_err();
        let KernelError::Store(store) = &error else {
            panic!("{error}")
        };
        assert!(matches!(&**store, StoreError::Busy { reason } if reason == "it is gone, 5"));
    }
    assert!(kernel.health().stopped.is_some());
    assert_eq!(opened.try_iter().count(), 6);
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_store_that_cannot_be_opened_again() {
    let hours = Retry::attempts(6)
        .first(Duration::from_millis(1))
        .factor(7_200_000.0)
        .max(Duration::from_secs(7_200));
    let (kernel, disk, opened) = open_sticky(u32::MAX, hours);
    start::<Chain>(&kernel, "one", (Arg(3), Arg(10))).await;
    assert_eq!(result(&kernel, "one").await, 13);
    disk.fail_commit(disk.sequence() + 1, Fault::Lost);
    let (id, name) = ("two".to_owned(), "chain".to_owned());
    let args = Stored::write(&Named::<Chain>((Arg(1), Arg(1)))).unwrap();
    let starting = tokio::spawn(kernel.command(Command::Start {
        id,
        name,
        args,
        tags: Tags::new(),
        replaces: None,
    }));
    let closing = tokio::task::spawn_blocking(move || {
        // The second opening fails; the next would follow after two hours.
        while opened.recv().unwrap() < 2 {}
        kernel.shutdown()
    });
    let why = closing.await.unwrap().unwrap_err().to_string();
    assert!(why.contains("it is gone, 2"), "{why}");
    assert!(starting.await.unwrap().is_err());
}

#[tokio::test]
async fn commands_beyond_the_limit_are_told_that_the_engine_is_busy() {
    let kernel = open(Arc::new(MemoryDisk::new()), 1);
    let gate = GATE.lock();
    let starting = tokio::spawn({
        let kernel = kernel.clone();
        async move { start::<Gate>(&kernel, "gate", (Arg(0), Arg(0))).await }
    });
    while AT_THE_GATE.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let describe = || {
        let id = "gate".to_owned();
        kernel.command(Command::Describe { id })
    };
    let mut waiting = Vec::new();
    for _ in 0..COMMANDS_WAITING_MAX {
        let mut command = Box::pin(describe());
        assert!(futures_poll(&mut command).await.is_none());
        waiting.push(command);
    }
    assert!(matches!(describe().await, Ok(Answer::Busy { .. })));
    drop(gate);
    assert!(matches!(starting.await, Ok(Answer::Started { .. })));
    for command in waiting {
        assert!(matches!(command.await, Ok(Answer::Description(_))));
    }
}

#[tokio::test]
async fn a_start_beyond_the_limit_of_work_is_refused_until_there_is_room() {
    let bounds = Bounds {
        work: 3,
        ..Bounds::default()
    };
    let options = KernelOptions {
        shards: 1,
        bounds,
        ..KernelOptions::default()
    };
    let held = Arc::new(Held::default());
    let kernel = Kernel::open(
        Arc::new(MemoryDisk::new()),
        Tests::new(),
        held.clone(),
        options,
    );
    let kernel = kernel.unwrap();
    let mut accepted = Vec::new();
    for id in 0..100u64 {
        match start::<Chain>(&kernel, &id.to_string(), (Arg(1), Arg(id))).await {
            Answer::Started { .. } => accepted.push(id),
            Answer::Busy { why } => assert!(why.contains("work_max"), "{why}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(accepted, [0, 1, 2]);
    assert!(kernel.health().busy);
    assert_eq!(kernel.health().work, 3);
    let attempts = std::mem::take(&mut *held.0.lock().unwrap());
    let ended = attempts.iter().map(|start| AttemptEnded {
        instance: start.instance,
        operation: start.operation,
        attempt: start.attempt,
        outcome: attempt(start),
    });
    kernel.ended(ended.collect());
    for id in accepted {
        assert_eq!(result(&kernel, &id.to_string()).await, id + 1);
    }
    let started = start::<Chain>(&kernel, "99", (Arg(0), Arg(0))).await;
    assert!(matches!(started, Answer::Started { .. }));
    assert_eq!(result(&kernel, "99").await, 0);
    assert_eq!(kernel.health().work, 0);
}

/// Keeps the attempts that it is given.
#[derive(Default)]
struct Held(Mutex<Vec<StartAttempt>>);

impl Runner for Held {
    fn start(&self, attempts: Vec<StartAttempt>) {
        self.0.lock().unwrap().extend(attempts);
    }
    fn cancel(&self, _: Number, _: u64) {}
}

/// Polls once.
async fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|cx| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(cx) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[test]
fn a_turn_that_kills_the_process_is_found_and_parked() {
    if let Some(folder) = std::env::var_os(KILL) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        return runtime.block_on(live_with_a_killer(folder.into()));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut deaths = 0;
    loop {
        let status = Process::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "a_turn_that_kills_the_process_is_found_and_parked",
            ])
            .env(KILL, folder.path())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        if status.success() {
            break;
        }
        assert_eq!(status.code(), Some(86));
        deaths += 1;
        assert!(deaths < 10, "it kills every process that opens the store");
    }
    assert!(deaths > 0);
}

async fn live_with_a_killer(folder: PathBuf) {
    let options = KernelOptions {
        crumbs: Some(folder.clone()),
        ..KernelOptions::default()
    };
    let kernel = open_with(Arc::new(StoreOptions::new(&folder)), options);
    start::<Killer>(&kernel, "killer", (Arg(0), Arg(0))).await;
    start::<Chain>(&kernel, "one", (Arg(2), Arg(0))).await;
    let id = "killer".to_owned();
    let parked = kernel.command(Command::Result { id }).await.unwrap();
    let Answer::Parked(why) = parked else {
        panic!("{parked:?}")
    };
    assert!(
        why.to_string()
            .contains("the process ended during its turn"),
        "{why}"
    );
    assert_eq!(result(&kernel, "one").await, 2);
}
