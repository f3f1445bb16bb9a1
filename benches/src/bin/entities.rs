//! Entities under load: one that everybody signals, many that are called, and a deep mailbox.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use tokio::sync::Semaphore;
use undying::prelude::*;
use undying_benches::{Latencies, fsync};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Counter {
    count: u64,
}

#[activity]
async fn gate(State(gate): State<Arc<Semaphore>>) {
    // It is never closed.
    let _ = gate.acquire().await;
}

#[entity]
impl Counter {
    pub fn add(&mut self, n: u64) -> u64 {
        self.count += n;
        self.count
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// Holds the others up.
    pub async fn hold(&mut self) {
        gate().await;
    }
}

/// Signals the counter so often, some at a time.
#[orchestration]
async fn feed(times: u64) {
    for n in 0..times {
        Counter::at("deep").add(1).signal().await;
        if n % 1_000 == 999 {
            sleep(millis(1)).await;
        }
    }
}

/// What the counter says behind everything that was asked of it before.
#[orchestration]
async fn total() -> u64 {
    Counter::at("deep").count().await
}

/// Measures entities: every acknowledgement waits for an fsync.
#[derive(Debug, Parser)]
struct Options {
    /// For how long each load runs
    #[arg(long, value_name = "S", default_value = "5")]
    secs: u64,
    /// One second each, and a mailbox of 20,000
    #[arg(long)]
    quick: bool,
    /// How many requests wait in the deep mailbox
    #[arg(long, value_name = "N", default_value = "100000")]
    deep: u64,
    /// How many entries of history each entity keeps; 0 for none
    #[arg(long, value_name = "N", default_value = "1000")]
    history: usize,
    /// Where the store is made [default: a new folder in the system's temporary one]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// What the clients of a load do.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Signals,
    Calls,
    Reads,
}

/// A load: so many clients, each asking when its last request was answered.
struct Load {
    name: &'static str,
    clients: u64,
    entities: u64,
    does: Does,
    keys: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut options = Options::parse();
    if options.quick {
        (options.secs, options.deep) = (1, 20_000);
    }
    let folder = match &options.store {
        Some(folder) => {
            std::fs::create_dir_all(folder).context("cannot create the folder of --store")?;
            tempfile::tempdir_in(folder)?
        }
        None => tempfile::tempdir()?,
    };
    println!("raw 4 KiB append and fsync: {}", fsync(folder.path(), 500)?);
    let load = |name, clients, entities, does, keys| Load {
        name,
        clients,
        entities,
        does,
        keys,
    };
    for (index, load) in [
        load("one entity, signals", 1, 1, Does::Signals, false),
        load("one entity, signals", 64, 1, Does::Signals, false),
        load("one entity, signals", 1_024, 1, Does::Signals, false),
        load(
            "one entity, signals with keys",
            1_024,
            1,
            Does::Signals,
            true,
        ),
        load("one entity, calls", 1_024, 1, Does::Calls, false),
        load("one entity, reads", 64, 1, Does::Reads, false),
        load("10,000 entities, calls", 1_000, 10_000, Does::Calls, false),
        load(
            "10,000 entities, calls with keys",
            1_000,
            10_000,
            Does::Calls,
            true,
        ),
        load("10,000 entities, reads", 1_000, 10_000, Does::Reads, false),
    ]
    .iter()
    .enumerate()
    {
        let store = folder.path().join(index.to_string());
        let builder = Engine::builder().state(Arc::new(Semaphore::new(0)));
        let engine = builder.history(options.history).open(store).await?;
        run(&engine, load, options.secs).await?;
        engine.shutdown().await?;
    }
    deep(folder.path().join("deep"), &options).await
}

async fn run(engine: &Engine, load: &Load, secs: u64) -> Result<()> {
    let number = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let until = started + Duration::from_secs(secs);
    let mut clients = Vec::new();
    for _ in 0..load.clients {
        let (engine, number) = (engine.clone(), number.clone());
        let (entities, does, keys) = (load.entities, load.does, load.keys);
        clients.push(tokio::spawn(async move {
            let mut times = Vec::new();
            while Instant::now() < until {
                let n = number.fetch_add(1, Relaxed);
                let counter = Counter::at((n.wrapping_mul(0x9e37_79b9) % entities).to_string());
                let began = Instant::now();
                match (does, keys) {
                    (Does::Signals, false) => engine.signal(counter.add(1)).await?,
                    (Does::Signals, true) => {
                        let signal = engine.signal(counter.add(1));
                        signal.idempotency_key(n.to_string()).await?;
                    }
                    (Does::Calls, false) => drop(engine.call(counter.add(1)).await?),
                    (Does::Calls, true) => {
                        let call = engine.call(counter.add(1));
                        call.idempotency_key(n.to_string()).await?;
                    }
                    (Does::Reads, _) => drop(engine.call(counter.count()).await?),
                }
                times.push(began.elapsed());
            }
            Ok::<_, anyhow::Error>(times)
        }));
    }
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await??);
    }
    let took = started.elapsed();
    let rate = times.len() as f64 / took.as_secs_f64();
    if load.does != Does::Reads && load.entities == 1 {
        let count = engine.call(Counter::at("0").count()).await?;
        ensure!(count == times.len() as u64, "{count} of {}", times.len());
    }
    let latencies = Latencies::new(times);
    println!(
        "{}, {} in flight: {rate:.0}/s, {latencies}",
        load.name, load.clients
    );
    Ok(())
}

/// An operation holds up so many requests: how much memory they take, and how fast they are served.
async fn deep(store: PathBuf, options: &Options) -> Result<()> {
    let held = Arc::new(Semaphore::new(0));
    let builder = Engine::builder().state(held.clone());
    let engine = builder.history(options.history).open(store).await?;
    engine.signal(Counter::at("deep").hold()).await?;
    let before = resident()?;
    let began = Instant::now();
    let feeders = 10;
    for n in 0..feeders {
        let feeding = feed(options.deep / feeders);
        engine.start(format!("feed-{n}"), feeding).await?;
    }
    for n in 0..feeders {
        engine
            .get::<FeedCall>(&format!("feed-{n}"))
            .await?
            .result()
            .await?;
    }
    let filled = began.elapsed();
    let memory = resident()?.saturating_sub(before);
    // Clients are told that it is busy; an orchestration waits behind all others.
    let last = engine.start("last", total()).await?;
    let began = Instant::now();
    held.add_permits(1);
    let count = last.result().await?;
    let served = began.elapsed();
    ensure!(count == options.deep, "{count} of {}", options.deep);
    println!(
        "a mailbox of {}: filled in {:.2} s, {:.1} MiB of memory meanwhile, served in {:.2} s",
        options.deep,
        filled.as_secs_f64(),
        memory as f64 / f64::from(1 << 20),
        served.as_secs_f64(),
    );
    engine.shutdown().await?;
    Ok(())
}

/// The memory of this process, in bytes.
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/statm").context("this needs Linux")?;
    let pages = status.split_whitespace().nth(1).context("no pages")?;
    Ok(pages.parse::<u64>()? * 4_096)
}
