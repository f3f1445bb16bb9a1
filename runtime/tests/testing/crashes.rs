//! `crash_everywhere`: at each place the process dies once, and the program is the same.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use undying::prelude::*;
use undying::testing::{Crashes, Scenario, Stub, crash_everywhere};

#[activity]
async fn greet(name: String) -> String {
    format!("hello {name}")
}

#[orchestration]
async fn door(name: String) -> String {
    sleep(days(30)).await;
    let (first, second) = join((greet(name.clone()), greet(name))).await;
    format!("{first}, {second}")
}

async fn visit(engine: Engine) -> undying::Result<String> {
    let handle = engine.start("front", door("Ada".to_owned())).await?;
    handle.result().await
}

#[test]
fn a_process_dies_before_and_after_each_commit_and_each_attempt() {
    let Crashes {
        commits,
        attempts,
        tried,
        ..
    } = crash_everywhere(|| visit);
    assert_eq!(attempts, 2);
    assert!(commits >= 4, "{commits}"); // started, the sleep is over, two results
    assert_eq!(tried, 2 * commits + 2 * attempts);
}

/// A world that notes what happens in it.
#[derive(Default)]
struct Noted {
    greetings: Arc<Mutex<Vec<String>>>,
    runs: RefCell<u32>,
}

thread_local! {
    /// How often the scenario was run, and how many greetings there were, in each try.
    static TRIES: RefCell<Vec<(u32, usize)>> = const { RefCell::new(Vec::new()) };
}

impl Drop for Noted {
    fn drop(&mut self) {
        let greetings = self.greetings.lock().unwrap().len();
        TRIES.with_borrow_mut(|tries| tries.push((*self.runs.borrow(), greetings)));
    }
}

impl Scenario for Noted {
    type Outcome = String;

    async fn run(&self, engine: Engine) -> undying::Result<String> {
        *self.runs.borrow_mut() += 1;
        visit(engine).await
    }

    fn engine(&self) -> EngineBuilder {
        let greetings = self.greetings.clone();
        Engine::builder().stub(&Stub::<GreetCall>::new(move |name| {
            greetings.lock().unwrap().push(name.clone());
            name
        }))
    }
}

#[test]
fn each_try_has_a_world_of_its_own_which_outlives_the_processes() {
    let crashes = crash_everywhere(Noted::default);
    let tries = TRIES.take();
    assert_eq!(tries.len() as u64, crashes.tried + 1);
    let in_peace = tries.iter().filter(|(runs, _)| *runs == 1).count();
    assert_eq!(in_peace, 1, "every try but one is run again: {tries:?}");
    let (again, most) = (
        tries.iter().filter(|(_, greetings)| *greetings > 2).count(),
        tries.iter().map(|(_, greetings)| *greetings).max(),
    );
    assert!(
        again > 0 && most == Some(4),
        "attempts under way are made again: {tries:?}"
    );
}

/// What must always hold of an account.
#[derive(Default)]
struct Overdrawn;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Purse(i64);

#[entity]
impl Purse {
    pub fn add(&mut self, coins: i64) -> i64 {
        self.0 += coins;
        self.0
    }
}

thread_local! { static LOWEST: RefCell<i64> = const { RefCell::new(0) }; }

impl Scenario for Overdrawn {
    type Outcome = i64;

    async fn run(&self, engine: Engine) -> undying::Result<i64> {
        for (turn, coins) in [5, -7, 3].into_iter().enumerate() {
            let add = engine.call(Purse::at("ann").add(coins));
            let left = add.idempotency_key(format!("turn-{turn}")).await?;
            LOWEST.with_borrow_mut(|lowest| *lowest = left.min(*lowest));
        }
        engine
            .call(Purse::at("ann").add(0))
            .idempotency_key("last")
            .await
    }

    fn always(&self) {
        LOWEST.with_borrow(|lowest| assert!(*lowest >= 0, "the purse is overdrawn: {lowest}"));
    }
}

#[test]
#[should_panic(expected = "without any crash, it panicked: the purse is overdrawn: -2")]
fn what_must_always_hold_is_asserted_after_each_commit() {
    LOWEST.set(0);
    crash_everywhere(Overdrawn::default);
}

async fn gives_up(engine: Engine) -> undying::Result<()> {
    engine.get::<DoorCall>("nobody").await?;
    Ok(())
}

#[test]
#[should_panic(expected = "without any crash, the scenario failed: there is no instance `nobody`")]
fn a_scenario_that_fails_is_told_with_its_error() {
    crash_everywhere(|| gives_up);
}

/// A client that is not written to be started again.
async fn counts_its_starts(engine: Engine) -> undying::Result<i64> {
    engine.call(Purse::at("bob").add(1)).await
}

#[test]
#[should_panic(expected = "in peace: 1\n      after it: 2")]
fn a_client_that_does_not_repeat_itself_by_a_key_is_found() {
    crash_everywhere(|| counts_its_starts);
}

/// Two outcomes are as good as each other.
struct EitherWay;

impl Scenario for EitherWay {
    type Outcome = i64;

    async fn run(&self, engine: Engine) -> undying::Result<i64> {
        counts_its_starts(engine).await
    }

    fn is_as_good(&self, _in_peace: &i64, outcome: &i64) -> bool {
        [1, 2].contains(outcome)
    }
}

#[test]
fn which_outcomes_are_as_good_the_scenario_says() {
    crash_everywhere(|| EitherWay);
}
