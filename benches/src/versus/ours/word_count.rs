//! Word count: mappers signal reducers each word, and reducers a summary what they counted; all entities.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

/// How many words each mapper takes.
const WORDS: u64 = 5_000;
/// How many reducers there are.
const REDUCERS: u64 = 10;

#[entity(key = u64)]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Mapper {
    words: u64,
}

#[entity]
impl Mapper {
    pub fn map(&mut self, cx: &mut EntityContext, text: String) {
        for word in text.split(' ') {
            // The reducer of a word is the same in every mapper.
            let hash = word
                .bytes()
                .fold(7u64, |hash, byte| 31 * (hash % (1 << 50)) + u64::from(byte));
            cx.signal(Reducer::at(hash % REDUCERS).inc(word.to_owned()));
            self.words += 1;
        }
        for reducer in 0..REDUCERS {
            cx.signal(Reducer::at(reducer).mapper_end());
        }
    }
}

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
        self.mappers_left = mappers;
    }

    pub fn inc(&mut self, word: String) {
        *self.counts.entry(word).or_default() += 1;
        self.words += 1;
    }

    pub fn mapper_end(&mut self, cx: &mut EntityContext) {
        self.mappers_left -= 1;
        if self.mappers_left == 0 {
            let mut top: Vec<_> = self
                .counts
                .iter()
                .map(|(word, n)| (*n, word.clone()))
                .collect();
            top.sort_unstable_by(|a, b| b.cmp(a));
            top.truncate(20);
            cx.signal(Summary::at(0u64).report(self.words, top));
        }
    }
}

#[entity(key = u64)]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Summary {
    words: u64,
    top: Vec<(u64, String)>,
    reports: u64,
}

#[entity]
impl Summary {
    pub fn report(&mut self, cx: &mut EntityContext, words: u64, top: Vec<(u64, String)>) {
        self.words += words;
        self.top.extend(top);
        self.top.sort_unstable_by(|a, b| b.cmp(a));
        self.top.truncate(20);
        self.reports += 1;
        if self.reports == REDUCERS {
            cx.raise("all", "counted", self.words);
        }
    }
}

/// Ends with the last report.
#[orchestration]
async fn all() -> u64 {
    event::<u64>("counted").await
}

/// A text in which some words are frequent, and most are rare.
fn text(mapper: u64) -> String {
    let words = (0..WORDS).map(|n| {
        let mixed = (mapper * WORDS + n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        format!("word{}", mixed % (1 + mixed % 5_000))
    });
    words.collect::<Vec<_>>().join(" ")
}

/// So many mappers, each of which has one text.
pub(crate) async fn run(setting: &Setting, mappers: u64) -> Result<Vec<Row>> {
    let texts: Vec<_> = (0..mappers).map(text).collect();
    // All words may be under way when the last text comes.
    let work = mappers * (WORDS + REDUCERS);
    let builder = super::builder().work_max(work as usize);
    let subject = setting.open(builder).await?;
    let engine = &subject.engine;
    let summary = engine.start("all", all()).await?;
    let started = Instant::now();
    for reducer in 0..REDUCERS {
        engine.signal(Reducer::at(reducer).init(mappers)).await?;
    }
    for (mapper, text) in (0..).zip(texts) {
        engine.signal(Mapper::at(mapper).map(text)).await?;
    }
    let words = summary.result().await?;
    let took = started.elapsed();
    ensure!(
        words == mappers * WORDS,
        "{words} words of {}",
        mappers * WORDS
    );
    subject.close().await?;
    Ok(vec![setting.row("").rate(words, took)])
}
