//! A restart with instances that can go on: all were killed while an activity ran.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use undying::prelude::*;

use super::{Setting, stage};
use crate::load::Clients;
use crate::row::{Row, micros};

/// How many clients start them, and wait for them.
const CLIENTS: usize = 2_000;

/// Whether activities end.
#[derive(Debug, Clone, Copy)]
pub(super) struct End(pub(super) bool);

#[activity]
async fn work(number: u64, State(end): State<End>) -> u64 {
    match end {
        End(true) => number,
        End(false) => std::future::pending().await,
    }
}

#[orchestration]
async fn worker(number: u64) -> u64 {
    let first = work(number).await;
    work(first).await
}

/// Starts so many, kills the process, and opens the store again.
pub(crate) fn run(setting: &Setting) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir_in(&setting.folder)?;
    let inside = Setting {
        folder: folder.path().to_owned(),
        ..setting.clone()
    };
    stage::kill(&inside, "fill", Duration::from_millis(100))?;
    stage::run(&inside, "open")
}

/// One of the two processes.
pub(crate) async fn stage(setting: &Setting, runnable: u64, stage: &str) -> Result<Vec<Row>> {
    let is_second = stage == "open";
    let began = Instant::now();
    let builder = super::builder().state(End(is_second));
    // None of them ends before the kill.
    let builder = builder.work_max(2 * runnable as usize);
    let engine = builder.open(setting.folder.join("store")).await?;
    let opened = began.elapsed();
    match stage {
        "fill" => {
            let start = move |number: u64| {
                let engine = engine.clone();
                async move {
                    engine.start(number.to_string(), worker(number)).await?;
                    Ok(())
                }
            };
            Clients::times(CLIENTS, runnable).run(start).await?;
            stage::ready();
            std::future::pending().await
        }
        "open" => {
            let waiting = engine.clone();
            let wait = move |number: u64| {
                let engine = waiting.clone();
                async move {
                    let worker = engine.get::<WorkerCall>(&number.to_string()).await?;
                    let returned = worker.result().await?;
                    ensure!(returned == number, "instance {number} returned {returned}");
                    Ok(())
                }
            };
            let ended = Clients::times(CLIENTS, runnable).run(wait).await?;
            engine.shutdown().await?;
            let all = Row::new(format!("restart/{runnable}"), "undying", "fsync");
            let all = Row {
                p50_us: Some(micros(ended.took)),
                ..all.rate(runnable, ended.took)
            };
            let all = all.note("p50 is the time from the open to the last end");
            Ok(vec![setting.row("").once(opened), all])
        }
        _ => bail!("a restart has no stage {stage}"),
    }
}
