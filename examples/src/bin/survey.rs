//! Surveys: subscribers register, have a survey made, get its results, and leave; no kill loses a
//! response or counts one twice.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use tokio::task::JoinSet;
use undying::{Engine, MonitorReport};
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;
use undying_examples::rsm::survey::{
    Core, Progressing, Results, Subscriber, SurveyHandler, SurveyPlan, WhatCameOut,
};
use undying_examples::rsm::{at_rest, left, lines};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How long after one subscriber the next one comes.
const APART: Duration = Duration::from_millis(10);

/// Lets subscribers have surveys made, each answered by many until its time is over
#[derive(Debug, Parser)]
struct Options {
    /// How many subscribers there are
    #[arg(long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    subscribers: u32,
    /// How many milliseconds a survey is open; 10,000 in the literature
    #[arg(long, value_name = "MS", default_value = "1000", value_parser = clap::value_parser!(u64).range(1..))]
    open: u64,
    /// How many milliseconds pass between two responses to it
    #[arg(long, value_name = "MS", default_value = "10", value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    #[command(flatten)]
    crash: Crash,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let work =
        async |engine: &Engine, progress: &Arc<Progress>| ask(&options, engine, progress).await;
    let progress = Progress::new("asking", "arrivals and departures");
    let Some(done) = options.crash.run_on_engine(progress, work).await? else {
        return Ok(());
    };
    let (all, reports) = done.result;
    println!(
        "{} surveys, each with its results; killed {} times",
        grouped(options.subscribers.into()),
        done.killed
    );
    println!(
        "{} responses, {} yes and {} no",
        grouped(all.yes + all.no),
        grouped(all.yes),
        grouped(all.no)
    );
    println!("{}", lines(&reports));
    Ok(())
}

/// Serves all subscribers, or those that are left; gives what all surveys said together.
async fn ask(
    options: &Options,
    engine: &Engine,
    progress: &Arc<Progress>,
) -> Result<(Results, Vec<MonitorReport>)> {
    let (open_ms, every_ms) = (options.open, options.every);
    engine.create(&Core::at("main"), ()).await?;
    let mut subscribers = JoinSet::new();
    for number in 0..options.subscribers {
        let engine = engine.clone();
        subscribers.spawn(async move {
            // They come one after the other.
            tokio::time::sleep(APART * number).await;
            let subscriber = Subscriber::at(number);
            let seed = u64::from(number);
            let plan = SurveyPlan {
                open_ms,
                every_ms,
                seed,
            };
            engine.create(&subscriber, plan).await?;
            anyhow::Ok(engine.ask(&subscriber, &WhatCameOut).await?)
        });
    }
    let mut all = Results::default();
    loop {
        tokio::select! {
            results = subscribers.join_next() => match results {
                Some(results) => {
                    let results = results??;
                    all.yes += results.yes;
                    all.no += results.no;
                }
                None => break,
            },
            () = tokio::time::sleep(Duration::from_millis(5)) => {
                let seen = seen(engine).await?;
                progress.set(seen.came + seen.left, u64::from(options.subscribers) * 2);
            }
        }
    }
    let reports = at_rest(engine).await?;
    left::<SurveyHandler>(engine, 0).await?;
    let core = engine.fields(&Core::at("main")).await?;
    let core = core.context("a core")?;
    ensure!(core.subscribers.is_empty(), "all have left");
    let (surveys, responses) = (core.surveys, all.yes + all.no);
    ensure!(
        surveys == u64::from(options.subscribers),
        "{surveys} surveys were made"
    );
    let seen = seen(engine).await?;
    ensure!(
        (seen.ended, seen.counted) == (surveys, responses),
        "{responses} responses in {surveys} surveys, and the monitor says {seen:?}"
    );
    Ok((all, reports))
}

/// What the monitor has seen.
async fn seen(engine: &Engine) -> Result<Progressing> {
    let seen = engine.fields(&Progressing::at("monitor")).await?;
    Ok(seen.unwrap_or_default())
}
