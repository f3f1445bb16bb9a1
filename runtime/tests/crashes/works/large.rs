//! Large values, events, failures that are rewound, and beginning anew.

use undying::prelude::*;
use undying::{Error, Result};

use super::Work;
use crate::client::{Client, Effects};

pub(super) const WORK: Work = Work {
    name: "large",
    play: |client| Box::pin(play(client)),
    check: |client| Box::pin(check(client)),
};

const EVENTS: u8 = 6;
const BYTES: usize = 200_000;

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
enum Refused {
    #[error("it is broken")]
    Broken,
    #[error(transparent)]
    Failed(#[from] Failure),
}

#[activity]
async fn deliver(all: String, State(effects): State<Effects>) -> Result<usize, Refused> {
    match effects.sibling("mended").exists() {
        true => Ok(all.len()),
        false => Err(Refused::Broken),
    }
}

/// Collects events in a value that has a row of its own, and delivers it.
#[orchestration]
async fn collect(taken: u8, mut all: String) -> Result<(u8, usize), Refused> {
    for n in 0..EVENTS / 2 {
        let next = event::<u8>("next").await;
        if next != taken + n {
            return Ok((next, 0));
        }
        all = all.replace(&repeated(next, 1), &repeated(next + 1, 1));
    }
    if taken == 0 {
        return continue_as_new(collect(EVENTS / 2, all)).await;
    }
    let delivered = deliver(all).await?;
    Ok((EVENTS, delivered))
}

fn repeated(digit: u8, times: usize) -> String {
    digit.to_string().repeat(times)
}

async fn play(client: &Client) -> Result<()> {
    let call = collect(0, repeated(0, BYTES));
    let handle = client.start("collect", call).await?;
    for n in 0..EVENTS {
        let key = format!("event {n}");
        match handle.raise("next", &n).idempotency_key(&key).await {
            Ok(()) => client.notes.told(&format!("answered {key}"), &()),
            // It has taken all of them.
            Err(Error::WrongStatus { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let mended = client.effects.sibling("mended");
    loop {
        if let Ok(collected) = handle.result().await? {
            assert_eq!(collected, (EVENTS, BYTES), "all events, in order");
            client.notes.told("result collect", &collected);
            return Ok(());
        }
        // It broke before that was mended.
        client.notes.told("failed collect", &());
        std::fs::write(&mended, "").expect("a file can be written");
        match handle.rewind("it is mended").await {
            Ok(()) | Err(Error::WrongStatus { .. }) => {}
            Err(error) => return Err(error),
        }
    }
}

async fn check(client: &Client) {
    let found = client
        .engine
        .describe("collect")
        .await
        .expect("it is there");
    assert_eq!((found.continued, found.rewound), (1, 1), "{found:?}");
    assert_eq!(client.all().await.len(), 1);
}
