//! Fan-out and fan-in: 10,000 sub-orchestrations at once, their results joined.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Parser;
use undying::prelude::*;
use undying::{Filter, Status};
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;
use undying_examples::runs::{self, RunLog};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What the activities work with.
#[derive(Debug, Clone)]
struct Work {
    progress: Arc<Progress>,
    /// Kept when the work is killed: what ran more than once is measured.
    runs: Option<Arc<RunLog>>,
}

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
enum WorkError {
    #[error("the log of activities: {0}")]
    Log(String),
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

#[activity]
async fn square(number: u64, State(work): State<Work>) -> Result<u64, WorkError> {
    if let Some(runs) = &work.runs {
        let noted = runs.note("square", &number.to_string());
        noted.map_err(|error| WorkError::Log(error.to_string()))?;
    }
    work.progress.increment();
    Ok(number * number)
}

#[orchestration]
async fn child(number: u64) -> Result<u64, WorkError> {
    square(number).await
}

/// Wakes once, when the last child has ended.
#[orchestration]
async fn parent(children: u64) -> Result<Vec<u64>, WorkError> {
    let squares = join_all((0..children).map(child)).await;
    squares.into_iter().collect()
}

/// Starts children that each call an activity, and joins their results
#[derive(Debug, Parser)]
struct Options {
    /// How many children there are
    #[arg(long, value_name = "N", default_value = "10000", value_parser = clap::value_parser!(u64).range(1..=50_000))]
    children: u64,
    /// Joins 100, 1,000 and 10,000 children, and prints what each takes
    #[arg(long, conflicts_with_all = ["children", "times"])]
    scale: bool,
    #[command(flatten)]
    crash: Crash,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    if options.scale {
        return scale().await;
    }
    let children = options.children;
    let logged = options.crash.times > 0;
    let work = async |store: &Path, progress: &Arc<Progress>| {
        let mut work = Work {
            progress: progress.clone(),
            runs: None,
        };
        if logged {
            progress.set(runs::count(&runs::beside(store))?.activities, children);
            work.runs = Some(Arc::new(RunLog::open(&runs::beside(store))?));
        }
        let engine = Engine::builder().state(work).open(store).await?;
        let took = join(&engine, children).await?;
        engine.shutdown().await?;
        Ok(took)
    };
    let progress = Progress::new("running", "children");
    progress.set(0, children);
    let Some(done) = options.crash.run(progress, work).await? else {
        return Ok(());
    };
    if logged {
        let runs = runs::count(&runs::beside(&done.store))?;
        println!(
            "{} children, each with one result; killed {} times; {} activities ran, {} of them more than once",
            grouped(children),
            done.killed,
            grouped(runs.activities),
            grouped(runs.repeated)
        );
        ensure!(runs.activities == children, "an activity for each child");
    } else {
        println!("{}", row(children, done.result));
    }
    Ok(())
}

/// Each width in a store of its own.
async fn scale() -> Result<()> {
    for children in [100, 1_000, 10_000] {
        let folder = tempfile::tempdir()?;
        let work = Work {
            progress: Arc::new(Progress::new("running", "children")),
            runs: None,
        };
        let store = folder.path().join("store");
        let engine = Engine::builder().state(work).open(store).await?;
        println!("{}", row(children, join(&engine, children).await?));
        engine.shutdown().await?;
    }
    Ok(())
}

/// Runs the parent to its end, or goes on with it, and looks at what is left.
async fn join(engine: &Engine, children: u64) -> Result<Duration> {
    let started = Instant::now();
    let squares = engine.start("parent", parent(children)).await?;
    let squares = squares.result().await??;
    let took = started.elapsed();
    ensure!(
        squares.len() as u64 == children,
        "{} results",
        squares.len()
    );
    let wrong = (0..).zip(&squares).find(|(n, square)| n * n != **square);
    ensure!(wrong.is_none(), "child and result: {wrong:?}");
    let instances = Filter {
        orchestrations: vec!["child".to_owned()],
        ..Filter::default()
    };
    let instances = engine.count(instances).await?;
    ensure!(
        instances == [(Status::Completed, children)].into(),
        "there are {instances:?}"
    );
    Ok(took)
}

fn row(children: u64, took: Duration) -> String {
    let rate = children as f64 / took.as_secs_f64();
    format!(
        "{:>7} children  {:>8.1} ms  {:>8} children/s",
        grouped(children),
        took.as_secs_f64() * 1e3,
        grouped(rate as u64)
    )
}
