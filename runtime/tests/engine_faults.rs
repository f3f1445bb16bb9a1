//! Commits that fail, stores that vanish: the engine goes on from what is durable.

mod common;

use std::sync::Arc;

use common::{Door, Place, until};
use tokio::task::JoinSet;
use undying::Error;
use undying::prelude::*;
use undying::store::Pressure;
use undying::store::memory::{Fault, MemoryDisk};

#[activity]
async fn step(n: u64, State(door): State<Door>) -> u64 {
    door.pass().await;
    n
}

#[orchestration]
async fn child(n: u64) -> u64 {
    step(n).await
}

#[orchestration]
async fn busy(n: u64) -> u64 {
    let mut sum = 0;
    for k in 0..3u64 {
        sum += step(n + k).await;
        sleep(millis(k)).await;
    }
    let (left, right) = join((child(1), step(2))).await;
    sum + left + right
}

/// Starts so many at once, and waits for all.
async fn run(engine: &Engine, count: u64) {
    let mut all = JoinSet::new();
    for n in 0..count {
        let engine = engine.clone();
        all.spawn(async move {
            let handle = engine.start(format!("busy/{n}"), busy(n)).await?;
            Ok::<_, Error>((n, handle.result().await?))
        });
    }
    while let Some(ended) = all.join_next().await {
        let (n, sum) = ended.expect("no panic").expect("no error");
        assert_eq!(sum, 3 * n + 6);
    }
}

async fn engine(disk: &MemoryDisk, door: &Door) -> Engine {
    let builder = Engine::builder()
        .state(door.clone())
        .shards(3)
        .cancellation_grace(millis(20));
    builder
        .open_store(Arc::new(disk.clone()))
        .await
        .expect("the engine opens")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commits_whose_outcome_is_not_known_cost_no_instance() {
    for fault in [Fault::Lost, Fault::Landed] {
        let disk = MemoryDisk::new();
        for sequence in (4..200).step_by(7) {
            disk.fail_commit(sequence, fault);
        }
        let engine = engine(&disk, &Door::open()).await;
        run(&engine, 100).await;
        assert!(engine.health().restarts > 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_refuses_starts_and_holds_up_the_rest_until_there_is_space() {
    let (disk, door) = (MemoryDisk::new(), Door::closed());
    let engine = engine(&disk, &door).await;
    let handle = engine.start("a", busy(1)).await.unwrap();
    door.until_came(1).await;
    disk.set_pressure(Pressure::Stop {
        free: 1,
        needed: 1_000,
    });
    door.let_pass(100);
    until(|| async {
        match engine.start("b", busy(1)).await {
            Err(Error::Busy { why }) => why.contains("1 bytes"),
            _ => false,
        }
    })
    .await;
    disk.set_pressure(Pressure::None);
    assert_eq!(handle.result().await.unwrap(), 9);
    assert_eq!(
        engine
            .start("b", busy(1))
            .await
            .unwrap()
            .result()
            .await
            .unwrap(),
        9
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_shutdown_on_a_full_disk_ends_and_loses_nothing() {
    let (disk, door) = (MemoryDisk::new(), Door::closed());
    let first = engine(&disk, &door).await;
    first.start("a", busy(1)).await.unwrap();
    door.until_came(1).await;
    disk.set_pressure(Pressure::Stop {
        free: 1,
        needed: 1_000,
    });
    door.let_pass(1);
    // It may have had something left to write, which it says.
    let _ = first.shutdown().await;
    drop(first);

    disk.set_pressure(Pressure::None);
    let second = engine(&disk, &Door::open()).await;
    let handle = second.get::<BusyCall>("a").await.unwrap();
    assert_eq!(handle.result().await.unwrap(), 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn engines_dropped_at_any_moment_lose_nothing_they_acknowledged() {
    for place in Place::each() {
        let mut acknowledged = Vec::new();
        for round in 0..8u64 {
            let builder = Engine::builder()
                .state(Door::open())
                .shards(1 + round as usize % 4);
            let engine = place.open_with(builder).await.expect("the engine opens");
            let mut starts = JoinSet::new();
            for n in 0..50 {
                let (engine, id) = (engine.clone(), format!("{round}/{n}"));
                starts.spawn(async move { engine.start(&*id, busy(n)).await.map(|_| (id, n)) });
            }
            // Some have been acknowledged, some have run, none is waited for.
            for _ in 0..40 {
                let started = starts.join_next().await.expect("50 starts");
                acknowledged.push(started.expect("no panic").expect("it starts"));
            }
            starts.shutdown().await;
        }
        let engine = place.open(&Door::open()).await;
        for (id, n) in acknowledged {
            let handle = engine.get::<BusyCall>(&id).await.expect("it is there");
            assert_eq!(handle.result().await.expect("it ends"), 3 * n + 6);
        }
    }
}
