//! Ping-pong: pairs of machines that play; no kill makes them lose a ball or play one twice.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Parser;
use tokio::task::JoinSet;
use undying::{Engine, MonitorReport};
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;
use undying_examples::rsm::ping_pong::{Ping, Pong, Rounds, WhenOver};
use undying_examples::rsm::{at_rest, left, lines};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Lets pairs of state machines play ping-pong, and watches that no ball is lost or played twice
#[derive(Debug, Parser)]
struct Options {
    /// How many pairs play at once
    #[arg(long, value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pairs: u64,
    /// How many rounds each pair plays
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    #[command(flatten)]
    crash: Crash,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let work =
        async |engine: &Engine, progress: &Arc<Progress>| play(&options, engine, progress).await;
    let progress = Progress::new("playing", "pairs");
    let Some(done) = options.crash.run_on_engine(progress, work).await? else {
        return Ok(());
    };
    let (reports, took) = done.result;
    let trips = options.pairs * options.rounds;
    println!(
        "{} pairs, {} round trips; killed {} times",
        grouped(options.pairs),
        grouped(trips),
        done.killed
    );
    if done.killed == 0 {
        let rate = trips as f64 / took.as_secs_f64();
        println!("{} round trips/s", grouped(rate as u64));
    }
    println!("{}", lines(&reports));
    Ok(())
}

/// Creates the pairs that are not there yet, and waits until all have played.
async fn play(
    options: &Options,
    engine: &Engine,
    progress: &Arc<Progress>,
) -> Result<(Vec<MonitorReport>, Duration)> {
    let (pairs, rounds) = (options.pairs, options.rounds);
    let started = Instant::now();
    progress.set(0, pairs);
    let mut waiting = JoinSet::new();
    for pair in 0..pairs {
        let (engine, progress) = (engine.clone(), progress.clone());
        waiting.spawn(async move {
            let ping = Ping::at(pair);
            engine.create(&ping, Rounds(rounds)).await?;
            let played = engine.ask(&ping, &WhenOver).await?;
            progress.increment();
            anyhow::Ok(played)
        });
    }
    while let Some(played) = waiting.join_next().await {
        let played = played??;
        ensure!(
            played == rounds,
            "{played} rounds were played, not {rounds}"
        );
    }
    let took = started.elapsed();
    left::<Ping>(engine, pairs).await?;
    left::<Pong>(engine, 0).await?;
    Ok((at_rest(engine).await?, took))
}
