//! The history of instances through the engine: a whole order, also after a restart.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{Door, Place};
use expect_test::expect;
use undying::prelude::*;
use undying::{Error, Happened, History};

#[derive(Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum Refused {
    #[error("the card is blocked")]
    Blocked,
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

/// Whether the bank has failed before.
#[derive(Clone, Default)]
struct Bank(Arc<AtomicBool>);

#[activity(retry(max_attempts = 3, first = "1ms"))]
async fn charge(amount: u64, State(bank): State<Bank>) -> Result<u64, Refused> {
    match bank.0.swap(true, Ordering::SeqCst) {
        true => Ok(amount),
        false => Err(Refused::Blocked),
    }
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Stock {
    left: i64,
}

#[entity]
impl Stock {
    pub fn take(&mut self, pieces: i64) -> i64 {
        self.left -= pieces;
        self.left
    }
}

#[orchestration]
async fn pack(pieces: i64) -> i64 {
    Stock::at("shelf").take(pieces).await
}

#[orchestration]
async fn order(amount: u64) -> Result<i64, Refused> {
    charge(amount).await?;
    let left = pack(2).await;
    match event::<String>("address").await.as_str() {
        "" => Err(Refused::Blocked),
        _ => Ok(left),
    }
}

/// What is told, without its times.
fn story(history: &History) -> String {
    let lines = history.entries.iter().map(|entry| {
        let line = match &entry.what {
            Happened::AttemptFailed { again, .. } => {
                let again = again.to_string();
                entry.what.to_string().replace(&again, "<time>")
            }
            what => what.to_string(),
        };
        line + "\n"
    });
    lines.collect()
}

#[tokio::test]
async fn the_history_of_an_order_tells_its_story_also_after_a_restart() {
    for place in Place::each() {
        let open = || async {
            let builder = Engine::builder().state(Door::open()).state(Bank::default());
            place.open_with(builder).await.unwrap()
        };
        let engine = open().await;
        let handle = engine.start("order-1", order(20)).await.unwrap();
        let waits = |line: &str| line.contains("waits for the event");
        common::until(|| async {
            let history = engine.history("order-1").await.unwrap();
            story(&history).lines().any(waits)
        })
        .await;
        engine.suspend("order-1", "the van is late").await.unwrap();
        engine
            .raise("order-1", "address", &String::new())
            .await
            .unwrap();
        engine.shutdown().await.unwrap();
        drop((engine, handle));

        let engine = open().await;
        let handle = engine.get::<OrderCall>("order-1").await.unwrap();
        handle.resume().await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Err(Refused::Blocked));
        let expected = expect![[r#"
            started by a client, with 1 byte
            #0 calls `charge` with 1 byte
            waits at `charge`
            #0 `charge` failed in attempt 1, again at <time>: Blocked
            #0 `charge` completed in attempt 2 with 2 bytes
            #1 calls the orchestration `pack` as `order-1/1`
            #1 `pack` as `order-1/1` is completed
            #2 waits for the event `address`
            waits at `event`
            suspended: the van is late
            the event `address` arrived with 1 byte
            resumed
            failed: Blocked
        "#]];
        let history = engine.history("order-1").await.unwrap();
        expected.assert_eq(&story(&history));
        assert_eq!(history.dropped, 0);
        let entity = engine.history("@Stock@shelf").await;
        let expected = expect![[r#"
            made by its first use
            `take` answered #0 of instance 61.1
        "#]];
        expected.assert_eq(&story(&entity.unwrap()));
        let nobody = engine.history("order-2").await.unwrap_err();
        assert!(matches!(nobody, Error::NotFound { .. }), "{nobody}");
        engine.shutdown().await.unwrap();
    }
}

#[orchestration]
async fn counts(to: u64) -> u64 {
    let mut n = 0;
    while n < to {
        n += charge(1).await.unwrap_or_default();
    }
    n
}

#[tokio::test]
async fn a_long_history_says_how_much_of_it_was_dropped() {
    for (kept, dropped) in [(0, 0..=0), (16, 140..=190)] {
        let builder = Engine::builder().history(kept).state(Bank::default());
        let builder = builder.state(Door::open());
        let engine = Place::memory().open_with(builder).await.unwrap();
        let handle = engine.start("a", counts(100)).await.unwrap();
        handle.result().await.unwrap();
        let history = engine.history("a").await.unwrap();
        assert!(dropped.contains(&history.dropped), "{}", history.dropped);
        assert_eq!(history.entries.is_empty(), kept == 0);
        let said = format!("{} earlier entries were dropped\n", history.dropped);
        assert_eq!(history.to_string().starts_with(&said), kept > 0);
        engine.shutdown().await.unwrap();
    }
}
