//! Instances that wait for an event: what they cost a store that is opened, and how they wake.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use undying::prelude::*;

use super::hello::hello_3;
use super::{Setting, stage};
use crate::load::{Clients, Load};
use crate::memory;
use crate::row::Row;

/// How many clients start and wake them.
const CLIENTS: usize = 2_000;
/// How many are woken one after the other.
const SOME: u64 = 100;

#[orchestration]
async fn waiter() -> u64 {
    event::<u64>("wake").await
}

/// Fills a store, opens it after a clean end and after a kill, and wakes one and all.
pub(crate) fn run(setting: &Setting) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir_in(&setting.folder)?;
    let inside = Setting {
        folder: folder.path().to_owned(),
        ..setting.clone()
    };
    let mut rows = stage::run(&inside, "fill")?;
    rows.extend(stage::run(&inside, "open")?);
    stage::kill(&inside, "load", Duration::from_secs(1))?;
    rows.extend(stage::run(&inside, "open-after-kill")?);
    rows.extend(stage::run(&inside, "wake-one")?);
    rows.extend(stage::run(&inside, "wake-all")?);
    Ok(rows)
}

/// One of the processes that do it, one after the other.
pub(crate) async fn stage(setting: &Setting, parked: u64, stage: &str) -> Result<Vec<Row>> {
    let began = Instant::now();
    let engine = super::builder().open(setting.folder.join("store")).await?;
    let opened = began.elapsed();
    let mut row = setting.row("");
    match stage {
        "fill" => row = row.load(&fill(&engine, parked).await?, 1),
        "open" | "open-after-kill" => {
            row = row.once(opened);
            row.rss_mb = Some(memory::resident() as f64 / 1e6);
        }
        "load" => {
            stage::ready();
            load(engine.clone()).await?;
        }
        "wake-one" => row = row.load(&wake(&engine, 0..SOME, 1).await?, 1),
        "wake-all" => {
            row = row.load(&wake(&engine, SOME..parked, CLIENTS).await?, 1);
            let of_them = undying::Filter {
                orchestrations: vec!["waiter".to_owned()],
                ..undying::Filter::default()
            };
            let all = engine.count(of_them).await?;
            let ended = [(undying::Status::Completed, parked)].into();
            ensure!(all == ended, "of {parked} instances {all:?}");
        }
        _ => bail!("parked instances have no stage {stage}"),
    }
    engine.shutdown().await?;
    Ok(vec![row])
}

/// Parks so many instances.
pub(crate) async fn fill(engine: &Engine, parked: u64) -> Result<Load> {
    let engine = engine.clone();
    let start = move |number: u64| {
        let engine = engine.clone();
        async move {
            engine.start(format!("parked-{number}"), waiter()).await?;
            Ok(())
        }
    };
    Clients::times(CLIENTS, parked).run(start).await
}

/// Work that is under way when the process is killed.
async fn load(engine: Engine) -> Result<()> {
    let hello = move |number: u64| {
        let engine = engine.clone();
        async move {
            let hello = engine.start(format!("hello-{number}"), hello_3()).await?;
            hello.result().await?;
            Ok(())
        }
    };
    Clients::times(CLIENTS, u64::MAX).run(hello).await?;
    Ok(())
}

async fn wake(engine: &Engine, some: std::ops::Range<u64>, clients: usize) -> Result<Load> {
    let engine = engine.clone();
    let first = some.start;
    let wake = move |number: u64| {
        let engine = engine.clone();
        async move {
            let number = first + number;
            let parked = engine
                .get::<WaiterCall>(&format!("parked-{number}"))
                .await?;
            parked.raise("wake", &number).await?;
            let heard = parked.result().await?;
            ensure!(heard == number, "instance {number} heard {heard}");
            Ok(())
        }
    };
    Clients::times(clients, some.end.saturating_sub(first))
        .run(wake)
        .await
}

/// Hello-3 in a store that holds so many parked instances.
pub(crate) async fn beside(setting: &Setting, parked: u64) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir_in(&setting.folder)?;
    let store: &Path = &folder.path().join("store");
    let engine = super::builder().open(store).await?;
    fill(&engine, parked).await?;
    let hello = engine.clone();
    let load = setting.clients(100).run(move |number| {
        let engine = hello.clone();
        async move {
            let hello = engine.start(format!("hello-{number}"), hello_3()).await?;
            hello.result().await?;
            Ok(())
        }
    });
    let load = load.await?;
    engine.shutdown().await?;
    Ok(vec![setting.row("").load(&load, 1)])
}
