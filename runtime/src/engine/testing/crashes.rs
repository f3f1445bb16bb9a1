//! `crash_everywhere`: a scenario, once for each place where its process can die.

use std::env;
use std::fmt::{self, Write as _};

use super::driver::Choice;
use super::scenario::Scenario;
use super::tried::{Tried, try_once};
use super::watch::{Deaths, Place, Watch};

/// The variable that has one place tried alone.
const VARIABLE: &str = "UNDYING_CRASH";
/// How many places a message tells of.
const TOLD_MAX: usize = 3;

/// What [`crash_everywhere`] has tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Crashes {
    /// How many commits the scenario makes in peace.
    pub commits: u64,
    /// How many attempts of activities it makes in peace.
    pub attempts: u64,
    /// At how many places a process died: two for each commit and two for each attempt.
    pub tried: u64,
}

impl fmt::Display for Crashes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} crashes at {} commits and {} attempts of activities",
            self.tried, self.commits, self.attempts
        )
    }
}

/// Runs a scenario in peace, and then once more for each place where its process can die: before and
/// after each commit, and before and after each attempt of an activity. There the process dies: of the
/// engine only what was durable is left, and attempts under way are gone. The next process opens the
/// store, and the scenario is run again from its start, to its end.
///
/// `make` makes the scenario anew for each of these runs. In each of them, what it says must hold
/// [always](Scenario::always) is asserted after each commit, no [monitor](crate::monitor) may be violated,
/// or hot in the end, and the outcome has to be as good as the one in peace.
///
/// The disk is in memory, the clock a [`VirtualClock`](crate::testing::VirtualClock) that jumps to the
/// next timer, and one thread does everything in the same order in each run, up to the crash. That is
/// fast: a few hundred crashes a second.
///
/// ```standalone_crate
/// use std::cell::Cell;
/// use undying::prelude::*;
/// use undying::testing::crash_everywhere;
///
/// thread_local! { static SENT: Cell<u32> = Cell::new(0); }
///
/// #[activity]
/// async fn charge(order: u64) -> u64 {
///     order * 10
/// }
///
/// #[orchestration]
/// async fn checkout(order: u64) -> u64 {
///     let paid = charge(order).await;
///     SENT.set(SENT.get() + 1); // a side effect outside of an activity
///     sleep(days(1)).await;
///     paid
/// }
///
/// async fn one_order(engine: Engine) -> undying::Result<(u64, u32)> {
///     let paid = engine.start("order-17", checkout(17)).await?.result().await?;
///     Ok((paid, SENT.get()))
/// }
///
/// # fn main() {
/// let crashed = std::panic::catch_unwind(|| {
///     crash_everywhere(|| {
///         SENT.set(0);
///         one_order
///     })
/// });
/// let message = *crashed.unwrap_err().downcast::<String>().unwrap();
/// assert!(message.contains("#0 `charge` completed in attempt 1"), "{message}"); // the place
/// assert!(message.contains("in peace: (170, 1)"), "{message}");
/// assert!(message.contains("after it: (170, 2)"), "{message}");
/// # }
/// ```
///
/// # Panics
/// When a run is not as it has to be: the message names the place of the crash, and how to repeat it
/// alone, by the environment variable `UNDYING_CRASH`.
pub fn crash_everywhere<S: Scenario>(make: impl Fn() -> S) -> Crashes {
    let run = |deaths| {
        let scenario = make();
        let watch = Watch::new(deaths, 0);
        let tried = try_once(&scenario, &watch, Choice::InSmallTurns, 1);
        (scenario, tried)
    };
    let (scenario, peace) = run(Deaths::Never);
    let outcome = match peace.outcome {
        Ok(outcome) => outcome,
        Err(fault) => panic!("crash_everywhere: without any crash, {fault}"),
    };
    let only: Option<u64> = env::var(VARIABLE).ok().and_then(|place| place.parse().ok());
    let places = 1..=peace.counted.places;
    let places: Vec<u64> = places
        .filter(|at| only.is_none_or(|only| only == *at))
        .collect();
    let mut bad = Vec::new();
    for at in &places {
        let (_, tried) = run(Deaths::At(*at));
        let complaint = match &tried.outcome {
            Err(fault) => fault.to_string(),
            Ok(after) if scenario.is_as_good(&outcome, after) => continue,
            Ok(after) => format!(
                "the outcome is another one\n      in peace: {outcome:?}\n      after it: {after:?}"
            ),
        };
        bad.push((*at, complaint, tried));
    }
    if !bad.is_empty() {
        panic!("{}", message(&bad, places.len()));
    }
    Crashes {
        commits: peace.counted.commits,
        attempts: peace.counted.attempts,
        tried: places.len() as u64,
    }
}

fn message<T>(bad: &[(u64, String, Tried<T>)], tried: usize) -> String {
    let mut message = format!(
        "crash_everywhere: the program is not the same after a crash at {} of {tried} places\n",
        bad.len()
    );
    let test = std::thread::current();
    let test = test.name().unwrap_or_default();
    for (at, complaint, tried) in bad.iter().take(TOLD_MAX) {
        let place = tried.deaths.first();
        let _ = match place {
            Some(place) => write!(message, "\n  the process died {place}\n    {complaint}\n"),
            None => write!(
                message,
                "\n  it did not come to place {at}\n    {complaint}\n"
            ),
        };
        if let Some(advice) = place.and_then(advice) {
            let _ = writeln!(message, "    {advice}");
        }
        let _ = writeln!(message, "    repeat it: {VARIABLE}={at} cargo test {test}");
    }
    if let Some(more) = bad.len().checked_sub(TOLD_MAX).filter(|more| *more > 0) {
        let _ = writeln!(message, "\n  and so it is at {more} more");
    }
    message
}

/// What is often the reason.
fn advice(place: &Place) -> Option<&'static str> {
    match place {
        Place::BeforeCommit(_) => Some(
            "the code that ran for this commit has run again: effects belong in activities, and \
             clients repeat their requests with the same ids and idempotency keys",
        ),
        Place::AfterAttempt(_) => Some(
            "the attempt was made again: its effect has to be idempotent, by \
             `ActivityContext::idempotency_key` for one",
        ),
        Place::AfterCommit(_) | Place::BeforeAttempt(_) => None,
    }
}
