//! Bugs that are planted in a saga are found, with the place where the process died.

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};

use undying::prelude::*;
use undying::testing::{Scenario, Sim, crash_everywhere};

/// The bug.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bug {
    None,
    /// The mail is sent by the saga itself.
    EffectInTheSaga,
    /// The refund ignores its idempotency key.
    RefundTwice,
}

thread_local! {
    /// What was mailed by code outside of activities, which all runs on the thread of the test.
    static OUTBOX: Mutex<Vec<String>> = const { Mutex::new(Vec::new()) };
}

/// The bank, outside of the process: what it pays back, for which requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bank(Arc<Mutex<Ledger>>);

#[derive(Debug, Default)]
struct Ledger {
    balance: i64,
    seen: BTreeSet<String>,
}

impl Bank {
    fn move_once(&self, key: &str, amount: i64) {
        let mut ledger = self.0.lock().unwrap();
        if ledger.seen.insert(key.to_owned()) {
            ledger.balance += amount;
        }
    }

    fn balance(&self) -> i64 {
        self.0.lock().unwrap().balance
    }
}

#[activity]
async fn withdraw(cx: ActivityContext, amount: i64, State(bank): State<Bank>) {
    bank.move_once(cx.idempotency_key(), -amount);
}

#[activity]
async fn refund(cx: ActivityContext, amount: i64, careless: bool, State(bank): State<Bank>) {
    let key = match careless {
        true => format!("{} {}", cx.idempotency_key(), cx.attempt()),
        false => cx.idempotency_key().to_owned(),
    };
    bank.move_once(&key, amount);
}

#[activity]
async fn book_hotel(city: String) -> Result<String, Declined> {
    match city.as_str() {
        "Atlantis" => Err(Declined::NoRoom),
        _ => Ok(format!("a room in {city}")),
    }
}

#[activity]
async fn mail(text: String) {
    let _ = text;
}

#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub(crate) enum Declined {
    #[error("no room")]
    NoRoom,
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error(transparent)]
    Uncompensated(#[from] Uncompensated),
}

#[orchestration]
async fn trip(city: String, mails: bool, careless: bool) -> Result<String, Declined> {
    let mut saga = Saga::new();
    withdraw(100).await;
    saga.undo_with(refund(100, careless));
    if mails {
        OUTBOX.with(|outbox| outbox.lock().unwrap().push(city.clone()));
    } else {
        mail(city.clone()).await;
    }
    match book_hotel(city).await {
        Ok(room) => Ok(room),
        Err(declined) => {
            saga.compensate().await?;
            Err(declined)
        }
    }
}

struct Trip {
    bank: Bank,
    bug: Bug,
}

impl Trip {
    fn new(bug: Bug) -> Trip {
        OUTBOX.with(|outbox| outbox.lock().unwrap().clear());
        Trip {
            bank: Bank::default(),
            bug,
        }
    }
}

impl Scenario for Trip {
    /// What became of it, the balance, and how many mails the saga has sent by itself.
    type Outcome = (Result<String, Declined>, i64, usize);

    async fn run(&self, engine: Engine) -> undying::Result<Self::Outcome> {
        let (mails, careless) = (
            self.bug == Bug::EffectInTheSaga,
            self.bug == Bug::RefundTwice,
        );
        let call = trip("Atlantis".to_owned(), mails, careless);
        let room = engine.start("trip-1", call).await?.result().await?;
        let mails = OUTBOX.with(|outbox| outbox.lock().unwrap().len());
        Ok((room, self.bank.balance(), mails))
    }

    fn engine(&self) -> EngineBuilder {
        Engine::builder().state(self.bank.clone())
    }

    fn always(&self) {
        assert!(self.bank.balance() <= 0, "the bank has paid back too much");
    }
}

fn message_of(crash: impl FnOnce() + std::panic::UnwindSafe) -> String {
    *catch_unwind(crash)
        .unwrap_err()
        .downcast::<String>()
        .unwrap()
}

#[test]
fn a_saga_without_bugs_is_the_same_after_every_crash() {
    let crashes = crash_everywhere(|| Trip::new(Bug::None));
    assert!(crashes.attempts == 4 && crashes.tried >= 18, "{crashes}");
}

#[test]
fn a_side_effect_outside_of_an_activity_is_found_where_it_is_made() {
    let message = message_of(|| {
        crash_everywhere(|| Trip::new(Bug::EffectInTheSaga));
    });
    // It is made by the turn between the withdrawal and the hotel.
    assert!(
        message.contains("the process died before commit"),
        "{message}"
    );
    assert!(
        message.contains("`trip-1`: #0 `withdraw` completed"),
        "{message}"
    );
    assert!(message.contains("waits at `book_hotel`"), "{message}");
    assert!(
        message.contains("effects belong in activities"),
        "{message}"
    );
    assert!(message.contains("a crash at 1 of "), "{message}");
}

#[test]
fn a_compensation_that_is_not_idempotent_is_found_by_its_name() {
    let message = message_of(|| {
        crash_everywhere(|| Trip::new(Bug::RefundTwice));
    });
    assert!(
        message.contains("the process died after attempt 1 of `refund` (#3 of `trip-1`) had run"),
        "{message}"
    );
    assert!(
        message.contains("the bank has paid back too much"),
        "{message}"
    );
    assert!(
        message.contains("ActivityContext::idempotency_key"),
        "{message}"
    );
    assert!(message.contains("repeat it: UNDYING_CRASH="), "{message}");
}

#[test]
fn seeds_find_them_too_and_say_which_one() {
    for bug in [Bug::EffectInTheSaga, Bug::RefundTwice] {
        let message = message_of(move || {
            Sim::new(|| Trip::new(bug)).seeds(200).run();
        });
        assert!(
            message.contains("repeat it: UNDYING_SEED="),
            "{bug:?} {message}"
        );
    }
}
