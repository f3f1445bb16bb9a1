//! Timers: named, one-shot and periodic (1.2 row 24, 1.3 rule 11).

use std::time::SystemTime;

use undying::prelude::*;

use crate::support::World;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start(String, Timer);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stop(String);
/// Works so many minutes, and stops these timers then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Work(u64, Vec<String>);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Word(String);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deafen;
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hear;

/// What is passed to `every` and `once`.
type Timer = undying::Timer;

#[orchestration]
async fn rest(time: u64) {
    sleep(minutes(time)).await;
}

/// Writes down what happens, and in which minute.
#[rsm]
pub struct Alarm {
    born: SystemTime,
    log: Vec<(u64, String)>,
}

#[rsm]
impl Alarm {
    chart! {
        pub enum AlarmState;
        start Awake {
            Start   => start,
            Stop    => stop,
            Work    => work,
            Word    => word,
            Timeout => rang,
            Deafen  => push Deaf,
        }
        Deaf {
            Timeout => defer,
            Hear    => pop,
        }
    }
    fn new((): (), cx: &mut Cx<Self>) -> Self {
        let born = cx.now();
        Alarm { born, log: vec![] }
    }
    fn tell(&mut self, what: String, cx: &Cx<Self>) {
        let age = cx.now().duration_since(self.born).expect("time goes on");
        self.log.push((age.as_secs() / 60, what));
    }
    fn start(&mut self, start: Start, cx: &mut Cx<Self>) {
        self.tell(format!("start {}", start.0), cx);
        cx.start_timer(start.0, start.1);
    }
    fn stop(&mut self, stop: Stop, cx: &mut Cx<Self>) {
        self.tell(format!("stop {}", stop.0), cx);
        cx.stop_timer(&stop.0);
    }
    async fn work(&mut self, work: Work, cx: &mut Cx<Self>) {
        rest(work.0).await;
        self.tell("worked".to_owned(), cx);
        for timer in work.1 {
            cx.stop_timer(&timer);
        }
    }
    fn word(&mut self, word: Word, cx: &mut Cx<Self>) {
        self.tell(word.0, cx);
    }
    fn rang(&mut self, timeout: Timeout, cx: &mut Cx<Self>) {
        self.tell(format!("{} rang", timeout.timer), cx);
    }
}

