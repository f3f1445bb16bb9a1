//! Instances keep the version of the engine that started them, and engines run those that they take.
#![expect(
    clippy::unwrap_used,
    reason = "a test that is not answered as it wants fails"
)]

mod common;

use common::{Place, until};
use undying::VersionMatch::{CurrentOrOlder, Strict};
use undying::durable::limits::VERSION_BYTES_MAX;
use undying::prelude::*;
use undying::testing::VirtualClock;
use undying::{Error, Filter, Refusal, Schedule, Status, VersionMatch};

/// What it says of its version before and after an event.
#[orchestration]
async fn dated(cx: &mut Context, n: u64) -> (Option<String>, u64) {
    let more = event::<u64>("more").await;
    (cx.version().map(str::to_owned), n + more)
}

async fn open(place: &Place, version: &str, takes: VersionMatch) -> Engine {
    let builder = Engine::builder().version(version).version_match(takes);
    place.open_with(builder).await.unwrap()
}

/// Opens the store with `own` and raises what the instance of the version `of` waits for; closes it
/// when that has parked the instance, and returns why.
async fn parked(place: &Place, own: &str, takes: VersionMatch) -> Refusal {
    let engine = open(place, own, takes).await;
    let handle = engine.get::<DatedCall>("one").await.unwrap();
    handle.raise("more", &5u64).await.unwrap();
    let Err(Error::Parked { reason, .. }) = handle.result().await else {
        panic!("it is parked");
    };
    assert_eq!(handle.describe().await.unwrap().status, Status::Parked);
    engine.shutdown().await.unwrap();
    *reason
}

#[tokio::test]
async fn an_instance_waits_for_an_engine_of_its_version_and_then_goes_on_by_itself() {
    for place in Place::each() {
        let engine = open(&place, "1", Strict).await;
        engine.start("one", dated(1)).await.unwrap();
        engine.shutdown().await.unwrap();
        drop(engine);

        let why = parked(&place, "2", Strict).await;
        assert_eq!(
            why.to_string(),
            "`one` has version `1`, and this engine has version `2` and runs its own version \
             only; it goes on by itself when the store is opened with a version, or a \
             `version_match`, that takes it"
        );

        let engine = open(&place, "1", Strict).await;
        let handle = engine.get::<DatedCall>("one").await.unwrap();
        until(|| async { handle.describe().await.unwrap().status == Status::Completed }).await;
        assert_eq!(handle.result().await.unwrap(), (Some("1".into()), 6));
    }
}

#[tokio::test]
async fn an_engine_that_takes_older_versions_runs_them_and_parks_newer_ones() {
    let place = Place::folder();
    let engine = open(&place, "1.10", CurrentOrOlder).await;
    engine.start("one", dated(1)).await.unwrap();
    engine.shutdown().await.unwrap();
    drop(engine);

    let why = parked(&place, "1.9", CurrentOrOlder).await;
    assert!(
        matches!(&why, Refusal::AnotherVersion { version: Some(version), .. } if version == "1.10"),
        "{why}"
    );

    let engine = open(&place, "1.11", CurrentOrOlder).await;
    let handle = engine.get::<DatedCall>("one").await.unwrap();
    until(|| async { handle.describe().await.unwrap().status == Status::Completed }).await;
    assert_eq!(handle.result().await.unwrap(), (Some("1.10".into()), 6));
}

#[orchestration]
async fn report() -> u64 {
    7
}

#[tokio::test]
async fn a_schedule_has_no_version_and_what_it_starts_has_the_engines() {
    let (place, clock) = (Place::memory(), VirtualClock::new());
    let options = |version| {
        let builder = Engine::builder().clock(&clock);
        builder.version(version).version_match(Strict)
    };
    let engine = place.open_with(options("1")).await.unwrap();
    let hourly = Schedule::every(hours(1));
    engine.schedule("hourly", hourly, report()).await.unwrap();
    clock.advance(hours(1)).await;
    engine.shutdown().await.unwrap();
    drop(engine);

    let engine = place.open_with(options("2")).await.unwrap();
    clock.advance(hours(1)).await;
    let filter = Filter {
        orchestrations: vec!["report".into()],
        ..Filter::default()
    };
    let found = engine.list(filter).await.unwrap().instances;
    let mut versions: Vec<_> = found.into_iter().filter_map(|it| it.version).collect();
    versions.sort();
    assert_eq!(versions, ["1", "2"]);
}

#[tokio::test]
async fn a_version_that_is_empty_or_too_long_is_refused() {
    let check = async |version: String, taken: bool| {
        let bytes = version.len();
        let opened = Engine::builder().version(version).open_in_memory().await;
        match opened {
            Ok(_) => assert!(taken, "{bytes}"),
            Err(error) => {
                let said = format!("the engine's version has {bytes} bytes; it must have 1 to 64");
                assert!(!taken && error.to_string().starts_with(&said), "{error}");
            }
        }
    };
    check(String::new(), false).await;
    check("v".repeat(VERSION_BYTES_MAX), true).await;
    check("v".repeat(VERSION_BYTES_MAX + 1), false).await;
}
