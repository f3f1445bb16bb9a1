//! HelloSequence5 of the Durable Functions literature: five activities in sequence, many at a time.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use tokio::task::JoinSet;
use undying::prelude::*;
use undying::{Description, Filter, Status};
use undying_benches::Latencies;
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const CITIES: [&str; 5] = ["Tokyo", "Seattle", "London", "Amsterdam", "Mumbai"];

/// How many are started at a time, and how many one launcher starts.
const PORTION: u64 = 200;

/// From so many on, entities start them.
const LAUNCHED: u64 = 10_000;

#[activity]
async fn say_hello(city: String) -> String {
    format!("Hello {city}!")
}

#[orchestration]
async fn hello_sequence_5() -> Vec<String> {
    let mut greetings = Vec::new();
    for city in CITIES {
        greetings.push(say_hello(city.to_owned()).await);
    }
    greetings
}

/// Starts a portion of the orchestrations.
#[entity]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Launcher {
    launched: u64,
}

#[entity]
impl Launcher {
    pub fn launch(&mut self, cx: &mut EntityContext, from: u64, to: u64) {
        for number in from..to {
            cx.start(id(number), hello_sequence_5());
        }
        self.launched = to - from;
    }
}

/// Starts HelloSequence5 orchestrations and waits for all: 200 starts at a time, from 10,000 on by
/// launcher entities with 200 each
#[derive(Debug, Parser)]
struct Options {
    /// How many orchestrations there are
    #[arg(short = 'n', long, value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    #[command(flatten)]
    crash: Crash,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let work = async |engine: &Engine, progress: &Arc<Progress>| {
        greet(engine, options.count, progress).await?;
        ended(engine).await
    };
    let progress = Progress::new("greeting", "orchestrations");
    let Some(done) = options.crash.run_on_engine(progress, work).await? else {
        return Ok(());
    };
    ensure!(
        done.result.len() as u64 == options.count,
        "one instance for each id"
    );
    println!(
        "{} orchestrations, killed {} times",
        grouped(options.count),
        done.killed
    );
    if done.killed == 0 {
        println!("{}", figures(&done.result)?);
    }
    Ok(())
}

/// Starts all, waits for all, and looks at each result.
async fn greet(engine: &Engine, count: u64, progress: &Arc<Progress>) -> Result<()> {
    progress.set(0, count);
    if count >= LAUNCHED {
        launch(engine, count).await?;
    }
    let mut lanes = JoinSet::new();
    for lane in 0..PORTION.min(count) {
        let (engine, progress) = (engine.clone(), progress.clone());
        lanes.spawn(async move {
            let mut handles = Vec::new();
            for number in (lane..count).step_by(PORTION as usize) {
                // One that was launched, or started before a kill, is not started again.
                handles.push(engine.start(id(number), hello_sequence_5()).await?);
            }
            for handle in handles {
                let greetings = handle.result().await?;
                ensure!(
                    greetings == CITIES.map(|city| format!("Hello {city}!")),
                    "{greetings:?}"
                );
                progress.increment();
            }
            Ok(())
        });
    }
    while let Some(lane) = lanes.join_next().await {
        lane??;
    }
    Ok(())
}

/// Has each launcher start its portion.
async fn launch(engine: &Engine, count: u64) -> Result<()> {
    let mut launchers = JoinSet::new();
    for from in (0..count).step_by(PORTION as usize) {
        let launcher = Launcher::at((from / PORTION).to_string());
        let launch = launcher.launch(from, count.min(from + PORTION));
        let engine = engine.clone();
        launchers.spawn(async move { engine.call(launch).await });
    }
    while let Some(launched) = launchers.join_next().await {
        launched??;
    }
    Ok(())
}

fn id(number: u64) -> String {
    format!("hello-{number}")
}

/// All orchestrations.
async fn ended(engine: &Engine) -> Result<Vec<Description>> {
    let mut filter = Filter {
        orchestrations: vec!["hello_sequence_5".to_owned()],
        statuses: vec![Status::Completed],
        ..Filter::default()
    };
    let mut all = Vec::new();
    loop {
        let page = engine.list(filter.clone()).await?;
        all.extend(page.instances);
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return Ok(all),
        }
    }
}

/// As the literature measures: from the first creation to the last update. In whole milliseconds.
fn figures(ended: &[Description]) -> Result<String> {
    let first = ended.iter().map(|one| one.created).min();
    let last = ended.iter().map(|one| one.updated).max();
    let took = first.zip(last).context("at least one")?;
    let took = took.0.until(took.1);
    let times = ended.iter().map(|one| one.created.until(one.updated));
    let rate = ended.len() as f64 / took.max(Duration::from_millis(1)).as_secs_f64();
    Ok(format!(
        "{} ms from the first start to the last end: {} orchestrations/s; {}",
        took.as_millis(),
        grouped(rate as u64),
        Latencies::new(times.collect())
    ))
}
