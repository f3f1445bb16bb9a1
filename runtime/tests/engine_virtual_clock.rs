//! What a test is promised that moves the clock of its engine.

mod common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use common::Place;
use undying::Status;
use undying::prelude::*;
use undying::testing::VirtualClock;

/// What happened, and how long after the beginning by the clock.
#[derive(Clone)]
struct Diary {
    clock: VirtualClock,
    began: SystemTime,
    lines: Arc<Mutex<Vec<(u64, String)>>>,
}

impl Diary {
    fn of(clock: &VirtualClock) -> Diary {
        Diary {
            clock: clock.clone(),
            began: clock.now(),
            lines: Arc::default(),
        }
    }

    fn note(&self, what: &str) {
        let after = self.clock.now().duration_since(self.began);
        let after = after.expect("never backwards");
        let line = (after.as_millis() as u64, what.to_owned());
        self.lines.lock().expect("no panic").push(line);
    }

    /// What was noted since the last look.
    fn lines(&self) -> Vec<(u64, String)> {
        std::mem::take(&mut *self.lines.lock().expect("no panic"))
    }
}

#[activity]
async fn note(what: String, State(diary): State<Diary>) {
    diary.note(&what);
}

#[activity(retry(max_attempts = 4, first = "10m", factor = 2.0))]
async fn fails_three_times(
    cx: ActivityContext,
    State(diary): State<Diary>,
) -> Result<u32, Failure> {
    diary.note(&format!("attempt {}", cx.attempt()));
    if cx.attempt() < 4 {
        return Err(Failure::Panicked {
            call: "fails".into(),
            message: "not yet".into(),
        });
    }
    Ok(cx.attempt())
}

/// Takes real time.
#[activity]
async fn slow(State(diary): State<Diary>) {
    tokio::time::sleep(Duration::from_millis(30)).await;
    diary.note("slow");
}

#[orchestration]
async fn after(name: String, pause: Duration) {
    sleep(pause).await;
    note(name).await;
}

#[orchestration]
async fn every(pause: Duration) {
    loop {
        sleep(pause).await;
        note("round".to_owned()).await;
    }
}

#[orchestration]
async fn stubborn() -> Result<u32, Failure> {
    fails_three_times().await
}

#[orchestration]
async fn three_slow_ones() {
    for _ in 0..3u8 {
        slow().await;
    }
}

#[orchestration]
async fn wakes_at(cx: &mut Context, pause: Duration) -> SystemTime {
    sleep(pause).await;
    cx.now()
}

#[orchestration]
async fn answer_or(patience: Duration) -> String {
    match timeout(patience, event::<String>("answer")).await {
        Ok(answer) => answer,
        Err(Elapsed) => "nobody".to_owned(),
    }
}

#[entity]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Lamp {
    lit: bool,
}

#[entity]
impl Lamp {
    pub fn light(&mut self) {
        self.lit = true;
    }
}

async fn open(clock: &VirtualClock) -> (Engine, Diary) {
    let diary = Diary::of(clock);
    let builder = Engine::builder().state(diary.clone()).clock(clock);
    let engine = builder.open_in_memory().await;
    (engine.expect("the engine opens"), diary)
}

fn noted(lines: &[(u64, &str)]) -> Vec<(u64, String)> {
    let line = |(after, what): &(u64, &str)| (*after, (*what).to_owned());
    lines.iter().map(line).collect()
}

const HOUR: u64 = 3_600_000;

#[tokio::test]
async fn a_timer_of_three_days_fires_after_three_days_and_not_a_millisecond_before() {
    let clock = VirtualClock::new();
    let (engine, diary) = open(&clock).await;
    let handle = engine.start("a", after("a".into(), days(3))).await.unwrap();
    clock.advance(days(3) - millis(1)).await;
    assert_eq!(
        (handle.status().await.unwrap(), diary.lines()),
        (Status::Running, vec![])
    );
    clock.advance(millis(1)).await;
    assert_eq!(handle.status().await.unwrap(), Status::Completed);
    assert_eq!(diary.lines(), noted(&[(72 * HOUR, "a")]));
}

#[tokio::test]
async fn timers_fire_in_the_order_of_their_times_and_each_at_its_own() {
    let clock = VirtualClock::new();
    let (engine, diary) = open(&clock).await;
    for (name, pause) in [("c", 30), ("a", 10), ("d", 40), ("b", 20)] {
        let call = after(name.into(), hours(pause));
        engine.start(name, call).await.unwrap();
    }
    clock.advance(hours(35)).await;
    let lines = [(10 * HOUR, "a"), (20 * HOUR, "b"), (30 * HOUR, "c")];
    assert_eq!(diary.lines(), noted(&lines));
}

#[tokio::test]
async fn a_timer_that_is_set_on_the_way_fires_on_the_way() {
    let clock = VirtualClock::new();
    let (engine, diary) = open(&clock).await;
    engine.start("every", every(hours(1))).await.unwrap();
    clock.advance(days(3)).await;
    let rounds = diary.lines();
    assert_eq!(rounds.len(), 72);
    assert_eq!(rounds[71].0, 72 * HOUR);
}

