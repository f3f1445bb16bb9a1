//! What operators may do to instances: terminate, suspend, resume, purge, restart, count.

mod common;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::{Door, Place, until};
use undying::prelude::*;
use undying::{Error, Filter, Schedule, StartOptions, Status};

#[activity]
async fn wait_here(cx: ActivityContext, State(door): State<Door>) -> () {
    tokio::select! {
        () = door.pass() => {}
        () = cx.cancelled() => door.let_pass(1_000),
    }
}

#[orchestration]
async fn waits(n: u32) -> u32 {
    wait_here().await;
    n
}

#[derive(Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum Stopped {
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

#[orchestration]
async fn parent(depth: u32) -> Result<u32, Stopped> {
    if depth == 0 {
        wait_here().await;
        return Ok(0);
    }
    Ok(1 + parent(depth - 1).await?)
}

#[orchestration]
async fn quick(n: u32) -> u32 {
    n
}

#[orchestration]
async fn naps(n: u32) -> u32 {
    sleep(Duration::from_secs(3_600)).await;
    n
}

static MENDED: AtomicBool = AtomicBool::new(false);

#[orchestration]
async fn broken(n: u32) -> u32 {
    assert!(MENDED.load(Ordering::SeqCst), "it is not mended");
    n
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Tally(u32);

#[entity]
impl Tally {
    pub fn add(&mut self, n: u32) -> u32 {
        self.0 += n;
        self.0
    }
}

#[tokio::test]
async fn terminating_ends_children_and_their_children_and_stops_their_activities() {
    for place in Place::each() {
        let door = Door::closed();
        let engine = place.open(&door).await;
        let root = engine.start("root", parent(2)).await.unwrap();
        door.until_came(1).await;
        root.terminate("a better plan").await.unwrap();
        let failure = undying::Failure::Terminated {
            call: "parent".into(),
            reason: "a better plan".into(),
        };
        assert_eq!(root.result().await.unwrap(), Err(Stopped::Failed(failure)));
        assert_eq!(root.wait().await.unwrap(), Status::Terminated);
        for child in ["root/0", "root/0/0"] {
            let handle = engine.get::<ParentCall>(child).await.unwrap();
            assert_eq!(handle.wait().await.unwrap(), Status::Terminated);
            let reason = handle.describe().await.unwrap().reason;
            assert_eq!(reason.as_deref(), Some("a better plan"));
        }
        // Its activity was told by its token.
        engine
            .start("next", waits(1))
            .await
            .unwrap()
            .result()
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_suspended_instance_stays_where_it_is_also_after_a_restart_until_it_is_resumed() {
    for place in Place::each() {
        let door = Door::closed();
        let engine = place.open(&door).await;
        let handle = engine.start("a", waits(7)).await.unwrap();
        door.until_came(1).await;
        handle.suspend("the other side is down").await.unwrap();
        door.let_pass(1);
        // What is under way comes to its end.
        until(|| async { handle.describe().await.unwrap().calls_pending == 0 }).await;
        engine.shutdown().await.unwrap();
        drop(engine);

        let engine = place.open(&Door::open()).await;
        let handle = engine.get::<WaitsCall>("a").await.unwrap();
        let description = handle.describe().await.unwrap();
        assert_eq!(description.status, Status::Suspended);
        assert_eq!(
            description.reason.as_deref(),
            Some("the other side is down")
        );
        let waiting = tokio::time::timeout(Duration::from_millis(50), handle.result());
        assert!(waiting.await.is_err(), "it does not advance");
        handle.resume().await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 7);
        let late = handle.suspend("too late").await.unwrap_err();
        assert!(matches!(late, Error::WrongStatus { .. }), "{late}");
    }
}

#[tokio::test]
async fn a_purged_instance_is_gone_and_its_id_can_be_started_anew() {
    for place in Place::each() {
        let door = Door::closed();
        let engine = place.open(&door).await;
        let handle = engine.start("a", waits(7)).await.unwrap();
        let error = engine.purge("a").await.unwrap_err();
        assert!(
            error.to_string().contains("`a` is running; wait"),
            "{error}"
        );
        door.let_pass(1);
        handle.result().await.unwrap();
        assert!(engine.purge("a").await.unwrap());
        assert!(!engine.purge("a").await.unwrap());
        assert!(matches!(handle.result().await, Err(Error::NotFound { .. })));
        let other = engine.start("a", quick(8)).await.unwrap();
        assert_eq!(other.result().await.unwrap(), 8);
    }
}

#[tokio::test]
async fn purging_by_a_filter_counts_what_it_purged_and_spares_what_has_not_ended() {
    for place in Place::each() {
        let engine = place.open(&Door::closed()).await;
        for n in 0..30 {
            let handle = engine.start(format!("quick/{n}"), quick(n)).await.unwrap();
            handle.result().await.unwrap();
        }
        for n in 0..3 {
            engine.start(format!("waits/{n}"), waits(n)).await.unwrap();
        }
        let tens = Filter {
            id_prefix: Some("quick/1".into()),
            limit: 4,
            ..Filter::default()
        };
        assert_eq!(engine.purge_all(tens).await.unwrap(), 11);
        assert_eq!(engine.purge_all(Filter::default()).await.unwrap(), 19);
        let left = engine.count(Filter::default()).await.unwrap();
        assert_eq!(left, BTreeMap::from([(Status::Running, 3)]));
    }
}

#[tokio::test]
async fn suspending_and_resuming_by_a_filter_changes_what_has_not_ended() {
    for place in Place::each() {
        let door = Door::closed();
        let engine = place.open(&door).await;
        let ended = engine.start("quick", quick(1)).await.unwrap();
        ended.result().await.unwrap();
        for n in 0..7 {
            engine.start(format!("waits/{n}"), waits(n)).await.unwrap();
        }
        engine.suspend("waits/3", "by hand").await.unwrap();
        let pages = || Filter {
            limit: 2,
            ..Filter::default()
        };
        assert_eq!(engine.suspend_all(pages(), "at night").await.unwrap(), 6);
        let one = engine.describe("waits/3").await.unwrap();
        assert_eq!(one.reason.as_deref(), Some("by hand"));
        let counts = engine.count(pages()).await.unwrap();
        assert_eq!(counts[&Status::Suspended], 7);
        assert_eq!(engine.resume_all(pages()).await.unwrap(), 7);
        let counts = engine.count(pages()).await.unwrap();
        assert_eq!(counts[&Status::Running], 7);
        assert_eq!(engine.resume_all(pages()).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn terminating_by_a_filter_spares_what_does_not_fit_and_tells_the_reason() {
    for place in Place::each() {
        let engine = place.open(&Door::closed()).await;
        for n in 0..7 {
            engine.start(format!("naps/{n}"), naps(n)).await.unwrap();
        }
        engine.start("other", parent(0)).await.unwrap();
        let napping = Filter {
            orchestrations: vec!["naps".into()],
            limit: 2,
            ..Filter::default()
        };
        let ended = engine.terminate_all(napping.clone(), "enough").await;
        assert_eq!(ended.unwrap(), 7);
        let one = engine.describe("naps/3").await.unwrap();
        assert_eq!(one.status, Status::Terminated);
        assert_eq!(one.reason.as_deref(), Some("enough"));
        let other = engine.describe("other").await.unwrap();
        assert_eq!(other.status, Status::Running);
        assert_eq!(engine.terminate_all(napping, "twice").await.unwrap(), 0);
    }
}

#[tokio::test]
async fn retrying_by_a_filter_lets_all_that_is_parked_go_on() {
    let engine = Place::memory().open(&Door::closed()).await;
    engine.start("runs", waits(1)).await.unwrap();
    let mut handles = Vec::new();
    for n in 0..5 {
        let handle = engine.start(format!("{n}"), broken(n)).await.unwrap();
        let parked = handle.result().await.unwrap_err();
        assert!(matches!(parked, Error::Parked { .. }), "{parked}");
        handles.push(handle);
    }
    MENDED.store(true, Ordering::SeqCst);
    let pages = Filter {
        limit: 2,
        ..Filter::default()
    };
    assert_eq!(engine.retry_all(pages).await.unwrap(), 5);
    for (n, handle) in (0..).zip(&handles) {
        assert_eq!(handle.result().await.unwrap(), n);
    }
}

#[tokio::test]
async fn managing_by_a_filter_leaves_entities_and_schedules_alone() {
    let engine = Place::memory().open(&Door::closed()).await;
    let daily = Schedule::cron("0 0 * * *").unwrap();
    engine.schedule("daily", daily, quick(1)).await.unwrap();
    engine.call(Tally::at("one").add(1)).await.unwrap();
    let all = Filter::default;
    assert_eq!(engine.suspend_all(all(), "").await.unwrap(), 0);
    assert_eq!(engine.terminate_all(all(), "").await.unwrap(), 0);
    assert_eq!(engine.schedules().await.unwrap().len(), 1);
    assert_eq!(engine.call(Tally::at("one").add(1)).await.unwrap(), 2);
}

#[tokio::test]
async fn a_reason_that_is_too_long_for_one_is_too_long_for_all() {
    let engine = Place::memory().open(&Door::closed()).await;
    let handle = engine.start("a", waits(1)).await.unwrap();
    let reason = "x".repeat(5_000);
    for refused in [
        engine.terminate_all(Filter::default(), &reason).await,
        engine.suspend_all(Filter::default(), &reason).await,
        engine.rewind_all(Filter::default(), &reason).await,
    ] {
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    }
    let one = handle.describe().await.unwrap();
    assert_eq!(one.status, Status::Running);
}

#[tokio::test]
async fn restarting_begins_again_with_the_original_arguments() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let tagged = StartOptions::new().tag("kind", "test");
        let handle = engine.start_with("a", quick(8), tagged).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 8);
        let before = handle.describe().await.unwrap();
        engine.restart("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 8);
        let after = handle.describe().await.unwrap();
        assert!(after.number > before.number);
        assert_eq!(after.tags, before.tags);

        engine.restart_as("a", "b").await.unwrap();
        let other = engine.get::<QuickCall>("b").await.unwrap();
        assert_eq!(other.result().await.unwrap(), 8);
        assert_eq!(other.describe().await.unwrap().tags, before.tags);
        assert_eq!(handle.describe().await.unwrap(), after, "the old one stays");
    }
}

#[tokio::test]
async fn an_ended_instance_is_replaced_by_a_start_that_says_so() {
    for place in Place::each() {
        let door = Door::closed();
        let engine = place.open(&door).await;
        let anew = || StartOptions::new().replace_ended().tag("kind", "anew");
        let handle = engine.start_with("a", waits(1), anew()).await.unwrap();
        let first = handle.describe().await.unwrap().number;
        let handle = engine.start_with("a", waits(2), anew()).await.unwrap();
        let number = handle.describe().await.unwrap().number;
        assert_eq!(number, first, "it runs");
        door.let_pass(1);
        assert_eq!(handle.result().await.unwrap(), 1);
        let handle = engine.start_with("a", waits(3), anew()).await.unwrap();
        door.let_pass(1);
        assert_eq!(handle.result().await.unwrap(), 3);
        let other = engine.start_with("a", quick(4), anew()).await.unwrap_err();
        assert!(
            matches!(other, Error::AnotherOrchestration { .. }),
            "{other}"
        );
    }
}

#[tokio::test]
async fn an_instance_that_runs_is_not_restarted() {
    let door = Door::closed();
    let engine = Place::memory().open(&door).await;
    engine.start("a", waits(1)).await.unwrap();
    for error in [
        engine.restart("a").await.unwrap_err(),
        engine.restart_as("a", "b").await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::WrongStatus { .. }), "{error}");
    }
}

#[tokio::test]
async fn ended_instances_are_kept_as_long_as_their_orchestration_says() {
    for place in Place::each() {
        let builder = || {
            Engine::builder()
                .state(Door::closed())
                .retention::<QuickCall>(Duration::from_millis(200))
        };
        let engine = place.open_with(builder()).await.unwrap();
        let handle = engine.start("a", quick(8)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 8);
        engine.start("b", waits(8)).await.unwrap();
        drop(engine);

        // The time counts from the end of the instance, whichever program runs meanwhile.
        let engine = place.open(&Door::closed()).await;
        until(|| async {
            let gone = engine.describe("a").await;
            matches!(gone, Err(Error::NotFound { .. }))
        })
        .await;
        assert_eq!(engine.describe("b").await.unwrap().status, Status::Running);
    }
}

#[tokio::test]
async fn instances_are_found_and_counted_by_their_tags() {
    let engine = Place::memory().open(&Door::open()).await;
    for n in 0..6 {
        let options = StartOptions::new()
            .tag("parity", format!("{}", n % 2))
            .tag("all", "");
        let handle = engine
            .start_with(format!("{n}"), quick(n), options)
            .await
            .unwrap();
        handle.result().await.unwrap();
    }
    let odd = Filter {
        tags: [("parity".into(), "1".into()), ("all".into(), String::new())].into(),
        ..Filter::default()
    };
    let ids = engine.list(odd.clone()).await.unwrap().instances;
    let mut ids: Vec<_> = ids.into_iter().map(|one| one.id).collect();
    ids.sort();
    assert_eq!(ids, ["1", "3", "5"]);
    let counts = engine.count(odd).await.unwrap();
    assert_eq!(counts, BTreeMap::from([(Status::Completed, 3)]));
}
