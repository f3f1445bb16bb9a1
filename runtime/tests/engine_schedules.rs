//! Schedules: each time starts one instance, in this life of the program or a later one.

mod common;

use std::time::{Duration, SystemTime};

use common::Place;
use undying::durable::OrchestrationCall;
use undying::prelude::*;
use undying::testing::VirtualClock;
use undying::{Error, Filter, Missed, Overlap, Schedule, ScheduleDescription, Status};

/// 28 November 2026, noon in UTC.
const NOON: Duration = Duration::from_secs(1_795_867_200);

fn clock() -> VirtualClock {
    VirtualClock::starting_at(SystemTime::UNIX_EPOCH + NOON)
}

async fn open(place: &Place, clock: &VirtualClock) -> Engine {
    let builder = Engine::builder().clock(clock);
    place.open_with(builder).await.expect("the engine opens")
}

/// An engine whose program has `generic` for numbers, too.
async fn open_with_generic(place: &Place, clock: &VirtualClock) -> Engine {
    let builder = Engine::builder().clock(clock);
    let builder = builder.register_orchestration::<GenericCall<u32>>("of u32");
    place.open_with(builder).await.expect("the engine opens")
}

/// A new store whose engine has the schedule `s`.
async fn scheduled<O: OrchestrationCall>(
    schedule: Schedule,
    call: Orchestration<O>,
) -> (Place, VirtualClock, Engine) {
    let (place, clock) = (Place::memory(), clock());
    let engine = open(&place, &clock).await;
    let made = engine.schedule("s", schedule, call).await;
    made.expect("it is a schedule");
    (place, clock, engine)
}

#[orchestration]
async fn report(city: String) -> String {
    format!("the report on {city}")
}

/// Ends when it is told to.
#[orchestration]
async fn long(word: String) -> String {
    format!("{word} {}", event::<String>("end").await)
}

#[orchestration]
async fn generic<T: Persist>(value: T) -> T {
    value
}

/// The ids of what was started for a schedule, without its name, and how they stand.
async fn started(engine: &Engine, name: &str) -> Vec<(String, Status)> {
    let prefix = format!("{name}/");
    let filter = Filter {
        id_prefix: Some(prefix.clone()),
        ..Filter::default()
    };
    let page = engine.list(filter).await.expect("it is open");
    assert_eq!(page.next, None);
    let mut all: Vec<_> = page
        .instances
        .into_iter()
        .map(|one| (one.id[prefix.len()..].to_owned(), one.status))
        .collect();
    all.sort();
    all
}

async fn times(engine: &Engine, name: &str) -> Vec<String> {
    let started = started(engine, name).await.into_iter();
    started.map(|(time, _)| time).collect()
}