#[tokio::test]
async fn what_takes_a_month_is_over_at_once() {
    let clock = VirtualClock::starting_at(SystemTime::UNIX_EPOCH + days(10_000));
    let (engine, _diary) = open(&clock).await;
    let handle = engine.start("a", wakes_at(days(30))).await.unwrap();
    let woke = clock.run_until(handle.result()).await.unwrap();
    assert_eq!(woke, SystemTime::UNIX_EPOCH + days(10_030));
    assert_eq!(clock.now(), woke);
}

#[tokio::test]
async fn the_clock_stands_while_an_activity_runs() {
    let clock = VirtualClock::new();
    let (engine, diary) = open(&clock).await;
    engine.start("slow", three_slow_ones()).await.unwrap();
    engine
        .start("timer", after("timer".into(), millis(1)))
        .await
        .unwrap();
    clock.advance(hours(1)).await;
    let lines = [(0, "slow"), (0, "slow"), (0, "slow"), (1, "timer")];
    assert_eq!(diary.lines(), noted(&lines));
}

#[tokio::test]
async fn an_engine_that_was_settled_has_done_all_that_it_can_do_now() {
    let clock = VirtualClock::new();
    let (engine, diary) = open(&clock).await;
    let handle = engine.start("slow", three_slow_ones()).await.unwrap();
    clock.settle().await;
    assert_eq!(diary.lines().len(), 3);
    assert_eq!(handle.status().await.unwrap(), Status::Completed);
}

#[tokio::test]
async fn pauses_before_retries_go_by_the_clock() {
    let clock = VirtualClock::new();
    let (engine, diary) = open(&clock).await;
    let handle = engine.start("a", stubborn()).await.unwrap();
    assert_eq!(clock.run_until(handle.result()).await.unwrap(), Ok(4));
    let lines = [
        (0, "attempt 1"),
        (HOUR / 6, "attempt 2"),
        (HOUR / 2, "attempt 3"),
        (7 * HOUR / 6, "attempt 4"),
    ];
    assert_eq!(diary.lines(), noted(&lines));
}

#[tokio::test]
async fn delayed_signals_of_clients_go_by_the_clock() {
    let clock = VirtualClock::starting_at(SystemTime::UNIX_EPOCH);
    let (engine, _diary) = open(&clock).await;
    let light = Lamp::at("hall").light().signal_after(hours(2));
    engine.signal(light).await.unwrap();
    let lit = async || {
        engine
            .state::<Lamp>("hall")
            .await
            .unwrap()
            .is_some_and(|lamp| lamp.lit)
    };
    clock.advance(hours(2) - millis(1)).await;
    assert!(!lit().await);
    clock.advance(millis(1)).await;
    assert!(lit().await);
}

#[tokio::test]
async fn an_event_in_time_stops_the_clock_from_running_to_the_deadline() {
    let clock = VirtualClock::new();
    let (engine, _diary) = open(&clock).await;
    let (began, handle) = (
        clock.now(),
        engine.start("a", answer_or(days(3))).await.unwrap(),
    );
    clock.advance(days(1)).await;
    let answer = async {
        handle.raise("answer", &"yes".to_owned()).await.unwrap();
        handle.result().await.unwrap()
    };
    assert_eq!(clock.run_until(answer).await, "yes");
    assert_eq!(clock.now(), began + days(1));
    let late = engine.start("b", answer_or(days(3))).await.unwrap();
    assert_eq!(clock.run_until(late.result()).await.unwrap(), "nobody");
}

#[tokio::test]
async fn a_new_clock_on_an_old_store_is_never_before_what_the_store_has_seen() {
    for place in Place::each() {
        let clock = VirtualClock::new();
        let builder = || Engine::builder().state(Diary::of(&clock));
        let engine = place.open_with(builder().clock(&clock)).await.unwrap();
        let handle = engine.start("a", wakes_at(days(30))).await.unwrap();
        clock.advance(days(20)).await;
        // What the store has seen is the time of its last commit.
        engine.start("b", wakes_at(days(1))).await.unwrap();
        let seen = clock.now();
        drop((handle, engine));

        let again = VirtualClock::starting_at(SystemTime::UNIX_EPOCH);
        let engine = place.open_with(builder().clock(&again)).await.unwrap();
        assert_eq!(again.now(), seen);
        let handle = engine.get::<WakesAtCall>("a").await.unwrap();
        let woke = again.run_until(handle.result()).await.unwrap();
        assert_eq!(woke, seen + days(10));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_shards_and_engines_go_by_one_clock() {
    let clock = VirtualClock::new();
    let diary = Diary::of(&clock);
    let builder = Engine::builder()
        .state(diary.clone())
        .clock(&clock)
        .shards(3);
    let engines = [
        builder.clone().open_in_memory().await.unwrap(),
        builder.open_in_memory().await.unwrap(),
    ];
    let mut expected = Vec::new();
    for minute in 1..=60u64 {
        let engine = &engines[minute as usize % 2];
        let call = after(format!("{minute}"), minutes(minute));
        engine.start(format!("{minute}"), call).await.unwrap();
        expected.push((minute * 60_000, format!("{minute}")));
    }
    clock.advance(hours(1)).await;
    assert_eq!(diary.lines(), expected);
}

#[tokio::test]
async fn who_waits_for_rest_is_let_go_when_the_engine_is_shut_down() {
    let clock = VirtualClock::new();
    let (engine, _diary) = open(&clock).await;
    engine.start("every", every(hours(1))).await.unwrap();
    engine.shutdown().await.unwrap();
    clock.advance(hours(5)).await;
    clock.settle().await;
}