/// What a test does.
enum Do {
    Once(&'static str, u64),
    Every(&'static str, u64),
    Stop(&'static str),
    Work(u64, &'static [&'static str]),
    Word(&'static str),
    Deafen,
    Hear,
    /// So many minutes pass.
    Pass(u64),
}

async fn act(world: &World, alarm: &RsmRef<Alarm>, what: &Do) {
    let engine = &world.engine;
    let sent = match what {
        Do::Once(name, time) => {
            let start = Start((*name).to_owned(), once(minutes(*time)));
            engine.send(alarm, &start).await
        }
        Do::Every(name, time) => {
            let start = Start((*name).to_owned(), every(minutes(*time)));
            engine.send(alarm, &start).await
        }
        Do::Stop(name) => engine.send(alarm, &Stop((*name).to_owned())).await,
        Do::Work(time, stops) => {
            let stops = stops.iter().map(|name| (*name).to_owned());
            engine.send(alarm, &Work(*time, stops.collect())).await
        }
        Do::Word(word) => engine.send(alarm, &Word((*word).to_owned())).await,
        Do::Deafen => engine.send(alarm, &Deafen).await,
        Do::Hear => engine.send(alarm, &Hear).await,
        Do::Pass(time) => {
            world.clock.advance(minutes(*time)).await;
            Ok(())
        }
    };
    sent.expect("it is sent");
    world.settle().await;
}

/// Does all of it with a new machine: what it writes down, besides starts and stops, is `expected`.
async fn check(script: &[Do], expected: &[(u64, &str)]) {
    let world = World::new().await;
    let alarm = Alarm::at("it");
    world.create(&alarm, ()).await;
    for what in script {
        act(&world, &alarm, what).await;
    }
    assert_eq!(heard(&world, &alarm).await, owned(expected));
}

async fn heard(world: &World, alarm: &RsmRef<Alarm>) -> Vec<(u64, String)> {
    let mut log = world.fields(alarm).await.log;
    log.retain(|(_, what)| !what.starts_with("start") && !what.starts_with("stop"));
    log
}

fn owned(lines: &[(u64, &str)]) -> Vec<(u64, String)> {
    let line = |(minute, what): &(u64, &str)| (*minute, (*what).to_owned());
    lines.iter().map(line).collect()
}

#[tokio::test]
async fn timers_run_out_in_the_order_of_their_times() {
    check(
        &[
            Do::Once("c", 30),
            Do::Once("a", 10),
            Do::Once("b", 20),
            Do::Pass(60),
        ],
        &[(10, "a rang"), (20, "b rang"), (30, "c rang")],
    )
    .await;
}

#[tokio::test]
async fn a_periodic_timer_runs_out_again_and_again_until_it_is_stopped() {
    check(
        &[
            Do::Every("tick", 10),
            Do::Pass(35),
            Do::Stop("tick"),
            Do::Pass(60),
        ],
        &[(10, "tick rang"), (20, "tick rang"), (30, "tick rang")],
    )
    .await;
}

#[tokio::test]
async fn timeouts_do_not_pile_up_and_a_period_counts_from_the_last_one_that_was_handled() {
    check(
        &[
            Do::Every("tick", 10),
            Do::Work(35, &[]),
            Do::Pass(47),
            Do::Stop("tick"),
        ],
        &[(35, "worked"), (35, "tick rang"), (45, "tick rang")],
    )
    .await;
}

#[tokio::test]
async fn timeouts_come_before_the_mailbox_and_in_their_order() {
    check(
        &[
            Do::Once("b", 20),
            Do::Once("a", 10),
            Do::Work(35, &[]),
            Do::Word("a word"),
            Do::Pass(60),
        ],
        &[
            (35, "worked"),
            (35, "a rang"),
            (35, "b rang"),
            (35, "a word"),
        ],
    )
    .await;
}

#[tokio::test]
async fn stopping_a_timer_removes_a_timeout_that_was_not_handled() {
    check(
        &[
            Do::Once("a", 10),
            Do::Every("tick", 10),
            Do::Work(35, &["a", "tick"]),
            Do::Word("a word"),
            Do::Pass(90),
        ],
        &[(35, "worked"), (35, "a word")],
    )
    .await;
}

#[tokio::test]
async fn a_timer_that_was_stopped_or_ran_out_can_be_started_again() {
    check(
        &[
            Do::Once("a", 10),
            Do::Pass(5),
            Do::Stop("a"),
            Do::Once("a", 10),
            Do::Pass(15),
            Do::Once("a", 10),
            Do::Pass(15),
        ],
        &[(15, "a rang"), (30, "a rang")],
    )
    .await;
}

#[tokio::test]
async fn a_timeout_that_the_state_defers_waits_for_a_state_that_takes_it() {
    check(
        &[
            Do::Once("a", 10),
            Do::Deafen,
            Do::Pass(20),
            Do::Word("a word"),
            Do::Pass(10),
            Do::Hear,
            Do::Pass(60),
        ],
        &[(20, "a word"), (30, "a rang")],
    )
    .await;
}

#[tokio::test]
async fn starting_a_timer_that_runs_and_stopping_one_that_does_not_is_refused() {
    let table = [
        (vec![Do::Once("a", 10), Do::Once("a", 20)], "runs already"),
        (vec![Do::Every("a", 10), Do::Every("a", 10)], "runs already"),
        (vec![Do::Once("a", 10), Do::Stop("b")], "does not run"),
        (
            vec![Do::Once("a", 10), Do::Stop("a"), Do::Stop("a")],
            "does not run",
        ),
        (
            vec![Do::Once("a", 10), Do::Pass(20), Do::Stop("a")],
            "does not run",
        ),
    ];
    for (script, said) in table {
        let world = World::new().await;
        let alarm = Alarm::at("it");
        world.create(&alarm, ()).await;
        for what in &script {
            act(&world, &alarm, what).await;
        }
        let why = world.parked(&alarm).await.to_string();
        assert!(why.contains(said), "{why}");
    }
}

#[tokio::test]
async fn the_timers_of_a_machine_survive_the_process() {
    for world in World::each().await {
        let alarm = Alarm::at("it");
        world.create(&alarm, ()).await;
        act(&world, &alarm, &Do::Once("a", 10)).await;
        act(&world, &alarm, &Do::Every("tick", 7)).await;
        act(&world, &alarm, &Do::Pass(4)).await;
        act(&world, &alarm, &Do::Word("a word")).await;
        let world = world.killed().await;
        world.clock.advance(minutes(6) - millis(1)).await;
        let log = [(4, "a word"), (7, "tick rang")];
        assert_eq!(heard(&world, &alarm).await, owned(&log));
        // The clock of the next life begins with the last commit, in minute 7.
        let world = world.killed().await;
        world.clock.advance(minutes(8)).await;
        let log = [
            (4, "a word"),
            (7, "tick rang"),
            (10, "a rang"),
            (14, "tick rang"),
        ];
        assert_eq!(heard(&world, &alarm).await, owned(&log));
    }
}

#[tokio::test]
async fn a_machine_that_halts_stops_its_timers() {
    let world = World::new().await;
    let alarm = Alarm::at("it");
    world.create(&alarm, ()).await;
    act(&world, &alarm, &Do::Every("tick", 1)).await;
    world.engine.send(&alarm, &Halt).await.expect("it is sent");
    world.settle().await;
    assert!(world.is_gone(&alarm).await);
    world.create(&alarm, ()).await;
    act(&world, &alarm, &Do::Pass(10)).await;
    assert_eq!(heard(&world, &alarm).await, owned(&[]));
}
