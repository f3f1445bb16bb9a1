//! Requests with an idempotency key, on real stores: done once, whatever happens to their answers.

mod common;

use std::sync::Arc;

use common::{Door, Place};
use tokio::task::JoinSet;
use undying::Error;
use undying::prelude::*;
use undying::store::memory::{Fault, MemoryDisk};

#[activity]
async fn interest(of: i64, State(door): State<Door>) -> i64 {
    door.pass().await;
    of / 10
}

#[entity]
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Account {
    balance: i64,
}

#[entity]
impl Account {
    pub fn deposit(&mut self, amount: i64) -> i64 {
        self.balance += amount;
        self.balance
    }

    /// Awaits an activity; other operations wait meanwhile.
    pub async fn grow(&mut self) -> i64 {
        let more = interest(self.balance).await;
        self.balance += more;
        self.balance
    }
}

#[orchestration]
async fn first_of(count: usize) -> Vec<u32> {
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(event::<u32>("number").await);
    }
    all
}

async fn balance(engine: &Engine) -> i64 {
    let ada = engine.state::<Account>("ada").await.expect("a state");
    ada.map_or(0, |ada| ada.balance)
}

#[tokio::test]
async fn a_request_is_done_once_also_across_restarts() {
    for place in Place::each() {
        for _ in 0..3 {
            let engine = place.open(&Door::open()).await;
            for _ in 0..2 {
                let deposit = engine.call(Account::at("ada").deposit(5));
                assert_eq!(deposit.idempotency_key("call").await.unwrap(), 5);
                let signal = engine.signal(Account::at("ada").deposit(2));
                signal.idempotency_key("signal").await.unwrap();
            }
            drop(engine);
        }
        let engine = place.open(&Door::open()).await;
        assert_eq!(balance(&engine).await, 7);
    }
}

#[tokio::test]
async fn a_client_that_comes_back_after_a_restart_hears_of_what_was_under_way() {
    for place in Place::each() {
        let door = Door::closed();
        let engine = place.open(&door).await;
        engine.call(Account::at("ada").deposit(50)).await.unwrap();
        let grow = || {
            engine
                .call(Account::at("ada").grow())
                .idempotency_key("grow")
        };
        let waiting = tokio::spawn(grow());
        door.until_came(1).await;
        drop(engine);
        let error = waiting.await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Closed { .. }), "{error}");

        let engine = place.open(&Door::open()).await;
        let grow = || {
            engine
                .call(Account::at("ada").grow())
                .idempotency_key("grow")
        };
        assert_eq!(grow().await.unwrap(), 55);
        assert_eq!(grow().await.unwrap(), 55);
        assert_eq!(balance(&engine).await, 55);
    }
}

#[tokio::test]
async fn a_key_that_was_used_for_another_request_is_refused_by_name() {
    let engine = Place::memory().open(&Door::open()).await;
    let request = engine.call(Account::at("ada").deposit(5));
    request.idempotency_key("k").await.unwrap();
    let other = engine.call(Account::at("bob").deposit(5));
    let error = other.idempotency_key("k").await.unwrap_err();
    assert!(matches!(error, Error::AnotherRequest { .. }));
    assert_eq!(
        error.to_string(),
        "the idempotency key `k` was used for `deposit` of `@Account@ada`, or with other arguments; \
         give each request a key of its own"
    );
    assert_eq!(engine.state::<Account>("bob").await.unwrap(), None);
}

#[tokio::test]
async fn an_event_is_raised_once() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", first_of(2)).await.unwrap();
        for _ in 0..3 {
            let one = engine.raise("a", "number", &1u32);
            one.idempotency_key("one").await.unwrap();
        }
        let two = handle.raise("number", &2u32);
        two.idempotency_key("two").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), [1, 2]);
    }
}

#[tokio::test]
async fn an_answer_is_kept_as_long_as_was_chosen() {
    let builder = Engine::builder()
        .state(Door::open())
        .answers_kept(millis(1));
    let engine = builder.open_in_memory().await.unwrap();
    let deposit = || engine.call(Account::at("ada").deposit(5));
    while deposit().idempotency_key("k").await.unwrap() == 5 {}
    assert_eq!(balance(&engine).await, 10, "it is a new request");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_a_key_commits_that_fail_leave_nothing_in_doubt() {
    for fault in [Fault::Lost, Fault::Landed] {
        let disk = MemoryDisk::new();
        for sequence in (4..400).step_by(5) {
            disk.fail_commit(sequence, fault);
        }
        let builder = Engine::builder().state(Door::open()).shards(3);
        let engine = builder.open_store(Arc::new(disk)).await.unwrap();
        let mut clients = JoinSet::new();
        for _ in 0..8 {
            let engine = engine.clone();
            clients.spawn(async move {
                let mut told = Vec::new();
                for n in 0..40 {
                    let deposit = engine.call(Account::at("ada").deposit(1));
                    told.push(deposit.idempotency_key(format!("deposit {n}")).await?);
                }
                Ok::<_, Error>(told)
            });
        }
        while let Some(told) = clients.join_next().await {
            let told = told.expect("no panic").expect("no doubt");
            assert_eq!(told, (1..=40).collect::<Vec<i64>>());
        }
        assert!(engine.health().restarts > 0);
    }
}
