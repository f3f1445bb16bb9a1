//! A monitor: an endless loop that needs no continue-as-new. It watches a service for weeks, every
//! minute, less often while that is down, and costs the same at its end as at its start.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Result, ensure};
use clap::Parser;
use undying::prelude::*;
use undying::testing::VirtualClock;
use undying_benches::{Latencies, stored_bytes};
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;
use undying_examples::runs::{self, RunLog};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How often a service is looked at that is up.
const EVERY: Duration = minutes(1);
/// How often at least.
const AT_LEAST_EVERY: Duration = minutes(16);

/// What is watched, simulated: of every 100 rounds, five find it down.
#[derive(Debug, Clone)]
struct World {
    runs: Arc<RunLog>,
    rounds: Arc<AtomicU64>,
}

fn is_up(round: u64) -> bool {
    round % 100 < 95
}

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
enum Trouble {
    #[error("{0}")]
    Io(String),
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

#[activity(retry(max_attempts = 3, first = "1s"))]
async fn probe(round: u64, State(world): State<World>) -> Result<bool, Trouble> {
    let noted = world.runs.note("probe", &round.to_string());
    noted.map_err(|error| Trouble::Io(error.to_string()))?;
    world.rounds.fetch_max(round + 1, Ordering::Relaxed);
    Ok(is_up(round))
}

#[activity(retry(max_attempts = 3, first = "1s"))]
async fn alert(cx: ActivityContext, State(world): State<World>) -> Result<(), Trouble> {
    let noted = world.runs.note("alert", cx.idempotency_key());
    noted.map_err(|error| Trouble::Io(error.to_string()))
}

/// What the monitor has seen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Seen {
    rounds: u64,
    outages: u64,
}

/// Watches until it is told to stop, or `expires`. Alerts once an outage.
#[orchestration]
async fn monitor(cx: &mut Context, expires: SystemTime) -> Result<Seen, Trouble> {
    let mut seen = Seen::default();
    let mut pause = EVERY;
    let mut was_up = true;
    loop {
        let up = probe(seen.rounds).await?;
        seen.rounds += 1;
        if up {
            pause = EVERY;
        } else if was_up {
            seen.outages += 1;
            alert().await?;
        } else {
            pause = (pause * 2).min(AT_LEAST_EVERY);
        }
        was_up = up;
        let state = if up { "up" } else { "down" };
        cx.set_status(format!(
            "{state}; round {}, {} outages",
            seen.rounds, seen.outages
        ));
        if cx.now() >= expires {
            return Ok(seen);
        }
        if let Ok(()) = timeout(pause, event::<()>("stop")).await {
            return Ok(seen);
        }
    }
}

/// Watches a service by a clock that runs ahead, and compares the last rounds with the first
#[derive(Debug, Parser)]
struct Options {
    /// How many rounds there are at least; 10,000 are nine days
    #[arg(long, value_name = "N", default_value = "10000", value_parser = clap::value_parser!(u64).range(100..))]
    rounds: u64,
    #[command(flatten)]
    crash: Crash,
}

/// Some rounds of the monitor.
#[derive(Debug, Clone, Copy)]
struct Measured {
    rounds: u64,
    per_round: Duration,
    stored: usize,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let rounds = options.rounds;
    let work = async |store: &Path, progress: &Arc<Progress>| {
        let some = rounds / 10;
        let first = watch(store, some, rounds, progress).await?;
        watch(store, rounds - some, rounds, progress).await?;
        let last = watch(store, rounds, rounds, progress).await?;
        Ok((first, last, stop(store).await?))
    };
    let progress = Progress::new("watching", "rounds");
    let Some(done) = options.crash.run(progress, work).await? else {
        return Ok(());
    };
    let (first, last, seen) = done.result;
    println!(
        "{} rounds, {} outages, killed {} times",
        grouped(seen.rounds),
        seen.outages,
        done.killed
    );
    if done.killed == 0 {
        for (when, measured) in [("first", first), ("last", last)] {
            println!(
                "the {when} {} rounds: {:.3} ms a round (p50), {} bytes stored",
                grouped(measured.rounds),
                measured.per_round.as_secs_f64() * 1e3,
                measured.stored
            );
        }
    }
    // The instance's row has the latest entries of its history, up to fifteen, before they leave it
    // together.
    let (before, after) = (first.stored, last.stored);
    ensure!(
        after <= before + 512,
        "{before} bytes were stored, and {after} in the end"
    );
    ensure!(seen.outages == (seen.rounds + 4) / 100, "{seen:?}");
    let runs = runs::count(&runs::beside(&done.store))?;
    ensure!(
        runs.activities == seen.rounds + seen.outages,
        "a probe a round, an alert an outage"
    );
    Ok(())
}

