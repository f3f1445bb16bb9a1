//! One durable step after the other in one instance: an activity, awaited, each with its fsync.

use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;
use undying::prelude::*;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[activity]
async fn next(step: u64) -> u64 {
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

fn steps(c: &mut Criterion) {
    let runtime = Runtime::new().expect("threads");
    let store = tempfile::tempdir().expect("a temporary folder");
    let engine = runtime
        .block_on(Engine::open(store.path()))
        .expect("a store");
    let mut walks = 0;
    c.bench_function("steps/sequential", |b| {
        b.iter_custom(|steps| {
            walks += 1;
            let started = Instant::now();
            let walked = runtime.block_on(async {
                engine
                    .start(format!("walk-{walks}"), walk(steps))
                    .await?
                    .result()
                    .await
            });
            assert_eq!(walked.expect("it ends"), steps);
            started.elapsed()
        });
    });
    runtime.block_on(engine.shutdown()).expect("a clean end");
}

criterion_group!(benches, steps);
criterion_main!(benches);
