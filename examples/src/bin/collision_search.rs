//! CollisionSearch of the Durable Functions literature: divide and conquer over 10^10 candidates.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Parser;
use undying::prelude::*;
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;
use undying_examples::runs::{self, RunLog};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The number whose hash is looked for.
const NEEDLE: u64 = 100_007_394_059_441;

/// Into how many parts a range is split that is too large.
const WAYS: u64 = 10;

fn hash(number: u64) -> i32 {
    (number ^ (number >> 32)) as i32
}

/// Candidates: so many from a first one on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Range {
    start: u64,
    count: u64,
}

impl Range {
    /// Parts of equal size; the first has what is left over.
    fn split(self, ways: u64) -> Vec<Range> {
        let (each, over) = (self.count / ways, self.count % ways);
        let mut start = self.start;
        let part = |n| {
            let count = each + if n == 0 { over } else { 0 };
            let part = Range { start, count };
            start += count;
            part
        };
        (0..ways).map(part).collect()
    }

    /// What one activity scans, after all splits.
    fn leaves(self, leaf: u64) -> Vec<Range> {
        if self.count <= leaf {
            return vec![self];
        }
        let parts = self.split(WAYS).into_iter();
        parts.flat_map(|part| part.leaves(leaf)).collect()
    }
}

/// What the activities work with.
#[derive(Debug, Clone)]
struct Work {
    progress: Arc<Progress>,
    runs: Arc<RunLog>,
}

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
enum WorkError {
    #[error("{0}")]
    Scan(String),
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

/// All numbers of the range that have this hash.
fn matches(target: i32, range: Range) -> Vec<u64> {
    let (mut found, end) = (Vec::new(), range.start + range.count);
    for from in (range.start..end).step_by(4_096) {
        let block = from..end.min(from + 4_096);
        // A sum without a branch is computed for several candidates at once.
        let hits: u32 = block.clone().map(|n| u32::from(hash(n) == target)).sum();
        if hits > 0 {
            found.extend(block.filter(|n| hash(*n) == target));
        }
    }
    found
}

#[activity]
async fn scan(target: i32, range: Range, State(work): State<Work>) -> Result<Vec<u64>, WorkError> {
    let say = |error: &dyn std::error::Error| WorkError::Scan(error.to_string());
    let noted = work.runs.note("scan", &range.start.to_string());
    noted.map_err(|error| say(&error))?;
    let scanning = tokio::task::spawn_blocking(move || matches(target, range));
    let found = scanning.await.map_err(|error| say(&error))?;
    work.progress.increment();
    Ok(found)
}

/// Scans a range of at most `leaf`; splits a larger one and searches the parts.
#[orchestration]
async fn search(target: i32, range: Range, leaf: u64) -> Result<Vec<u64>, WorkError> {
    if range.count <= leaf {
        return scan(target, range).await;
    }
    let parts = range.split(WAYS).into_iter();
    let found = join_all(parts.map(|part| search(target, part, leaf))).await;
    concat(found)
}

/// The flat variant: one orchestration asks for all activities.
#[orchestration]
async fn search_flat(target: i32, range: Range, leaf: u64) -> Result<Vec<u64>, WorkError> {
    let leaves = range.leaves(leaf).into_iter();
    concat(join_all(leaves.map(|leaf| scan(target, leaf))).await)
}

fn concat(parts: Vec<Result<Vec<u64>, WorkError>>) -> Result<Vec<u64>, WorkError> {
    let mut all = Vec::new();
    for part in parts {
        all.extend(part?);
    }
    Ok(all)
}

/// Looks for all numbers with the hash of 100,007,394,059,441: (i ^ i >> 32), the low 32 bits
#[derive(Debug, Parser)]
struct Options {
    /// The first candidate
    #[arg(long, value_name = "N", default_value = "100000000000000", value_parser = clap::value_parser!(u64).range(..=1_000_000_000_000_000_000))]
    start: u64,
    /// How many candidates there are, in billions; the literature has 100 to 1000
    #[arg(short = 'd', long, value_name = "D", default_value = "10", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    billions: u64,
    /// How many candidates there are
    #[arg(long, value_name = "N", conflicts_with = "billions", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000_000_000_000))]
    count: Option<u64>,
    /// How many one activity scans at most
    #[arg(long, value_name = "N", default_value = "1000000000", value_parser = clap::value_parser!(u64).range(1..))]
    leaf: u64,
    /// One orchestration asks for all activities
    #[arg(long)]
    flat: bool,
    #[command(flatten)]
    crash: Crash,
}

impl Options {
    fn range(&self) -> Range {
        Range {
            start: self.start,
            count: self.count.unwrap_or(self.billions * 1_000_000_000),
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let range = options.range();
    ensure!(
        range.count / options.leaf <= 10_000,
        "more than 10,000 activities: take a larger --leaf"
    );
    let leaves = range.leaves(options.leaf).len() as u64;
    let work = async |store: &Path, progress: &Arc<Progress>| {
        let done = runs::count(&runs::beside(store))?;
        progress.set(done.activities, leaves);
        find(&options, store, progress.clone()).await
    };
    let progress = Progress::new("scanning", "leaves");
    let Some(done) = options.crash.run(progress, work).await? else {
        return Ok(());
    };
    let expected = collisions(hash(NEEDLE), range);
    ensure!(
        done.result == expected,
        "found {:?} and not {expected:?}",
        done.result
    );
    let found: Vec<String> = expected.into_iter().map(grouped).collect();
    println!("found all {} collisions: {}", found.len(), found.join(", "));
    let runs = runs::count(&runs::beside(&done.store))?;
    if done.killed > 0 {
        println!(
            "killed {} times; {} activities ran, {} of them more than once",
            done.killed, runs.activities, runs.repeated
        );
    } else {
        println!("{}", rate(range.count, leaves, done.took));
    }
    ensure!(runs.activities == leaves, "an activity for each leaf");
    Ok(())
}

async fn find(options: &Options, store: &Path, progress: Arc<Progress>) -> Result<Vec<u64>> {
    let runs = Arc::new(RunLog::open(&runs::beside(store))?);
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let engine = Engine::builder()
        .state(Work { progress, runs })
        // They compute: more at a time would only wait for each other.
        .activities_max(cores)
        .open(store)
        .await?;
    let (target, range, leaf) = (hash(NEEDLE), options.range(), options.leaf);
    let found = match options.flat {
        true => {
            engine
                .start("search", search_flat(target, range, leaf))
                .await?
        }
        false => engine.start("search", search(target, range, leaf)).await?,
    };
    let found = found.result().await??;
    engine.shutdown().await?;
    Ok(found)
}

/// The same without a search: for every upper half there is one lower half with this hash.
fn collisions(target: i32, range: Range) -> Vec<u64> {
    let end = range.start + range.count;
    let halves = range.start >> 32..=(end - 1) >> 32;
    let numbers = halves.map(|half| (half << 32) | u64::from(target as u32 ^ half as u32));
    numbers
        .filter(|number| (range.start..end).contains(number))
        .collect()
}

fn rate(candidates: u64, leaves: u64, took: Duration) -> String {
    let secs = took.as_secs_f64();
    format!(
        "{} candidates in {leaves} activities, {secs:.2} s: {:.2} billion hashes/s",
        grouped(candidates),
        candidates as f64 / secs / 1e9
    )
}
