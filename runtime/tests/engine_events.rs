//! Events through the engine: raised early and late, refused by name, across restarts and `kill -9`.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use common::{Door, Place, until};
use undying::durable::limits::PAYLOAD_BYTES_MAX;
use undying::prelude::*;
use undying::{Error, Status};

#[orchestration]
async fn collect(count: u32) -> Vec<u32> {
    let mut taken = Vec::new();
    while taken.len() < count as usize {
        taken.push(event::<u32>("number").await);
    }
    taken
}

/// Adds what comes, in a run for each.
#[orchestration]
async fn sum(left: u32, so_far: u32) -> u32 {
    if left == 0 {
        return so_far;
    }
    let next = event::<u32>("number").await;
    continue_as_new(sum(left - 1, so_far + next)).await
}

#[orchestration]
async fn tells(whom: String, count: u32) {
    for number in 0..count {
        raise(whom.clone(), "number", number).await;
        sleep(millis(1)).await;
    }
}

#[tokio::test]
async fn events_are_taken_in_order_early_or_late() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", collect(4)).await.unwrap();
        for number in 0..2 {
            engine.raise("a", "number", &number).await.unwrap();
        }
        until(|| async { handle.describe().await.unwrap().events_waiting == 0 }).await;
        for number in 2..4 {
            handle.raise("number", &number).await.unwrap();
        }
        assert_eq!(handle.result().await.unwrap(), [0, 1, 2, 3]);
    }
}

#[tokio::test]
async fn events_that_wait_survive_a_restart() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        engine.start("a", collect(2)).await.unwrap();
        engine.raise("a", "number", &1u32).await.unwrap();
        engine.raise("a", "other", &1u32).await.unwrap();
        engine.shutdown().await.unwrap();
        drop(engine);

        let engine = place.open(&Door::open()).await;
        let handle = engine.get::<CollectCall>("a").await.unwrap();
        assert_eq!(handle.describe().await.unwrap().events_waiting, 1);
        handle.raise("number", &2u32).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), [1, 2]);
    }
}

#[tokio::test]
async fn an_orchestration_raises_events_of_another() {
    let engine = Place::memory().open(&Door::open()).await;
    let handle = engine.start("a", collect(5)).await.unwrap();
    engine.start("b", tells("a".to_owned(), 5)).await.unwrap();
    let nobody = engine.start("c", tells("nobody".to_owned(), 2)).await;
    assert_eq!(handle.result().await.unwrap(), [0, 1, 2, 3, 4]);
    nobody.unwrap().result().await.unwrap();
}

#[tokio::test]
async fn a_result_is_that_of_the_last_run() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", sum(3, 0)).await.unwrap();
        for number in [1u32, 20, 300] {
            handle.raise("number", &number).await.unwrap();
        }
        assert_eq!(handle.result().await.unwrap(), 321);
        assert_eq!(handle.describe().await.unwrap().continued, 3);
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_parks_its_instance_by_the_events_name() {
    let engine = Place::memory().open(&Door::open()).await;
    let handle = engine.start("a", collect(1)).await.unwrap();
    handle.raise("number", &"seven".to_owned()).await.unwrap();
    let Err(Error::Parked { reason, .. }) = handle.result().await else {
        panic!("it is parked");
    };
    assert!(
        reason.to_string().contains("the event `number`"),
        "{reason}"
    );
    assert_eq!(handle.describe().await.unwrap().events_waiting, 1);
}

#[tokio::test]
async fn an_event_is_refused_by_what_is_wrong_with_it() {
    let engine = Place::memory().open(&Door::open()).await;
    let missing = engine.raise("a", "number", &1u32).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })));
    let handle = engine.start("a", collect(1)).await.unwrap();
    let large = "x".repeat(PAYLOAD_BYTES_MAX);
    let large = handle.raise("number", &large).await;
    assert!(matches!(large, Err(Error::EventTooLarge { .. })));
    let nameless = handle.raise("", &1u32).await;
    assert!(matches!(nameless, Err(Error::Invalid { .. })));
    handle.cancel().await.unwrap();
    let late = handle.raise("number", &1u32).await;
    let cancelled = Status::Cancelled;
    assert!(matches!(late, Err(Error::WrongStatus { status, .. }) if status == cancelled));
}

const PATH: &str = "UNDYING_TEST_EVENTS";
const KILLS: usize = 4;

/// Raises the numbers that follow what is acknowledged, until it is killed.
async fn raise_until_killed(path: std::ffi::OsString) {
    let engine = Engine::open(path).await.unwrap();
    let handle = engine.start("a", sum(u32::MAX, 0)).await.unwrap();
    loop {
        handle.raise("number", &1u32).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "> raised").unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test]
async fn a_process_that_is_killed_loses_no_event_that_was_acknowledged() {
    if let Some(path) = std::env::var_os(PATH) {
        return raise_until_killed(path).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for _ in 0..KILLS {
        let test = "a_process_that_is_killed_loses_no_event_that_was_acknowledged";
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(PATH, folder.path().join("store"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let raised = |line: &String| line.contains("> raised");
        acknowledged += lines.map_while(Result::ok).filter(raised).take(25).count() as u64;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let engine = Engine::open(folder.path().join("store")).await.unwrap();
    let taken = || async {
        let it = engine.describe("a").await.unwrap();
        it.continued + it.events_waiting as u64
    };
    until(|| async { engine.describe("a").await.unwrap().events_waiting == 0 }).await;
    let taken = taken().await;
    // Of each process the event that was not acknowledged may have been raised, with those whose
    // acknowledgement was not read.
    assert!(taken >= acknowledged, "{taken} of {acknowledged}");
    engine.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_event_raised_early_waits_for_its_instance_across_a_restart() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        for number in 1..=2u32 {
            let early = engine.raise("a", "number", &number).early();
            early.await.unwrap();
        }
        let missing = engine.raise("a", "number", &3u32).await;
        assert!(matches!(missing, Err(Error::NotFound { .. })));
        assert!(matches!(
            engine.describe("a").await,
            Err(Error::NotFound { .. })
        ));
        drop(engine);

        let engine = place.open(&Door::open()).await;
        let early = engine.raise("a", "number", &3u32).early();
        early.idempotency_key("third").await.unwrap();
        let handle = engine.start("a", collect(3)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), [1, 2, 3]);
    }
}
