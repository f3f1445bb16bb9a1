//! Hashes every file of a folder in one orchestration that no kill can stop.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use undying::prelude::*;
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::filehash::check::check;
use undying_examples::filehash::digest::{Hashed, hash_file};
use undying_examples::filehash::digests::{self, Line};
use undying_examples::filehash::folder::WorkFolder;
use undying_examples::filehash::listing::{self, At, Listing};
use undying_examples::filehash::summary::Sums;
use undying_examples::progress::Progress;
use undying_examples::runs::{self, RunLog};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What the activities work with; given to the engine once, never saved.
#[derive(Debug, Clone)]
struct Work {
    folder: Arc<WorkFolder>,
    runs: Arc<RunLog>,
    progress: Arc<Progress>,
}

/// An error of the file system that is not about one of the files to hash.
#[derive(Debug, Clone, thiserror::Error, Serialize, Deserialize)]
enum WorkError {
    #[error("{0}")]
    Io(String),
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

impl From<std::io::Error> for WorkError {
    fn from(error: std::io::Error) -> Self {
        WorkError::Io(error.to_string())
    }
}

/// The list of files, and where the digests file goes on behind what could not be listed.
type Listed = (Listing, u64);

/// Lists the files, once: what is added to the tree later is not part of this run.
#[activity]
async fn list(State(work): State<Work>) -> Result<Listed, WorkError> {
    work.runs.note("list", "")?;
    let folder = &work.folder;
    let (listing, unlisted) = listing::write(&folder.tree, &folder.path, &folder.list())?;
    let problem = |item: listing::Unlisted| Line {
        path: item.path,
        result: Err(item.why),
    };
    let problems: Vec<Line> = unlisted.into_iter().map(problem).collect();
    Ok((listing, digests::write(&folder.digests(), 0, &problems)?))
}

/// The next files, and the place behind them.
#[activity]
async fn next_wave(
    listing: Listing,
    from: At,
    count: usize,
    State(work): State<Work>,
) -> Result<(Vec<String>, At), WorkError> {
    work.runs.note("next_wave", &from.file.to_string())?;
    work.progress.set(from.file, listing.files);
    Ok(listing::read(&work.folder.list(), from, count)?)
}

/// Hashes one file. One that cannot be read has its reason instead of a digest.
#[activity(concurrency = 16)]
async fn hash(path: String, State(work): State<Work>) -> Result<Line, WorkError> {
    work.runs.note("hash", &path)?;
    let file = work.folder.tree.join(&path);
    let hashing = tokio::task::spawn_blocking(move || hash_file(&file));
    let result: Result<Hashed, String> = match hashing.await {
        Ok(hashed) => hashed.map_err(|error| error.to_string()),
        Err(error) => return Err(WorkError::Io(error.to_string())),
    };
    work.progress.increment();
    Ok(Line { path, result })
}

/// Writes the digests of a wave at their place and gives the next place.
#[activity]
async fn record(at: u64, lines: Vec<Line>, State(work): State<Work>) -> Result<u64, WorkError> {
    work.runs.note("record", &at.to_string())?;
    Ok(digests::write(&work.folder.digests(), at, &lines)?)
}

/// What a run gives.
#[derive(Debug, Serialize, Deserialize)]
struct Summary {
    /// How many files were hashed at a time: what the run was begun with.
    wave: usize,
    sums: Sums,
}

/// The main job. What it keeps between waves is a place in the list and the sums.
#[orchestration]
async fn hash_folder(wave: usize) -> Result<Summary, WorkError> {
    let (listing, mut end) = list().await?;
    let mut from = At::default();
    let mut sums = Sums::default();
    while from.file < listing.files {
        let (paths, next) = next_wave(listing, from, wave).await?;
        let results = join_all(paths.into_iter().map(hash)).await;
        let lines = results
            .into_iter()
            .collect::<Result<Vec<Line>, WorkError>>()?;
        sums.add(&lines);
        end = record(end, lines).await?;
        from = next;
    }
    Ok(Summary { wave, sums })
}

/// Prints the SHA-256 sums of a folder's subfolders; killed and started again, it goes on.
#[derive(Debug, Parser)]
#[command(after_help = "The digests are left in the store folder, for `sha256sum -c`.")]
struct Options {
    /// The folder to hash
    folder: PathBuf,
    /// Where the run is kept [default: a folder in the system's temporary one, named after FOLDER]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Starts over, even if an unfinished run could be resumed
    #[arg(long)]
    fresh: bool,
    /// How many files are hashed at a time
    #[arg(long, value_name = "N", default_value = "64", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    wave: u32,
    #[command(flatten)]
    crash: Crash,
    /// Lines instead of a progress bar
    #[arg(long)]
    plain: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<()> {
    if let Some(store) = options.crash.worker() {
        let folder = WorkFolder::of_parent(&options.folder, store);
        // What the orchestration returns is stored; the parent asks for it.
        let _ = hash_all(&folder, options.wave, Progress::to_parent()).await?;
        return Ok(());
    }
    let folder = WorkFolder::open(&options.folder, options.store.as_deref(), options.fresh)?;
    let started = Instant::now();
    let progress = progress("hashing", options);
    if folder.is_begun() {
        progress.say("resuming the run that was begun; --fresh starts over");
    }
    let killed = options.crash.kill(&folder.path, &progress)?;
    let result = hash_all(&folder, options.wave, progress).await?;
    let reported = result.context("cannot go on").and_then(|summary| {
        print!("{}", summary.sums);
        println!("digests: {}", folder.digests().display());
        if options.crash.times > 0 {
            report(options, &folder, killed, summary.wave as u64)?;
        }
        Ok(())
    });
    folder
        .end()
        .context("cannot remove the run that has ended")?;
    reported?;
    println!("{:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// Runs the orchestration to its end, from where it is.
async fn hash_all(
    folder: &WorkFolder,
    wave: u32,
    progress: Progress,
) -> Result<Result<Summary, WorkError>> {
    let progress = Arc::new(progress);
    let work = Work {
        folder: Arc::new(folder.clone()),
        runs: Arc::new(RunLog::open(&folder.runs())?),
        progress: Arc::clone(&progress),
    };
    let (done, total) = folder.position()?;
    progress.set(done, total);
    let engine = Engine::builder().state(work).open(folder.engine()).await?;
    let handle = engine.start("filehash", hash_folder(wave as usize)).await?;
    let summary = handle.result().await?;
    engine.shutdown().await?;
    progress.finish();
    Ok(summary)
}

/// How far it is.
fn progress(what: &'static str, options: &Options) -> Progress {
    match options.plain {
        true => Progress::plain(what, "files"),
        false => Progress::new(what, "files"),
    }
}

/// Says what the kills cost, and checks every digest.
fn report(options: &Options, folder: &WorkFolder, killed: usize, wave: u64) -> Result<()> {
    let progress = progress("checking", options);
    let check = check(folder, &progress)?;
    progress.finish();
    for wrong in &check.wrong {
        eprintln!("{wrong}");
    }
    ensure!(
        check.wrong.is_empty(),
        "{} digests are wrong",
        check.wrong.len()
    );
    println!(
        "an independent pass agrees on {} digests; {} files changed meanwhile, {} are unreadable",
        grouped(check.agree),
        grouped(check.changed),
        grouped(check.unreadable),
    );
    let runs = runs::count(&folder.runs())?;
    let allowed = runs.processes.saturating_sub(1) * wave;
    println!(
        "killed {killed} times; {} activities ran in {} processes, {} of them more than once: \
         {} extra runs; {wave} in flight at each kill allow {}",
        grouped(runs.activities),
        runs.processes,
        grouped(runs.repeated),
        grouped(runs.extra),
        grouped(allowed),
    );
    ensure!(
        runs.extra <= allowed,
        "more activities were repeated than were in flight"
    );
    Ok(())
}
