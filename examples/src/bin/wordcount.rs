//! WordCount of the Durable Functions literature: mappers signal reducers each word, entities all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use undying::prelude::*;
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What words are split at, besides white space.
const SEPARATORS: &[char] = &[
    '<', '>', '=', '"', '\'', '/', '\\', '(', ')', '{', '}', '[', ']', ',', '.', ':', ';', '!', '?',
];

/// The words of a text, in the order of their places.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c.is_whitespace() || SEPARATORS.contains(&c));
    words.filter(|word| !word.is_empty())
}

/// The reducer of a word: the same in every process.
fn reducer_of(word: &str, reducers: u64) -> u64 {
    // FNV-1a
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash % reducers
}

/// Splits one text.
#[entity(key = u64)]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Mapper {
    words: u64,
}

#[entity]
impl Mapper {
    pub fn map(&mut self, cx: &mut EntityContext, text: String, words_max: u64, reducers: u64) {
        for word in words(&text).take(words_max as usize) {
            let reducer = Reducer::at(reducer_of(word, reducers));
            cx.signal(reducer.inc(word.to_owned()));
            self.words += 1;
        }
        for reducer in 0..reducers {
            cx.signal(Reducer::at(reducer).mapper_end());
        }
    }
}

/// Counts its share of the words.
#[entity(key = u64)]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Reducer {
    counts: BTreeMap<String, u64>,
    words: u64,
    mappers_left: u64,
}

#[entity]
impl Reducer {
    pub fn init(&mut self, mappers: u64) {
        *self = Reducer {
            mappers_left: mappers,
            ..Reducer::default()
        };
    }

    pub fn inc(&mut self, word: String) {
        *self.counts.entry(word).or_default() += 1;
        self.words += 1;
    }

    pub fn mapper_end(&mut self, cx: &mut EntityContext) {
        self.mappers_left -= 1;
        if self.mappers_left == 0 {
            let counts = self.counts.iter().map(|(word, n)| (word.clone(), *n));
            let report = Summary::at("all").report(self.words, top_20(counts));
            cx.signal(report);
        }
    }
}

/// What the reducers report.
#[entity]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Summary {
    words: u64,
    top: Vec<(String, u64)>,
    reducers_left: u64,
    began: Option<SystemTime>,
    ended: Option<SystemTime>,
}

#[entity]
impl Summary {
    pub fn init(&mut self, cx: &mut EntityContext, reducers: u64) {
        *self = Summary {
            reducers_left: reducers,
            began: Some(cx.now()),
            ..Summary::default()
        };
    }

    pub fn report(&mut self, cx: &mut EntityContext, words: u64, top: Vec<(String, u64)>) {
        self.words += words;
        self.top = top_20(self.top.drain(..).chain(top));
        self.reducers_left -= 1;
        if self.reducers_left == 0 {
            self.ended = Some(cx.now());
        }
    }

    pub fn has_ended(&self) -> bool {
        self.ended.is_some()
    }
}

