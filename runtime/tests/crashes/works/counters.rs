//! Entities: clients call and signal them with idempotency keys, as often as they please.

use undying::Result;
use undying::prelude::*;

use super::Work;
use crate::client::Client;

pub(super) const WORK: Work = Work {
    name: "counters",
    play: |client| Box::pin(play(client)),
    check: |client| Box::pin(check(client)),
};

const COUNTERS: u64 = 2;
const CALLS: u64 = 5;

#[entity(key = u64)]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Counter {
    seen: Vec<u64>,
}

#[entity]
impl Counter {
    pub fn add(&mut self, n: u64) -> usize {
        self.seen.push(n);
        self.seen.len()
    }
}

async fn play(client: &Client) -> Result<()> {
    let (first, second) = tokio::join!(ask(client, 0), ask(client, 1));
    first.and(second)
}

async fn ask(client: &Client, number: u64) -> Result<()> {
    let (engine, counter) = (&client.engine, Counter::at(number));
    for n in 0..CALLS {
        let key = format!("signal {number} {n}");
        let signalled = engine.signal(counter.add(100 + n)).idempotency_key(&key);
        client.once(&key, signalled).await?;
        let key = format!("call {number} {n}");
        for _ in 0..2 {
            let called = engine.call(counter.add(n)).idempotency_key(&key);
            let so_many = client.once(&key, called).await?;
            // A client's requests arrive in the order of their answers.
            assert_eq!(so_many as u64, 2 * n + 2);
        }
    }
    Ok(())
}

async fn check(client: &Client) {
    for counter in 0..COUNTERS {
        let state = client.engine.state::<Counter>(counter).await;
        let seen = state.expect("it is open").expect("it was used").seen;
        let expected = (0..CALLS).flat_map(|n| [100 + n, n]);
        assert_eq!(seen, expected.collect::<Vec<_>>(), "each once, in order");
    }
}
