//! Entities that count: one that everybody signals, and many that are called.

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

#[entity(key = u64)]
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counter {
    count: u64,
}

#[entity]
impl Counter {
    pub fn add(&mut self, n: u64) -> u64 {
        self.count += n;
        self.count
    }
}

/// So many signals of one entity outstanding, each with a request id of its own.
pub(crate) async fn hot(setting: &Setting, outstanding: usize) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let engine = subject.engine.clone();
    let load = setting.clients(outstanding).run(move |number| {
        let signal = engine.signal(Counter::at(0u64).add(1));
        let signal = signal.idempotency_key(number.to_string());
        async move { Ok(signal.await?) }
    });
    let load = load.await?;
    let count = subject.engine.call(Counter::at(0u64).add(0)).await?;
    let signals = load.latencies.count() as u64;
    ensure!(count == signals, "the entity counted {count} of {signals}");
    subject.close().await?;
    Ok(vec![setting.row("").load(&load, 1)])
}

/// So many clients that call one of so many entities, each call with a request id of its own.
pub(crate) async fn many(setting: &Setting, entities: u64, clients: usize) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let engine = subject.engine.clone();
    let load = setting.clients(clients).run(move |number| {
        let counter = Counter::at(number.wrapping_mul(0x9e37_79b9) % entities);
        let call = engine.call(counter.add(1));
        let call = call.idempotency_key(number.to_string());
        async move {
            call.await?;
            Ok(())
        }
    });
    let load = load.await?;
    let mut count = 0;
    for entity in 0..entities {
        let state = subject.engine.state::<Counter>(entity).await?;
        count += state.map_or(0, |counter| counter.count);
    }
    let calls = load.latencies.count() as u64;
    ensure!(count == calls, "the entities counted {count} of {calls}");
    subject.close().await?;
    Ok(vec![setting.row("").load(&load, 1)])
}

/// One client that calls one entity, and waits for what it says.
pub(crate) async fn round_trip(setting: &Setting) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let engine = subject.engine.clone();
    let load = setting.clients(1).run(move |number| {
        let call = engine.call(Counter::at(0u64).add(1));
        async move {
            let count = call.await?;
            ensure!(count == number + 1, "call {number} counted {count}");
            Ok(())
        }
    });
    let row = setting.row("").load(&load.await?, 1);
    subject.close().await?;
    Ok(vec![row])
}