/// The most frequent words; of equally frequent ones the first by the alphabet.
fn top_20(counts: impl Iterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut top: Vec<_> = counts.collect();
    top.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
    top.truncate(20);
    top
}

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
enum WorkError {
    #[error("cannot read {0}")]
    Unreadable(String),
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

/// The beginning of a file.
#[activity]
async fn read(file: PathBuf, words_max: u64) -> Result<String, WorkError> {
    text(&file, words_max).map_err(|error| WorkError::Unreadable(format!("{error:#}")))
}

/// Inits all, and signals each mapper one text. It is an orchestration, so that a kill in between
/// signals no mapper twice.
#[orchestration]
async fn count_words(
    files: Vec<PathBuf>,
    mappers: u64,
    reducers: u64,
    words_max: u64,
) -> Result<(), WorkError> {
    let init = (0..reducers).map(|reducer| Reducer::at(reducer).init(mappers));
    join_all(init).await;
    Summary::at("all").init(reducers).await;
    for mapper in 0..mappers {
        let file = files[mapper as usize % files.len()].clone();
        let text = read(file, words_max).await?;
        let map = Mapper::at(mapper).map(text, words_max, reducers);
        map.signal().await;
    }
    while !Summary::at("all").has_ended().await {
        sleep(millis(10)).await;
    }
    Ok(())
}

/// Counts the words of text files by entities, and checks them against a plain loop
#[derive(Debug, Parser)]
struct Options {
    /// Text files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How many mappers there are; each has one file, in turn [default: one for each file]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    mappers: Option<u64>,
    /// How many reducers there are
    #[arg(long, value_name = "N", default_value = "10", value_parser = clap::value_parser!(u64).range(1..=1_000))]
    reducers: u64,
    /// How many words a mapper takes of its file at most
    #[arg(long, value_name = "N", default_value = "5000", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    words: u64,
    #[command(flatten)]
    crash: Crash,
}

impl Options {
    fn mappers(&self) -> u64 {
        self.mappers.unwrap_or(self.files.len() as u64)
    }
}

/// What the entities found.
struct Found {
    counts: BTreeMap<String, u64>,
    summary: Summary,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let expected = plain_loop(&options)?;
    let total: u64 = expected.values().sum();
    let work = async |store: &Path, progress: &Arc<Progress>| {
        progress.set(0, total);
        let engine = Engine::open(store).await?;
        let found = count(&options, &engine, total, progress).await?;
        engine.shutdown().await?;
        Ok(found)
    };
    let progress = Progress::new("counting", "words");
    let Some(done) = options.crash.run(progress, work).await? else {
        return Ok(());
    };
    let Found { counts, summary } = done.result;
    ensure!(
        counts == expected,
        "the reducers counted otherwise than a plain loop"
    );
    ensure!(
        summary.words == total,
        "{} words are reported, there are {total}",
        summary.words
    );
    ensure!(
        summary.top == top_20(expected.into_iter()),
        "{:?}",
        summary.top
    );
    let top: Vec<String> = summary
        .top
        .iter()
        .take(5)
        .map(|(word, n)| format!("{word} {n}"))
        .collect();
    println!(
        "{} words, {} different ones, as a plain loop counts them; {}",
        grouped(total),
        grouped(counts.len() as u64),
        top.join(", ")
    );
    if done.killed > 0 {
        println!("killed {} times", done.killed);
    } else {
        let (began, ended) = summary.began.zip(summary.ended).context("it has ended")?;
        println!("{}", rate(&options, total, ended.duration_since(began)?));
    }
    Ok(())
}

async fn count(
    options: &Options,
    engine: &Engine,
    total: u64,
    progress: &Progress,
) -> Result<Found> {
    let files = options.files.iter().map(std::path::absolute);
    let files = files.collect::<std::io::Result<Vec<_>>>()?;
    let (mappers, reducers) = (options.mappers(), options.reducers);
    let call = count_words(files, mappers, reducers, options.words);
    let handle = engine.start("count", call).await?;
    let result = handle.result();
    let mut result = std::pin::pin!(result);
    loop {
        tokio::select! {
            result = &mut result => break result??,
            () = tokio::time::sleep(Duration::from_millis(20)) => {
                let mut words = 0;
                for reducer in 0..reducers {
                    let state = engine.state::<Reducer>(reducer).await?;
                    words += state.map_or(0, |reducer| reducer.words);
                }
                progress.set(words, total);
            }
        }
    }
    let mut counts = BTreeMap::new();
    for reducer in 0..reducers {
        let state = engine.state::<Reducer>(reducer).await?;
        counts.extend(state.context("a reducer")?.counts);
    }
    let summary = engine.state::<Summary>("all").await?.context("a summary")?;
    Ok(Found { counts, summary })
}

/// The same count without entities.
fn plain_loop(options: &Options) -> Result<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    for mapper in 0..options.mappers() {
        let file = &options.files[mapper as usize % options.files.len()];
        for word in words(&text(file, options.words)?) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    Ok(counts)
}

/// The beginning of a file, up to so many words.
fn text(file: &Path, words_max: u64) -> Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let text = String::from_utf8_lossy(&bytes);
    let last = words(&text).take(words_max as usize).last();
    let end = last.map_or(0, |last| {
        last.as_ptr() as usize + last.len() - text.as_ptr() as usize
    });
    Ok(text[..end].to_owned())
}

fn rate(options: &Options, words: u64, took: Duration) -> String {
    let secs = took.max(Duration::from_millis(1)).as_secs_f64();
    format!(
        "{} x {} mappers and reducers, {:.0} ms from the init to the last report: {} words/s",
        options.mappers(),
        options.reducers,
        secs * 1e3,
        grouped((words as f64 / secs) as u64)
    )
}
