//! One instance that takes step after step: each is an activity that is awaited.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use crate::Latencies;
use crate::load::Load;
use crate::row::Row;

/// When each step began; the one before is durable then.
#[derive(Debug, Clone, Default)]
pub(super) struct Begins(Arc<Mutex<Vec<Instant>>>);

#[activity]
async fn next(step: u64, State(begins): State<Begins>) -> u64 {
    let mut begins = begins.0.lock().unwrap_or_else(PoisonError::into_inner);
    begins.push(Instant::now());
    step + 1
}

#[orchestration]
async fn walk(steps: u64) -> u64 {
    let mut step = 0;
    while step < steps {
        step = next(step).await;
    }
    step
}

/// So many steps: how long each takes, and how long at the start and at the end.
pub(crate) async fn run(setting: &Setting, steps: usize) -> Result<Vec<Row>> {
    let begins = Begins::default();
    let subject = setting.open(super::builder().state(begins.clone())).await?;
    let started = Instant::now();
    let walk = subject.engine.start("walk", walk(steps as u64)).await?;
    let reached = walk.result().await?;
    let took = started.elapsed();
    ensure!(reached == steps as u64, "{reached} steps of {steps}");
    subject.close().await?;
    let begins = begins.0.lock().unwrap_or_else(PoisonError::into_inner);
    let times: Vec<_> = begins.windows(2).map(|two| two[1] - two[0]).collect();
    ensure!(
        times.len() + 1 == steps,
        "{} steps of {steps}",
        times.len() + 1
    );
    let some = (steps / 10).clamp(1, 1_000);
    let of = |times: &[_]| Load {
        latencies: Latencies::new(times.to_vec()),
        took,
        unfinished: 0,
    };
    let part = |name, times| Row {
        throughput: None,
        ..setting.row(name).load(&of(times), 1)
    };
    Ok(vec![
        setting.row("").load(&of(&times), 1),
        part("/start", &times[..some]),
        part("/end", &times[times.len() - some..]),
    ])
}
