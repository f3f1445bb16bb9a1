//! A mixed load that comes ten times as fast as it can be served, and what is left of that afterwards.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use super::bank::transfer;
use super::entities::Counter;
use super::hello::hello_3;
use crate::load::Load;
use crate::row::{Row, micros};
use crate::{Latencies, memory};

/// How many clients find out what can be served.
const CLIENTS: usize = 200;
/// How many accounts and counters there are.
const FEW: u64 = 10_000;
/// How often is looked whether latency is back to normal: half of the requests take less than 99 of 100 did
/// before.
const WINDOW: Duration = Duration::from_millis(500);
/// For how many times as long as the burst that is waited for.
const PATIENCE: u32 = 6;

/// What became of the requests.
#[derive(Debug, Default)]
struct Seen {
    times: Mutex<Vec<Duration>>,
    refused: AtomicU64,
    open: AtomicU64,
    failed: Mutex<Option<String>>,
}

impl Seen {
    /// Of those that were answered since it was asked last.
    fn answered(&self) -> Latencies {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        Latencies::new(std::mem::take(&mut times))
    }
}

/// An orchestration of activities, a call, or a transfer with locks.
async fn one(engine: &Engine, number: u64) -> undying::Result<()> {
    let id = number.to_string();
    match number % 3 {
        0 => drop(engine.start(id, hello_3()).await?.result().await?),
        1 => drop(engine.call(Counter::at(number % FEW).add(1)).await?),
        _ => {
            let (from, to) = (number % FEW, (number + 1) % FEW);
            engine.start(id, transfer(from, to)).await?.result().await?;
        }
    }
    Ok(())
}

/// Requests come so many a second, whether the last were answered or not.
async fn come(engine: &Engine, seen: &Arc<Seen>, next: &mut u64, rate: f64, time: Duration) {
    let (began, first) = (Instant::now(), *next);
    while began.elapsed() < time {
        let due = first + (began.elapsed().as_secs_f64() * rate) as u64;
        while *next < due {
            let (engine, seen, number) = (engine.clone(), seen.clone(), *next);
            *next += 1;
            seen.open.fetch_add(1, Relaxed);
            tokio::spawn(async move {
                let asked = Instant::now();
                match one(&engine, number).await {
                    Ok(()) => {
                        let mut times = seen.times.lock().unwrap_or_else(PoisonError::into_inner);
                        times.push(asked.elapsed());
                    }
                    Err(undying::Error::Busy { .. }) => drop(seen.refused.fetch_add(1, Relaxed)),
                    Err(error) => {
                        let mut failed = seen.failed.lock().unwrap_or_else(PoisonError::into_inner);
                        failed.get_or_insert(error.to_string());
                    }
                }
                seen.open.fetch_sub(1, Relaxed);
            });
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// What can be served, half of that, so many times that, and half of it again until all is as before.
pub(crate) async fn run(setting: &Setting, times: u64) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let engine = &subject.engine;
    let closed = engine.clone();
    let sustainable = setting.clients(CLIENTS).run(move |number| {
        let engine = closed.clone();
        async move { Ok(one(&engine, number).await?) }
    });
    let sustainable = setting.row("").load(&sustainable.await?, 1);
    let rate = sustainable.throughput.unwrap_or(0.0);
    let (seen, mut next) = (Arc::new(Seen::default()), 1 << 40);

    come(engine, &seen, &mut next, rate / 2.0, setting.time).await;
    let normal = Load {
        latencies: seen.answered(),
        took: setting.time,
        unfinished: 0,
    };
    let normal_p99 = normal.latencies.percentile(99);
    let before = memory::resident();

    let came = next;
    come(engine, &seen, &mut next, rate * times as f64, setting.time).await;
    let (came, refused) = (next - came, seen.refused.load(Relaxed));
    let burst = Load {
        latencies: seen.answered(),
        took: setting.time,
        unfinished: seen.open.load(Relaxed) as usize,
    };
    let held = memory::resident().saturating_sub(before) as f64 / 1e6;

    let (over, patience) = (Instant::now(), setting.time * PATIENCE);
    let mut back = None;
    while back.is_none() && over.elapsed() < patience {
        come(engine, &seen, &mut next, rate / 2.0, WINDOW).await;
        let answered = seen.answered();
        let is_normal = answered.count() > 0 && answered.percentile(50) <= normal_p99;
        let is_back = is_normal && (seen.open.load(Relaxed) as f64) < rate;
        back = is_back.then(|| over.elapsed());
    }
    let failed = seen
        .failed
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    ensure!(failed.is_none(), "{}", failed.unwrap_or_default());
    subject.close().await?;
    let note =
        format!("{came} came, {refused} were told that it is busy, {held:.0} MB more of memory");
    let recovered = setting.row("/back-to-normal");
    let recovered = match back {
        Some(back) => Row {
            p50_us: Some(micros(back)),
            ..recovered
        },
        None => recovered.note(format!(
            "not within {patience:?}: {} requests of the burst were still open",
            seen.open.load(Relaxed)
        )),
    };
    Ok(vec![
        sustainable,
        setting.row("/normal").load(&normal, 1),
        setting.row("/burst").load(&burst, 1).note(note),
        recovered,
    ])
}
