//! Orchestrations of three activities in sequence, many in flight: throughput and latency.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use undying::prelude::*;
use undying_benches::{Latencies, fsync};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[activity]
async fn greet(city: String) -> String {
    format!("Hello {city}!")
}

#[orchestration]
async fn hello() -> String {
    let tokyo = greet("Tokyo".to_owned()).await;
    let seattle = greet("Seattle".to_owned()).await;
    let london = greet("London".to_owned()).await;
    format!("{tokyo} {seattle} {london}")
}

/// Starts hello-3 orchestrations and waits for their results, so many at a time.
#[derive(Debug, Parser)]
struct Options {
    /// How many orchestrations are in flight at a time
    #[arg(long, value_name = "N", default_value = "2000")]
    in_flight: usize,
    /// For how long new ones are started
    #[arg(long, value_name = "S", default_value = "10")]
    secs: u64,
    /// How many entries the history of each orchestration keeps; 0 for none
    #[arg(long, value_name = "N", default_value = "1000")]
    history: usize,
    /// Where the store is made [default: a new folder in the system's temporary one]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    ensure!(
        options.in_flight > 0,
        "--in-flight is 0: nothing would be started"
    );
    let folder = match &options.store {
        Some(folder) => {
            std::fs::create_dir_all(folder).context("cannot create the folder of --store")?;
            tempfile::tempdir_in(folder)?
        }
        None => tempfile::tempdir()?,
    };
    let raw = fsync(folder.path(), 500)?;
    let engine = Engine::builder()
        .history(options.history)
        .open(folder.path().join("store"))
        .await?;
    let number = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let until = started + Duration::from_secs(options.secs);
    let clients: Vec<_> = (0..options.in_flight)
        .map(|_| tokio::spawn(client(engine.clone(), Arc::clone(&number), until)))
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await??);
    }
    let took = started.elapsed();
    engine.shutdown().await?;
    let latencies = Latencies::new(times);
    println!(
        "hello-3, {} in flight, {:.1} s, durability Sync (fsync before every acknowledgement), \
         {} history entries kept: {:.0}/s, {latencies}; raw 4 KiB append and fsync: {raw}",
        options.in_flight,
        took.as_secs_f64(),
        options.history,
        latencies.count() as f64 / took.as_secs_f64(),
    );
    Ok(())
}

/// One orchestration after the other until the time is over.
async fn client(engine: Engine, number: Arc<AtomicU64>, until: Instant) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    while Instant::now() < until {
        let id = format!("hello-{}", number.fetch_add(1, Relaxed));
        let started = Instant::now();
        let greetings = engine.start(id, hello()).await?.result().await?;
        times.push(started.elapsed());
        ensure!(
            greetings == "Hello Tokyo! Hello Seattle! Hello London!",
            "got {greetings}"
        );
    }
    Ok(times)
}
