//! The workloads on `undying`: each opens a store of its own, and runs in a process of its own.

mod bank;
mod entities;
mod fan_out;
mod hello;
mod mailbox;
mod mixed;
mod parked;
mod payload;
mod restart;
mod rsm_fan_out;
mod rsm_ping_pong;
mod rsm_ring;
mod sequence;
mod signals;
mod stage;
mod state;
mod sustained;
mod word_count;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use undying::{Engine, EngineBuilder};

use crate::load::Clients;
use crate::row::Row;

/// What a run of a workload is told.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// The name of the workload.
    pub(crate) workload: String,
    /// For how long a load runs.
    pub(crate) time: Duration,
    /// In which folder the store is made.
    pub(crate) folder: PathBuf,
}

impl Setting {
    /// So many clients, for the time that was told.
    fn clients(&self, count: usize) -> Clients {
        Clients {
            count,
            time: self.time,
            grace: Duration::from_secs(30),
            most: u64::MAX,
        }
    }

    /// The line of this workload; or one of its lines, which ends so.
    fn row(&self, end: &str) -> Row {
        Row::new(format!("{}{end}", self.workload), "undying", "fsync")
    }

    /// A new store, opened.
    async fn open(&self, builder: EngineBuilder) -> Result<Subject> {
        let store = tempfile::tempdir_in(&self.folder).context("no folder for the store")?;
        let engine = builder.open(store.path().join("store")).await?;
        Ok(Subject { engine, store })
    }
}

/// An engine has what the activities of every workload take.
fn builder() -> EngineBuilder {
    let builder = Engine::builder().state(sequence::Begins::default());
    builder
        .state(mailbox::Gate::default())
        .state(restart::End(true))
}

/// An engine, and the folder its store is in.
struct Subject {
    engine: Engine,
    store: TempDir,
}

impl Subject {
    async fn close(self) -> Result<()> {
        self.engine.shutdown().await?;
        Ok(self.store.close()?)
    }
}

/// Runs a workload of the catalogue.
///
/// # Errors
/// A wrong result; those of the engine.
pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let words: Vec<&str> = setting.workload.split('/').collect();
    let sizes = words.iter().filter_map(|word| word.parse().ok());
    let sizes: Vec<usize> = sizes.collect();
    let size = |index: usize| sizes.get(index).copied().unwrap_or(1);
    let (first, second) = (size(0), size(1));
    match (words[0], words.get(2)) {
        ("hello-3", _) => hello::run(setting, 3, first).await,
        ("hello-5", _) => hello::run(setting, 5, first).await,
        ("sequence", _) => sequence::run(setting, first).await,
        ("fan-out", _) => fan_out::run(setting, first, second).await,
        ("hot-entity", _) => entities::hot(setting, first).await,
        ("entities", _) => entities::many(setting, first as u64, second).await,
        ("entity-call", _) => entities::round_trip(setting).await,
        ("bank-cold", _) => bank::run(setting, false, first, second).await,
        ("bank-contended", _) => bank::run(setting, true, first, second).await,
        ("word-count", _) => word_count::run(setting, first as u64).await,
        ("rsm-ping-pong", _) => rsm_ping_pong::run(setting, first).await,
        ("rsm-ring", _) => rsm_ring::run(setting, first as u64, second as u64).await,
        ("rsm-fan-out", _) => rsm_fan_out::run(setting, first as u64).await,
        ("parked", None) => parked::run(setting),
        ("parked", Some(stage)) => parked::stage(setting, first as u64, stage).await,
        ("restart", None) => restart::run(setting),
        ("restart", Some(stage)) => restart::stage(setting, first as u64, stage).await,
        ("signals", _) => signals::run(setting, first).await,
        ("payload", _) => payload::run(setting, first).await,
        ("mixed", _) => mixed::run(setting, first as u64).await,
        ("state", _) => state::entity(setting, first).await,
        ("carried", _) => state::carried(setting, first).await,
        ("mailbox", _) => mailbox::run(setting, first as u64).await,
        ("store", _) => parked::beside(setting, first as u64).await,
        ("sustained", _) => sustained::run(setting).await,
        _ => bail!("`undying` does not know the workload {}", setting.workload),
    }
}