async fn described(engine: &Engine) -> ScheduleDescription {
    let mut all = engine.schedules().await.expect("it is open");
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn hourly() -> Schedule {
    Schedule::cron("0 * * * *").expect("an expression")
}

#[tokio::test]
async fn each_time_starts_one_instance_across_restarts() {
    for place in Place::each() {
        let clock = clock();
        let nightly = || Schedule::cron("0 3 * * *").and_then(|all| all.time_zone("Europe/Berlin"));
        for _ in 0..4 {
            let engine = open(&place, &clock).await;
            let call = report("Bern".into());
            engine
                .schedule("nightly", nightly().unwrap(), call)
                .await
                .unwrap();
            clock.advance(hours(15)).await;
            drop(engine);
        }
        let engine = open(&place, &clock).await;
        assert_eq!(
            times(&engine, "nightly").await,
            ["2026-11-29T02:00:00Z", "2026-11-30T02:00:00Z"]
        );
        let first = engine
            .get::<ReportCall>("nightly/2026-11-29T02:00:00Z")
            .await;
        let first = first.unwrap().result().await.unwrap();
        assert_eq!(first, "the report on Bern");
    }
}

#[tokio::test]
async fn the_same_schedule_again_is_one_and_another_replaces_it() {
    let (place, clock) = (Place::memory(), clock());
    let engine = open(&place, &clock).await;
    for _ in 0..3 {
        engine
            .schedule("s", hourly(), report("Bern".into()))
            .await
            .unwrap();
    }
    clock.advance(hours(1)).await;
    engine
        .schedule("s", hourly(), report("Basel".into()))
        .await
        .unwrap();
    clock.advance(hours(1)).await;
    let every = Schedule::every(minutes(30));
    engine
        .schedule("s", every, report("Chur".into()))
        .await
        .unwrap();
    clock.advance(hours(1)).await;
    let mut results = Vec::new();
    for (time, _) in started(&engine, "s").await {
        let one = engine
            .get::<ReportCall>(&format!("s/{time}"))
            .await
            .unwrap();
        results.push((time, one.result().await.unwrap()));
    }
    let results: Vec<_> = results
        .iter()
        .map(|(at, city)| (&at[11..16], &city[14..]))
        .collect();
    assert_eq!(
        results,
        [
            ("13:00", "Bern"),
            ("14:00", "Basel"),
            ("14:30", "Chur"),
            ("15:00", "Chur")
        ]
    );
}

#[tokio::test]
async fn an_overlap_skips_queues_runs_beside_or_cancels() {
    use Status::{Cancelled, Completed, Running};
    let cases: [(Overlap, &[Status], &[Status]); 4] = [
        (Overlap::Skip, &[Running], &[Completed]),
        (Overlap::QueueOne, &[Running], &[Completed, Running]),
        (
            Overlap::Allow,
            &[Running; 3],
            &[Completed, Running, Running],
        ),
        (
            Overlap::CancelRunning,
            &[Cancelled, Cancelled, Running],
            &[Cancelled, Cancelled, Running],
        ),
    ];
    for (overlap, during, after) in cases {
        let schedule = hourly().overlap(overlap);
        let (_place, clock, engine) = scheduled(schedule, long("it".into())).await;
        clock.advance(hours(3)).await;
        let statuses = async || {
            let started = started(&engine, "s").await.into_iter();
            started.map(|(_, status)| status).collect::<Vec<_>>()
        };
        assert_eq!(statuses().await, during, "{overlap:?}");
        let first = "s/2026-11-28T13:00:00Z";
        // The one that was cancelled takes nothing any more.
        let _ = engine.raise(first, "end", &"ends".to_owned()).await;
        clock.settle().await;
        assert_eq!(statuses().await, after, "{overlap:?}");
    }
}

#[tokio::test]
async fn times_that_passed_while_the_program_did_not_run_are_missed_as_it_was_said() {
    let cases: [(Missed, &[&str]); 3] = [
        (Missed::RunOnce, &["13:00", "18:00", "19:00"]),
        (
            Missed::RunAll,
            &[
                "13:00", "14:00", "15:00", "16:00", "17:00", "18:00", "19:00",
            ],
        ),
        (Missed::Skip, &["13:00", "19:00"]),
    ];
    for (missed, expected) in cases {
        let schedule = hourly().missed(missed).overlap(Overlap::Allow);
        let (place, clock, engine) = scheduled(schedule, report("Bern".into())).await;
        clock.advance(minutes(90)).await;
        drop(engine);
        clock.advance(hours(5)).await;
        let engine = open(&place, &clock).await;
        clock.advance(minutes(50)).await;
        let times = times(&engine, "s").await;
        let times: Vec<_> = times.iter().map(|time| &time[11..16]).collect();
        assert_eq!(times, expected, "{missed:?}");
    }
}

#[tokio::test]
async fn a_paused_schedule_starts_nothing_until_it_is_resumed() {
    let (place, clock, engine) = scheduled(hourly(), report("Bern".into())).await;
    engine.pause_schedule("s", "holidays").await.unwrap();
    drop(engine);
    let engine = open(&place, &clock).await;
    clock.advance(hours(5)).await;
    assert_eq!(times(&engine, "s").await, [""; 0]);
    assert_eq!(described(&engine).await.paused.as_deref(), Some("holidays"));
    engine.resume_schedule("s").await.unwrap();
    clock.settle().await;
    assert_eq!(
        times(&engine, "s").await,
        ["2026-11-28T17:00:00Z"],
        "once for all of them"
    );
    assert_eq!(described(&engine).await.paused, None);
}

#[tokio::test]
async fn what_is_unscheduled_starts_nothing_more_and_what_it_has_started_goes_on() {
    for paused in [false, true] {
        let (_place, clock, engine) = scheduled(hourly(), long("it".into())).await;
        clock.advance(hours(1)).await;
        if paused {
            engine.pause_schedule("s", "").await.unwrap();
            clock.advance(hours(1)).await;
        }
        assert!(engine.unschedule("s").await.unwrap());
        assert!(!engine.unschedule("s").await.unwrap());
        assert_eq!(engine.schedules().await.unwrap(), []);
        clock.advance(hours(10)).await;
        let first = engine
            .get::<LongCall>("s/2026-11-28T13:00:00Z")
            .await
            .unwrap();
        first.raise("end", &"ends".to_owned()).await.unwrap();
        assert_eq!(first.result().await.unwrap(), "it ends");
        assert_eq!(times(&engine, "s").await.len(), 1);

        engine
            .schedule("s", hourly(), long("again".into()))
            .await
            .unwrap();
        clock.advance(hours(1)).await;
        assert_eq!(times(&engine, "s").await.len(), 2);
    }
}

#[tokio::test]
async fn a_schedule_is_triggered_beside_its_times() {
    let (_place, clock, engine) = scheduled(hourly(), report("Bern".into())).await;
    let id = engine.trigger_schedule("s").await.unwrap();
    assert_eq!(
        engine.trigger_schedule("s").await.unwrap(),
        id,
        "in the same millisecond"
    );
    clock.advance(hours(1)).await;
    let one = engine.get::<ReportCall>(&id).await.unwrap();
    assert_eq!(one.result().await.unwrap(), "the report on Bern");
    assert_eq!(
        times(&engine, "s").await,
        ["2026-11-28T13:00:00Z", "trigger/2026-11-28T12:00:00Z"]
    );
    let nobody = engine.trigger_schedule("t").await.unwrap_err();
    assert!(matches!(nobody, Error::NotFound { .. }), "{nobody}");
}

#[tokio::test]
async fn schedules_are_listed_with_what_they_do() {
    let (place, clock) = (Place::memory(), clock());
    let engine = open(&place, &clock).await;
    let daily = Schedule::cron("@daily").unwrap().overlap(Overlap::QueueOne);
    engine
        .schedule("b", daily, report("Bern".into()))
        .await
        .unwrap();
    engine
        .schedule("a", hourly(), long("it".into()))
        .await
        .unwrap();
    for _ in 0..2 {
        let all = engine.schedules().await.unwrap();
        let names: Vec<_> = all.iter().map(|one| &*one.name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(all[1].schedule, "@daily in UTC");
        assert_eq!(
            (&*all[1].orchestration, all[1].overlap),
            ("report", Overlap::QueueOne)
        );
        let midnight = SystemTime::UNIX_EPOCH + NOON + hours(12);
        assert_eq!(all[1].next, Some(midnight));
        clock.settle().await;
    }
    clock.advance(hours(3)).await;
    let a = engine.schedules().await.unwrap().remove(0);
    assert_eq!((a.started, a.skipped), (1, 2));
    assert_eq!(a.last.as_deref(), Some("a/2026-11-28T13:00:00Z"));
}

#[tokio::test]
async fn a_schedule_of_an_orchestration_that_is_gone_is_parked_and_goes_on_when_that_is_back() {
    let (place, clock) = (Place::memory(), clock());
    let engine = open_with_generic(&place, &clock).await;
    engine.schedule("s", hourly(), generic(7u32)).await.unwrap();
    clock.advance(hours(1)).await;
    drop(engine);

    let engine = open(&place, &clock).await;
    clock.advance(hours(2)).await;
    let parked = described(&engine).await.parked.expect("it is parked");
    assert!(parked.to_string().contains("`of u32`"), "{parked}");
    drop(engine);

    let engine = open_with_generic(&place, &clock).await;
    engine.schedule("s", hourly(), generic(7u32)).await.unwrap();
    clock.advance(hours(1)).await;
    assert_eq!(described(&engine).await.parked, None);
    let times = times(&engine, "s").await;
    let times: Vec<_> = times.iter().map(|time| &time[11..16]).collect();
    assert_eq!(
        times,
        ["13:00", "15:00", "16:00"],
        "once for what was missed"
    );
}

#[tokio::test]
async fn a_parked_schedule_can_be_unscheduled() {
    let (place, clock) = (Place::memory(), clock());
    let engine = open_with_generic(&place, &clock).await;
    engine.schedule("s", hourly(), generic(7u32)).await.unwrap();
    drop(engine);
    let engine = open(&place, &clock).await;
    clock.advance(hours(1)).await;
    assert!(described(&engine).await.parked.is_some());
    assert!(engine.unschedule("s").await.unwrap());
    assert_eq!(engine.schedules().await.unwrap(), []);
}

#[orchestration]
async fn starts_as(id: String, is_child: bool) -> Result<String, Failure> {
    if is_child {
        return Ok(report("Bern".into()).id(id).await);
    }
    report("Bern".into()).start_detached(id).await;
    Ok(String::new())
}

#[tokio::test]
async fn the_ids_of_schedules_and_entities_are_not_for_others() {
    let engine = Engine::open_in_memory().await.unwrap();
    for id in ["$schedule/s", "@Account@ada"] {
        let direct = engine.start(id, report("Bern".into())).await.unwrap_err();
        assert!(matches!(direct, Error::Invalid { .. }), "{direct}");
        let mut parents = Vec::new();
        for is_child in [true, false] {
            let call = starts_as(id.into(), is_child);
            let parent = engine
                .start(format!("{is_child} {id}"), call)
                .await
                .unwrap();
            parents.push(format!("{:?}", parent.result().await));
        }
        for why in parents {
            assert!(why.contains(&format!("`{id}` begins with")), "{why}");
        }
    }
    for name in ["", "@s", "$s", &"s".repeat(257)] {
        let refused = engine.schedule(name, hourly(), report("Bern".into())).await;
        let refused = refused.unwrap_err();
        assert!(matches!(refused, Error::Invalid { .. }), "{refused}");
    }
}
