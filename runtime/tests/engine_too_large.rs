//! What is too large for the store is told to its instance; the others go on.

mod common;

use std::sync::Arc;

use common::Door;
use undying::prelude::*;
use undying::store::Caps;
use undying::store::memory::MemoryDisk;
use undying::{Error, Status};

const MB: usize = 1 << 20;

#[activity]
async fn step(n: u64, State(door): State<Door>) -> u64 {
    door.pass().await;
    n
}

#[orchestration]
async fn keeps(bytes: usize) -> usize {
    let text = "x".repeat(bytes);
    step(1).await;
    text.len()
}

#[orchestration]
async fn tells(cx: &mut Context, bytes: usize) -> u64 {
    cx.set_status("x".repeat(bytes));
    step(1).await
}

#[orchestration]
async fn panics(bytes: usize) -> u64 {
    assert_eq!(step(1).await.to_string(), "x".repeat(bytes));
    1
}

/// Begins all children in one turn, so that they share its epoch, and waits for the last.
#[orchestration]
async fn family(sizes: Vec<usize>) -> u64 {
    for (number, bytes) in sizes.into_iter().enumerate() {
        let _child = keeps(bytes).id(format!("child/{number}")).spawn().await;
    }
    step(7).await
}

/// An engine over a store that takes batches of 8 MB.
async fn engine(disk: &MemoryDisk) -> Engine {
    let builder = Engine::builder().state(Door::open()).shards(1);
    let builder = builder.cancellation_grace(millis(20));
    let engine = builder.open_store(Arc::new(disk.clone())).await;
    engine.expect("the engine opens")
}

fn disk() -> MemoryDisk {
    MemoryDisk::with_caps(Caps {
        max_batch_bytes: 8 * MB,
        max_value_bytes: 4 * MB,
        max_key_bytes: 16 << 10,
    })
}

async fn parked<T: Persist + std::fmt::Debug>(handle: &Handle<T>) -> String {
    match handle.result().await {
        Err(error @ Error::Parked { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_turn_that_keeps_too_much_is_parked_alone() {
    let engine = engine(&disk()).await;
    let handle = engine.start("family", family(vec![10, 3 * MB, 20])).await;
    assert_eq!(handle.unwrap().result().await.unwrap(), 7);
    for (id, bytes) in [("child/0", 10), ("child/2", 20)] {
        let child = engine.get::<KeepsCall>(id).await.unwrap();
        assert_eq!(child.result().await.unwrap(), bytes);
    }
    let child = engine.get::<KeepsCall>("child/1").await.unwrap();
    let why = parked(&child).await;
    assert!(why.contains("what lives across this await is"), "{why}");
}

#[tokio::test]
async fn many_turns_that_keep_too_much_are_parked_and_the_engine_goes_on() {
    let engine = engine(&disk()).await;
    let mut sizes = vec![3 * MB; 30];
    sizes.push(5);
    let handle = engine.start("family", family(sizes)).await.unwrap();
    assert_eq!(handle.result().await.unwrap(), 7);
    for number in 0..30 {
        let child = format!("child/{number}");
        parked(&engine.get::<KeepsCall>(&child).await.unwrap()).await;
    }
    let child = engine.get::<KeepsCall>("child/30").await.unwrap();
    assert_eq!(child.result().await.unwrap(), 5);
}

#[tokio::test]
async fn an_epoch_the_store_finds_too_large_is_made_again_in_pieces_and_parks_nobody() {
    let engine = engine(&disk()).await;
    let handle = engine.start("family", family(vec![MB + MB / 2; 8])).await;
    assert_eq!(handle.unwrap().result().await.unwrap(), 7);
    for number in 0..8 {
        let child = engine.get::<KeepsCall>(&format!("child/{number}")).await;
        assert_eq!(child.unwrap().result().await.unwrap(), MB + MB / 2);
    }
    assert!(engine.health().restarts > 0, "the epoch was too large");
}

#[tokio::test]
async fn a_status_that_is_too_long_parks_its_instance_alone() {
    let engine = engine(&disk()).await;
    let long = engine.start("long", tells(5 * MB)).await.unwrap();
    let short = engine.start("short", tells(50)).await.unwrap();
    let why = parked(&long).await;
    assert!(why.contains("its status is 5242880 bytes"), "{why}");
    assert_eq!(short.result().await.unwrap(), 1);
}

#[tokio::test]
async fn the_message_of_a_panic_is_kept_as_far_as_there_is_room() {
    let engine = engine(&disk()).await;
    let handle = engine.start("panics", panics(5 * MB)).await.unwrap();
    let why = parked(&handle).await;
    assert!(why.contains("xxx") && why.len() < 20_000, "{}", why.len());
    let seen = engine.describe("panics").await.unwrap();
    assert_eq!(seen.status, Status::Parked);
}

#[activity]
async fn makes(bytes: usize, State(door): State<Door>) -> String {
    door.pass().await;
    "x".repeat(bytes)
}

#[orchestration]
async fn collects(count: usize, bytes: usize) -> usize {
    let all = join_all((0..count).map(|_| makes(bytes))).await;
    all.iter().map(String::len).sum()
}

#[tokio::test]
async fn results_that_arrive_together_and_are_too_large_together_are_all_kept() {
    let door = Door::closed();
    let builder = Engine::builder().state(door.clone()).shards(1);
    let engine = builder.open_store(Arc::new(disk())).await.unwrap();
    let handle = engine.start("collects", collects(24, MB)).await.unwrap();
    door.until_came(24).await;
    door.let_pass(1_000);
    assert_eq!(handle.result().await.unwrap(), 24 * MB);
    assert_eq!(engine.health().restarts, 0);
}
