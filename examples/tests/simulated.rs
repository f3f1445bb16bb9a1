//! How you test your own programs: a reminder with a stub, a saga crashed everywhere, a bank by seeds.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use undying::prelude::*;
use undying::testing::{Scenario, Sim, Stub, Test, assert_history, crash_everywhere};

// 1. A month passes at once; the mail server is a stub that is down twice.

#[activity(retry(max_attempts = 10, first = "1h"))]
async fn mail(to: String, text: String) {
    panic!("no test mails {text:?} to {to}")
}

#[orchestration]
async fn remind(to: String) -> String {
    match timeout(days(30), event::<String>("answered")).await {
        Ok(answer) => answer,
        Err(_) => {
            mail(to, "are you there?".to_owned()).await;
            "reminded".to_owned()
        }
    }
}

#[undying::test]
async fn who_does_not_answer_for_a_month_is_reminded_once(test: Test) -> undying::Result<()> {
    let server = Stub::<MailCall>::with(|_, attempt| async move {
        assert!(attempt.attempt() > 2, "the mail server is down");
    });
    let engine = test.open(Engine::builder().stub(&server)).await?;
    let ann = engine
        .start("ann", remind("ann@example.com".into()))
        .await?;
    assert_eq!(ann.result().await?, "reminded");
    let calls = server.calls();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[2].arguments.0, "ann@example.com");
    assert_history(
        &engine.history("ann").await?,
        &[
            "started by a client",
            "..",
            "#2 calls `mail`",
            "..",
            "completed",
        ],
    );
    Ok(())
}

// 2. A trip is booked as a whole or not at all, wherever the process dies.

/// What the airline knows: seats by the key of the booking. It is outside of the process.
#[derive(Clone, Default)]
struct Airline(Arc<Mutex<BTreeMap<String, bool>>>);

#[activity]
async fn book_seat(cx: ActivityContext, State(airline): State<Airline>) -> String {
    // The same key at every attempt: the seat is booked once.
    let key = cx.idempotency_key().to_owned();
    airline.0.lock().unwrap().insert(key.clone(), true);
    key
}

#[activity]
async fn cancel_seat(seat: String, State(airline): State<Airline>) {
    airline.0.lock().unwrap().insert(seat, false);
}

#[activity]
async fn book_room(city: String) -> Result<String, NoRoom> {
    match city.as_str() {
        "Atlantis" => Err(NoRoom::InThatCity(city)),
        _ => Ok(format!("a room in {city}")),
    }
}

#[derive(Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum NoRoom {
    #[error("no room in {0}")]
    InThatCity(String),
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error(transparent)]
    NotUndone(#[from] Uncompensated),
}

#[orchestration]
async fn trip(city: String) -> Result<String, NoRoom> {
    let mut saga = Saga::new();
    let seat = book_seat().await;
    saga.undo_with(cancel_seat(seat));
    let room = book_room(city).await;
    if room.is_err() {
        saga.compensate().await?;
    }
    room
}

#[derive(Default)]
struct Trips {
    airline: Airline,
}

impl Scenario for Trips {
    /// What the customers are told, and how many seats stay booked.
    type Outcome = (Vec<Result<String, NoRoom>>, usize);

    fn engine(&self) -> EngineBuilder {
        Engine::builder().state(self.airline.clone())
    }

    async fn run(&self, engine: Engine) -> undying::Result<Self::Outcome> {
        let mut told = Vec::new();
        for city in ["Bern", "Atlantis"] {
            let booked = engine.start(city, trip(city.into())).await?;
            told.push(booked.result().await?);
        }
        let seats = self.airline.0.lock().unwrap();
        Ok((told, seats.values().filter(|booked| **booked).count()))
    }

    fn always(&self) {
        let seats = self.airline.0.lock().unwrap();
        assert!(seats.len() <= 2, "a seat was booked twice: {seats:?}");
    }
}

#[test]
fn a_trip_is_booked_as_a_whole_or_not_at_all_wherever_the_process_dies() {
    let crashes = crash_everywhere(Trips::default);
    println!("{crashes}");
    assert_eq!(crashes.attempts, 5);
}

// 3. Money is neither made nor lost, in many orders and with several crashes.

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: i64,
}

#[entity]
impl Account {
    pub fn add(&mut self, amount: i64) {
        self.balance += amount;
    }
}

#[orchestration]
async fn transfer(from: String, to: String, amount: i64) {
    let (from, to) = lock((Account::at(from), Account::at(to))).await;
    from.add(-amount).await;
    to.add(amount).await;
}

async fn in_a_circle(engine: Engine) -> undying::Result<Vec<i64>> {
    let names = ["ann", "bob", "cid"];
    let mut transfers = Vec::new();
    for (n, name) in names.into_iter().enumerate() {
        let next = names[(n + 1) % names.len()];
        let call = transfer(name.into(), next.into(), 5 * (n as i64 + 1));
        transfers.push(engine.start(format!("from {name}"), call).await?);
    }
    for transfer in transfers {
        transfer.result().await?;
    }
    let mut balances = Vec::new();
    for name in names {
        let account = engine.state::<Account>(name).await?;
        balances.push(account.map_or(0, |account| account.balance));
    }
    Ok(balances)
}

#[test]
fn transfers_end_in_the_same_balances_in_whatever_order_they_run() {
    let explored = Sim::new(|| in_a_circle).seeds(50).run();
    println!("{explored}");
    assert!(explored.crashes > 0, "{explored}");
}
