//! Fan-out and join: 100 activities at once, one or twenty orchestrations at a time, and 10,000.

use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::Runtime;
use undying::prelude::*;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[activity]
async fn double(number: u64) -> u64 {
    2 * number
}

#[orchestration]
async fn fan_out(width: u64) -> u64 {
    let doubled = join_all((0..width).map(double)).await;
    doubled.into_iter().sum()
}

fn fanout(c: &mut Criterion) {
    let runtime = Runtime::new().expect("threads");
    let store = tempfile::tempdir().expect("a temporary folder");
    let engine = runtime
        .block_on(Engine::open(store.path()))
        .expect("a store");
    let mut group = c.benchmark_group("fanout");
    group.sample_size(20);
    let mut rounds = 0;
    for (width, at_once) in [(100, 1), (100, 20), (1_000, 1), (10_000, 1)] {
        group.throughput(Throughput::Elements(width * at_once));
        let id = BenchmarkId::new(format!("{width} wide"), format!("{at_once} at a time"));
        group.bench_function(id, |b| {
            b.iter_custom(|iterations| {
                let started = Instant::now();
                for _ in 0..iterations {
                    rounds += 1;
                    runtime.block_on(round(&engine, rounds, width, at_once));
                }
                started.elapsed()
            });
        });
    }
    group.finish();
    runtime.block_on(engine.shutdown()).expect("a clean end");
}

/// Starts `at_once` orchestrations and waits for all.
async fn round(engine: &Engine, round: u64, width: u64, at_once: u64) {
    let mut handles = Vec::new();
    for i in 0..at_once {
        let id = format!("fanout-{round}-{i}");
        handles.push(engine.start(id, fan_out(width)).await.expect("it starts"));
    }
    for handle in handles {
        let sum = handle.result().await.expect("it ends");
        assert_eq!(sum, width * (width - 1));
    }
}

criterion_group!(benches, fanout);
criterion_main!(benches);
