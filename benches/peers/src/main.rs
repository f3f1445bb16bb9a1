//! Runs a workload of `versus` on a system that is not `undying`: one process for each run.

mod actors;
#[path = "../../src/disk.rs"]
mod disk;
#[path = "../../src/latencies.rs"]
mod latencies;
#[path = "../../src/versus/load.rs"]
mod load;
#[path = "../../src/versus/memory.rs"]
mod memory;
mod on_duroxide;
mod on_kameo;
mod on_ractor;
#[cfg(feature = "restate")]
mod on_restate;
mod raw;
#[path = "../../src/versus/row.rs"]
mod row;
mod sequence;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use latencies::{Latencies, Times};
use load::Clients;
use row::Row;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What `versus` says.
#[derive(Debug, Parser)]
struct Options {
    /// The workload
    #[arg(long)]
    only: String,
    /// The system
    #[arg(long)]
    on: String,
    /// For how long a load runs
    #[arg(long)]
    secs: f64,
    /// Where stores are made
    #[arg(long)]
    folder: PathBuf,
}

/// A run of a workload on a system.
struct Run {
    workload: String,
    system: String,
    /// The kind of the workload.
    family: String,
    /// Its sizes.
    sizes: Vec<usize>,
    time: Duration,
    folder: PathBuf,
}

impl Run {
    /// So many clients, for the time that was told. What is under way then has twice as long again:
    /// peers are known to lose an instance.
    fn clients(&self, count: usize) -> Clients {
        Clients {
            count,
            time: self.time,
            grace: 2 * self.time + Duration::from_secs(1),
            most: u64::MAX,
        }
    }

    fn row(&self, durability: &str) -> Row {
        Row::new(&self.workload, &self.system, durability)
    }

    /// A folder that is gone when the run has ended.
    fn store(&self) -> Result<tempfile::TempDir> {
        tempfile::tempdir_in(&self.folder).context("no folder for the store")
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let mut words = options.only.split('/');
    let run = Run {
        workload: options.only.clone(),
        system: options.on,
        family: words.next().unwrap_or_default().to_owned(),
        sizes: words.filter_map(|word| word.parse().ok()).collect(),
        time: Duration::from_secs_f64(options.secs),
        folder: options.folder,
    };
    let rows = match run.system.as_str() {
        "raw-disk" => raw::disk(&run)?,
        "raw-fjall" => raw::fjall(&run)?,
        "duroxide" => on_duroxide::run(&run, false).await?,
        "duroxide-fast" => on_duroxide::run(&run, true).await?,
        #[cfg(feature = "restate")]
        "restate" => on_restate::run(&run).await?,
        "ractor" => actors::run::<on_ractor::Ractor>(&run).await?,
        "kameo" => actors::run::<on_kameo::Kameo>(&run).await?,
        other => bail!("no system is called {other}"),
    };
    let peak = memory::peak() as f64 / 1e6;
    for mut row in rows {
        row.rss_mb.get_or_insert(peak);
        println!("{}", serde_json::to_string(&row)?);
    }
    Ok(())
}
