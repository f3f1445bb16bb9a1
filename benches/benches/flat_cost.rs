//! A loop of 100,000 awaits in one instance: its steps cost the same at its end as at its start,
//! and what is stored of it does not grow.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use undying::prelude::*;
use undying::store::keys::{Family, Tag};
use undying::store::{OpenStore, StoreOptions};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const STEPS: u64 = 100_000;
const WINDOW: u64 = 1_000;

/// Notes when each step is taken, and stops the walk at one of them.
#[derive(Debug, Clone)]
struct Clock {
    ticks: Arc<Mutex<Vec<Instant>>>,
    stop_at: u64,
    stopped: Arc<Notify>,
}

#[activity]
async fn next(step: u64, State(clock): State<Clock>) -> u64 {
    if step == clock.stop_at {
        clock.stopped.notify_one();
        std::future::pending::<()>().await;
    }
    let mut ticks = clock.ticks.lock().unwrap_or_else(PoisonError::into_inner);
    ticks.push(Instant::now());
    step + 1
}

#[orchestration]
async fn walk(steps: u64) -> u64 {
    let mut step = 0;
    while step < steps {
        step = next(step).await;
    }
    step
}

/// Walks on, from where the instance is, until `stop_at`; gives the times of the steps.
async fn leg(store: &Path, stop_at: u64) -> undying::Result<Vec<Duration>> {
    let clock = Clock {
        ticks: Arc::default(),
        stop_at,
        stopped: Arc::default(),
    };
    let engine = Engine::builder().state(clock.clone()).open(store).await?;
    let handle = engine.start("walk", walk(STEPS)).await?;
    if stop_at < STEPS {
        clock.stopped.notified().await;
    } else {
        assert_eq!(handle.result().await?, STEPS);
    }
    engine.shutdown().await?;
    let ticks = clock.ticks.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(ticks.windows(2).map(|pair| pair[1] - pair[0]).collect())
}

/// The bytes of all rows but the history, which is a log of the past and expires.
fn stored_bytes(store: &Path) -> usize {
    let rows = StoreOptions::new(store).open().expect("the store");
    let all = rows.scan(&[], &[0xff], usize::MAX).expect("rows");
    rows.close().expect("a clean end");
    let state = all
        .iter()
        .filter(|(key, _)| Tag::family(key[0]) != Family::History);
    state.map(|(key, value)| key.len() + value.len()).sum()
}

fn flat_cost(c: &mut Criterion) {
    let runtime = Runtime::new().expect("threads");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = folder.path();
    let first = runtime.block_on(leg(store, WINDOW)).expect("a walk");
    let early = stored_bytes(store);
    runtime
        .block_on(leg(store, STEPS - WINDOW))
        .expect("a walk");
    let late = stored_bytes(store);
    let last = runtime.block_on(leg(store, STEPS)).expect("a walk");
    println!(
        "stored after {WINDOW} steps: {early} bytes; after {}: {late} bytes",
        STEPS - WINDOW
    );
    assert!(
        late <= early + 64,
        "what is stored has grown from {early} to {late} bytes"
    );

    let mut group = c.benchmark_group("flat_cost");
    group.sample_size(10).warm_up_time(Duration::from_millis(1));
    // The walk is made once; criterion is given its steps, over and over.
    for (name, steps) in [("first 1,000 steps", first), ("last 1,000 steps", last)] {
        group.bench_function(name, |b| {
            let mut next = steps.iter().cycle();
            b.iter_custom(|count| next.by_ref().take(count as usize).sum());
        });
    }
    group.finish();
}

criterion_group!(benches, flat_cost);
criterion_main!(benches);