/// Goes on until round `until`, as fast as the clock is moved.
async fn watch(store: &Path, until: u64, of: u64, progress: &Progress) -> Result<Measured> {
    let (clock, world) = (VirtualClock::new(), world(store)?);
    let engine = open(store, &clock, &world).await?;
    engine
        .start("monitor", monitor(clock.now() + days(3_650)))
        .await?;
    clock.settle().await;
    let from = world.rounds.load(Ordering::Relaxed);
    let (mut rounds, mut times) = (from, Vec::new());
    while rounds < until {
        progress.set(rounds, of);
        let (before, started) = (rounds, Instant::now());
        clock.advance(EVERY * 10).await;
        rounds = world.rounds.load(Ordering::Relaxed);
        let some = u32::try_from(rounds - before)?;
        times.extend(started.elapsed().checked_div(some));
    }
    progress.set(rounds, of);
    engine.shutdown().await?;
    drop(engine);
    Ok(Measured {
        rounds: rounds - from,
        per_round: Latencies::new(times).percentile(50),
        stored: stored_bytes(store)?,
    })
}

/// Tells the monitor to stop.
async fn stop(store: &Path) -> Result<Seen> {
    let (clock, world) = (VirtualClock::new(), world(store)?);
    let engine = open(store, &clock, &world).await?;
    let monitor = engine.get::<MonitorCall>("monitor").await?;
    match monitor.raise("stop", &()).await {
        // It was told before a kill.
        Ok(()) | Err(undying::Error::WrongStatus { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let seen = clock.run_until(monitor.result()).await??;
    engine.shutdown().await?;
    Ok(seen)
}

async fn open(store: &Path, clock: &VirtualClock, world: &World) -> Result<Engine> {
    let builder = Engine::builder().clock(clock).state(world.clone());
    Ok(builder.open(store).await?)
}

fn world(store: &Path) -> Result<World> {
    let rounds = runs::count_of(&runs::beside(store), "probe")?.activities;
    Ok(World {
        runs: Arc::new(RunLog::open(&runs::beside(store))?),
        rounds: Arc::new(AtomicU64::new(rounds)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Watched {
        clock: VirtualClock,
        world: World,
        monitor: Handle<Result<Seen, Trouble>>,
        _folder: tempfile::TempDir,
        _engine: Engine,
    }

    impl Watched {
        async fn until(expires: Duration) -> Watched {
            let folder = tempfile::tempdir().unwrap();
            let (clock, world) = (
                VirtualClock::new(),
                world(&folder.path().join("_")).unwrap(),
            );
            let builder = Engine::builder().clock(&clock).state(world.clone());
            let engine = builder.open_in_memory().await.unwrap();
            let call = monitor(clock.now() + expires);
            let monitor = engine.start("monitor", call).await.unwrap();
            Watched {
                clock,
                world,
                monitor,
                _folder: folder,
                _engine: engine,
            }
        }
    }

    #[tokio::test]
    async fn a_service_that_is_down_is_looked_at_less_and_less_often() {
        let watched = Watched::until(days(1)).await;
        let began = watched.clock.now();
        // It is found down in the rounds from 95 to 99.
        let minutes_and_round = [
            (95, 95),
            (96, 96),
            (98, 97),
            (102, 98),
            (110, 99),
            (126, 100),
            (127, 101),
        ];
        for (after, round) in minutes_and_round {
            let passed = watched.clock.now().duration_since(began).unwrap();
            watched
                .clock
                .advance(minutes(after) - passed - millis(1))
                .await;
            assert_eq!(
                watched.world.rounds.load(Ordering::Relaxed),
                round,
                "before {after}"
            );
            watched.clock.advance(millis(1)).await;
            assert_eq!(
                watched.world.rounds.load(Ordering::Relaxed),
                round + 1,
                "after {after}"
            );
        }
    }

    #[tokio::test]
    async fn it_watches_until_it_expires() {
        let watched = Watched::until(minutes(10)).await;
        let began = watched.clock.now();
        let seen = watched.clock.run_until(watched.monitor.result()).await;
        assert_eq!(watched.clock.now(), began + minutes(10));
        assert_eq!(seen.unwrap().unwrap().rounds, 11);
    }
}
