//! Word count with state machines: words go to counters by their hash, records to one that gathers
//! them; no kill makes a word count twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use undying::Engine;
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;
use undying_examples::rsm::wordcount::{
    Gather, Highest, HowMany, Source, SourceInit, counter_of, word,
};
use undying_examples::rsm::{at_rest, lines};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Lets state machines count random words, and compares what they count with a plain loop
#[derive(Debug, Parser)]
struct Options {
    /// How many words there are
    #[arg(long, value_name = "N", default_value = "20000", value_parser = clap::value_parser!(u64).range(1..))]
    words: u64,
    /// How many different ones at most
    #[arg(long, value_name = "N", default_value = "200", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    vocabulary: u64,
    /// How many machines count them
    #[arg(long, value_name = "N", default_value = "8", value_parser = clap::value_parser!(u64).range(1..=1_000))]
    counters: u64,
    /// Chooses the words
    #[arg(long, value_name = "N", default_value = "1")]
    text: u64,
    #[command(flatten)]
    crash: Crash,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let init = SourceInit {
        words: options.words,
        vocabulary: options.vocabulary,
        counters: options.counters,
        seed: options.text,
    };
    let work = async |engine: &Engine, progress: &Arc<Progress>| {
        let took = count(&init, engine, progress).await?;
        let highest = compare(&init, engine).await?;
        let reports = at_rest(engine).await?;
        Ok((took, highest, reports))
    };
    let progress = Progress::new("counting", "words");
    let Some(done) = options.crash.run_on_engine(progress, work).await? else {
        return Ok(());
    };
    let (took, highest, reports) = done.result;
    println!(
        "{} words, each counted once; the most frequent came {} times; killed {} times",
        grouped(options.words),
        grouped(highest),
        done.killed
    );
    if done.killed == 0 {
        let rate = options.words as f64 / took.as_secs_f64();
        println!("{} words/s", grouped(rate as u64));
    }
    println!("{}", lines(&reports));
    Ok(())
}

/// Waits until all words are counted.
async fn count(init: &SourceInit, engine: &Engine, progress: &Progress) -> Result<Duration> {
    let (source, started) = (Source::at("text"), Instant::now());
    engine.create(&source, init.clone()).await?;
    let mut counted = std::pin::pin!(async { engine.ask(&source, &HowMany).await });
    loop {
        tokio::select! {
            counted = &mut counted => {
                let counted = counted?;
                ensure!(counted == init.words, "{counted} words were counted");
                return Ok(started.elapsed());
            }
            () = tokio::time::sleep(Duration::from_millis(5)) => {
                let sent = engine.fields(&source).await?.map(|source| source.sent);
                progress.set(sent.unwrap_or_default(), init.words);
            }
        }
    }
}

/// Compares what the machines have with a plain loop; gives the highest frequency.
async fn compare(init: &SourceInit, engine: &Engine) -> Result<u64> {
    let mut expected: BTreeMap<u64, BTreeMap<String, u64>> = BTreeMap::new();
    for place in 0..init.words {
        let word = word(init, place);
        let counter = expected.entry(counter_of(init, &word)).or_default();
        *counter.entry(word).or_default() += 1;
    }
    let mut most = 0;
    let source = engine.fields(&Source::at("text")).await?;
    for (number, counter) in (0..).zip(source.context("a source")?.counters) {
        let counter = engine.fields(&counter).await?.context("a counter")?;
        let expected = expected.remove(&number).unwrap_or_default();
        ensure!(counter.frequencies == expected, "counter {number}");
        let highest = expected.values().max().copied().unwrap_or_default();
        ensure!(counter.highest == highest, "the record of counter {number}");
        most = most.max(highest);
    }
    let record = engine.ask(&Gather::at("all"), &Highest).await?;
    let record = record.context("there is a record")?;
    ensure!(
        record.frequency == most,
        "{record:?}, and the most frequent came {most} times"
    );
    Ok(most)
}
