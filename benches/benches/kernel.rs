//! The kernel alone, in the simulation: a turn, a mailbox, timers, and turns that are ready together.
//!
//! One thread does everything, on a disk in memory whose clock jumps to the next timer, so nothing of
//! a disk, of other threads or of waiting is in the figures.

use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use undying::prelude::*;
use undying::testing;

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

/// Puts events in the mailbox of `take`, and then the one that it waits for first.
#[orchestration]
async fn put(count: u64) {
    for n in 0..count {
        raise("take", "n", n).await;
    }
    raise("take", "begin", ()).await;
}

#[orchestration]
async fn take(count: u64) -> u64 {
    event::<()>("begin").await;
    let mut sum = 0;
    for _ in 0..count {
        sum += event::<u64>("n").await;
    }
    sum
}

/// Arms `count` timers, each for a millisecond of its own among those of 100 such orchestrations.
#[orchestration]
async fn nap(first: u64, count: u64) {
    join_all((0..count).map(|n| sleep(millis(first + 100 * n)))).await;
}

#[orchestration]
async fn sleeper() -> u64 {
    event::<u64>("wake").await
}

#[orchestration]
async fn wake(count: u64) {
    for n in 0..count {
        raise(format!("sleeper-{n}"), "wake", n).await;
    }
}

async fn turns(engine: &Engine, count: u64) -> undying::Result<Duration> {
    let started = Instant::now();
    let walked = engine.start("walk", walk(count)).await?.result().await?;
    assert_eq!(walked, count);
    Ok(started.elapsed())
}

async fn mailbox(engine: &Engine, count: u64) -> undying::Result<Duration> {
    let takes = engine.start("take", take(count)).await?;
    let started = Instant::now();
    engine.start("put", put(count)).await?;
    assert_eq!(takes.result().await?, count * (count - 1) / 2);
    Ok(started.elapsed())
}

async fn timers(engine: &Engine, count: u64) -> undying::Result<Duration> {
    let started = Instant::now();
    let mut naps = Vec::new();
    for n in 0..100 {
        naps.push(
            engine
                .start(format!("nap-{n}"), nap(n + 1, count / 100))
                .await?,
        );
    }
    for nap in naps {
        nap.result().await?;
    }
    Ok(started.elapsed())
}

/// The clock stops at the end of the last; that of the others is asked for after it.
async fn ready_together(engine: &Engine, count: u64) -> undying::Result<Duration> {
    let mut sleepers = Vec::new();
    for n in 0..count {
        sleepers.push(engine.start(format!("sleeper-{n}"), sleeper()).await?);
    }
    let started = Instant::now();
    engine.start("wake", wake(count)).await?;
    if let Some(last) = sleepers.last() {
        last.result().await?;
    }
    let took = started.elapsed();
    for (n, sleeper) in (0..).zip(sleepers) {
        assert_eq!(sleeper.result().await?, n);
    }
    Ok(took)
}

/// Measures what `work` measures of itself, each time on a new disk.
fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    count: u64,
    work: impl AsyncFn(&Engine, u64) -> undying::Result<Duration>,
) {
    group.throughput(Throughput::Elements(count));
    group.bench_function(name, |b| {
        b.iter_custom(|iterations| {
            let once = async |test: testing::Test| {
                let engine = test.open(Engine::builder()).await?;
                let took = work(&engine, count).await?;
                engine.shutdown().await?;
                Ok::<_, undying::Error>(took)
            };
            let all = (0..iterations).map(|_| testing::run(once).expect("it ends"));
            all.sum()
        });
    });
}

fn kernel(c: &mut Criterion) {
    let mut group = c.benchmark_group("kernel");
    group.sample_size(10);
    measure(&mut group, "1,000 turns in sequence", 1_000, turns);
    measure(
        &mut group,
        "1,000 turns ready together",
        1_000,
        ready_together,
    );
    measure(&mut group, "1,000 events put and taken", 1_000, mailbox);
    measure(&mut group, "10,000 timers armed and fired", 10_000, timers);
    group.finish();
}

criterion_group!(benches, kernel);
criterion_main!(benches);
