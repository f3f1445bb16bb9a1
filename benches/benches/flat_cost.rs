//! A loop of 100,000 awaits in one instance: its steps cost the same at its end as at its start,
//! and what is stored of it does not grow.
//!
//! The store is `Buffered`: the noise of a disk's fsync is larger than a step.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, watch};
use undying::Durability;
use undying::prelude::*;
use undying_benches::stored_bytes;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Where the last steps are measured.
const FAR: u64 = 100_000;

/// Lets the walk go so many steps at a time.
#[derive(Debug, Clone)]
struct Gate {
    permits: Arc<Semaphore>,
    reached: watch::Sender<u64>,
}

#[activity]
async fn next(step: u64, State(gate): State<Gate>) -> u64 {
    // The step before this one is durable, or this one would not have begun.
    gate.reached.send_replace(step);
    if let Ok(permit) = gate.permits.acquire().await {
        permit.forget();
    }
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

impl Gate {
    async fn open(store: &Path) -> undying::Result<(Engine, Gate)> {
        let permits = Arc::new(Semaphore::new(0));
        let (reached, mut now) = watch::channel(u64::MAX);
        let gate = Gate { permits, reached };
        // What happened stands in the row, too, and is not what is measured.
        let engine = Engine::builder()
            .history(0)
            .durability(Durability::Buffered)
            .state(gate.clone())
            .open(store)
            .await?;
        engine.start("walk", walk(u64::MAX)).await?;
        let _ = now.wait_for(|step| *step < u64::MAX).await;
        Ok((engine, gate))
    }

    /// Where the walk is.
    fn step(&self) -> u64 {
        *self.reached.borrow()
    }

    /// Takes `count` steps.
    async fn advance(&self, count: u64) -> Duration {
        let (goal, mut now) = (self.step() + count, self.reached.subscribe());
        let started = Instant::now();
        self.permits.add_permits(count as usize);
        let _ = now.wait_for(|step| *step == goal).await;
        started.elapsed()
    }
}

fn flat_cost(c: &mut Criterion) {
    let runtime = Runtime::new().expect("threads");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = |name| {
        let store = folder.path().join(name);
        let opened = runtime.block_on(Gate::open(&store));
        let (engine, gate) = opened.expect("a store");
        (store, engine, gate)
    };
    let far = open("far");
    runtime.block_on(far.2.advance(FAR));
    // The two are measured one after the other, on a machine in the same state.
    let near = open("near");
    let mut group = c.benchmark_group("flat_cost");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(500));
    let mut stored = Vec::new();
    for (name, (store, engine, gate)) in [("at step 0", near), ("at step 100,000", far)] {
        group.bench_function(name, |b| {
            b.iter_custom(|count| runtime.block_on(gate.advance(count)));
        });
        runtime.block_on(engine.shutdown()).expect("a clean end");
        let bytes = stored_bytes(&store).expect("its rows");
        println!("stored after {} steps: {bytes} bytes", gate.step());
        stored.push(bytes);
    }
    group.finish();
    assert!(
        stored[1] <= stored[0] + 64,
        "what is stored of the instance has grown"
    );
}

criterion_group!(benches, flat_cost);
criterion_main!(benches);
