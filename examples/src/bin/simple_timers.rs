//! Simple timers: each state has a timer of its own; no kill makes a timeout count twice, or come in
//! another state.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use tokio::task::JoinSet;
use undying::{Engine, MonitorReport};
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;
use undying_examples::rsm::simple_timers::{Changes, HowMany, TIMEOUTS, TimerOfState, TwoTimers};
use undying_examples::rsm::{at_rest, lines};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Lets machines with two states count the timeouts of the timer of each, five before every change
#[derive(Debug, Parser)]
struct Options {
    /// How many machines there are
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    machines: u64,
    /// How often each changes its state
    #[arg(long, value_name = "N", default_value = "9", value_parser = clap::value_parser!(u64).range(1..))]
    changes: u64,
    #[command(flatten)]
    crash: Crash,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let work =
        async |engine: &Engine, progress: &Arc<Progress>| count(&options, engine, progress).await;
    let progress = Progress::new("counting", "timeouts");
    let Some(done) = options.crash.run_on_engine(progress, work).await? else {
        return Ok(());
    };
    println!(
        "{} machines, {} changes of the state of each, {} timeouts; killed {} times",
        grouped(options.machines),
        grouped(options.changes),
        grouped(timeouts(&options)),
        done.killed
    );
    println!("{}", lines(&done.result));
    Ok(())
}

/// Of all machines: five in each state that one of them is in.
fn timeouts(options: &Options) -> u64 {
    options.machines * (options.changes + 1) * TIMEOUTS
}

async fn count(
    options: &Options,
    engine: &Engine,
    progress: &Arc<Progress>,
) -> Result<Vec<MonitorReport>> {
    let (changes, all) = (options.changes, timeouts(options));
    let mut machines = JoinSet::new();
    for number in 0..options.machines {
        let engine = engine.clone();
        machines.spawn(async move {
            let machine = TwoTimers::at(number);
            engine.create(&machine, Changes(changes)).await?;
            anyhow::Ok(engine.ask(&machine, &HowMany).await?)
        });
    }
    let expected = [changes / 2 + 1, changes.div_ceil(2)].map(|times| times * TIMEOUTS);
    let monitor = TimerOfState::at("monitor");
    loop {
        tokio::select! {
            counts = machines.join_next() => match counts {
                Some(counts) => {
                    let counts = counts??;
                    ensure!(counts == expected, "{counts:?}, not {expected:?}");
                }
                None => break,
            },
            () = tokio::time::sleep(std::time::Duration::from_millis(5)) => {
                let seen = engine.fields(&monitor).await?;
                progress.set(seen.map_or(0, |seen| seen.timeouts), all);
            }
        }
    }
    let reports = at_rest(engine).await?;
    let seen = engine.fields(&monitor).await?.context("a monitor")?;
    let seen = seen.timeouts;
    ensure!(
        seen == all,
        "the monitor has seen {seen} timeouts, not {all}"
    );
    Ok(reports)
}
