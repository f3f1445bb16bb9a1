//! A deep mailbox: an operation holds up so many requests; then they are served.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use tokio::sync::Semaphore;
use undying::prelude::*;

use super::Setting;
use crate::memory;
use crate::row::Row;

/// How many orchestrations fill it.
const FEEDERS: u64 = 10;

#[entity(key = u64)]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Deep {
    count: u64,
}

/// What is held up waits for a permit.
#[derive(Debug, Clone)]
pub(super) struct Gate(Arc<Semaphore>);

impl Default for Gate {
    fn default() -> Self {
        Gate(Arc::new(Semaphore::new(0)))
    }
}

#[activity]
async fn gate(State(gate): State<Gate>) {
    // It is never closed.
    let _ = gate.0.acquire().await;
}

#[entity]
impl Deep {
    pub fn add(&mut self, n: u64) -> u64 {
        self.count += n;
        self.count
    }

    /// Holds the others up.
    pub async fn hold(&mut self) {
        gate().await;
    }
}

/// Signals it so often, some at a time.
#[orchestration]
async fn feed(times: u64) {
    for n in 0..times {
        Deep::at(0u64).add(1).signal().await;
        if n % 1_000 == 999 {
            sleep(millis(1)).await;
        }
    }
}

/// What it says behind everything that was asked of it before. Clients would be told that it is busy.
#[orchestration]
async fn total() -> u64 {
    Deep::at(0u64).add(0).await
}

/// So many requests.
pub(crate) async fn run(setting: &Setting, depth: u64) -> Result<Vec<Row>> {
    let held = Gate::default();
    let subject = setting.open(super::builder().state(held.clone())).await?;
    let engine = &subject.engine;
    engine.signal(Deep::at(0u64).hold()).await?;
    let before = memory::resident();
    let began = Instant::now();
    let mut feeders = Vec::new();
    for n in 0..FEEDERS {
        let feed = feed(depth / FEEDERS);
        feeders.push(engine.start(format!("feed-{n}"), feed).await?);
    }
    for feeder in feeders {
        feeder.result().await?;
    }
    let filled = began.elapsed();
    let memory = memory::resident().saturating_sub(before) as f64 / 1e6;
    let last = engine.start("last", total()).await?;
    let began = Instant::now();
    held.0.add_permits(1);
    let count = last.result().await?;
    let served = began.elapsed();
    ensure!(count == depth, "{count} of {depth} were served");
    subject.close().await?;
    let filled = depth as f64 / filled.as_secs_f64();
    let row = setting.row("").rate(depth, served);
    Ok(vec![row.note(format!(
        "filled at {filled:.0}/s, {memory:.1} MB of memory meanwhile"
    ))])
}
