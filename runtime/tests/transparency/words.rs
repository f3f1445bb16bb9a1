//! Word count: a splitter, counters that it creates, and a sum that an orchestration asks for.

use std::collections::BTreeMap;

use undying::__private::Arg;
use undying::core::{Outcome, StartAttempt};
use undying::durable::Entry;
use undying::prelude::*;
use undying::schema::Stored;

use crate::hooked::{Items, hooked, may_fail};
use crate::transparent;
use crate::world::{Case, create, send, start};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Text(String);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Word(String);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndOfText;
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report(BTreeMap<String, u64>);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Total;
impl Question for Total {
    type Answer = BTreeMap<String, u64>;
}

const COUNTERS: usize = 3;

#[rsm]
pub struct Splitter {
    counters: Vec<RsmRef<Counter>>,
    words: BTreeMap<String, u64>,
    reports: usize,
    #[volatile]
    seen: u64,
}

#[rsm]
impl Splitter {
    chart! {
        pub enum SplitterState;
        start Reading {
            entry     => begin,
            Text      => text,
            EndOfText => end,
            Total     => defer,
        }
        Summing {
            Report    => report,
            Total     => defer,
        }
        Summed {
            Total     => total,
        }
    }
    fn new() -> Self {
        Splitter {
            counters: vec![],
            words: BTreeMap::new(),
            reports: 0,
            seen: 0,
        }
    }
    fn begin(&mut self, cx: &mut Cx<Self>) {
        for _ in 0..COUNTERS {
            self.counters.push(cx.create::<Counter>(cx.me()));
            may_fail();
        }
    }
    fn text(&mut self, text: Text, cx: &mut Cx<Self>) {
        for word in text.0.split(' ') {
            self.seen += 1;
            let counter = word.len() % COUNTERS;
            cx.send(&self.counters[counter], Word(word.to_owned()));
        }
    }
    fn end(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        for counter in &self.counters {
            cx.send(counter, EndOfText);
        }
        Next::goto(SplitterState::Summing)
    }
    fn report(&mut self, report: Report) -> Next<Self> {
        self.words.extend(report.0);
        self.reports += 1;
        match self.reports {
            COUNTERS => Next::goto(SplitterState::Summed),
            _ => Next::stay(),
        }
    }
    fn total(&mut self, asked: Asked<Total>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.words.clone());
    }
}

#[rsm]
pub struct Counter {
    parent: RsmRef<Splitter>,
    words: BTreeMap<String, u64>,
}

#[rsm]
impl Counter {
    chart! {
        pub enum CounterState;
        start Counting {
            Word      => word,
            EndOfText => end,
        }
    }
    fn new(parent: RsmRef<Splitter>) -> Self {
        Counter {
            parent,
            words: BTreeMap::new(),
        }
    }
    fn word(&mut self, word: Word) {
        *self.words.entry(word.0).or_default() += 1;
        may_fail();
    }
    fn end(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        cx.send(&self.parent, Report(std::mem::take(&mut self.words)));
        Next::halt()
    }
}

#[orchestration]
async fn sum(splitter: RsmRef<Splitter>) -> Result<BTreeMap<String, u64>, Failure> {
    splitter.ask(Total).await
}

fn no_activities(_: &StartAttempt) -> Outcome {
    Outcome::Done(Stored::write(&()).unwrap())
}

#[test]
fn every_word_is_counted_once() {
    let splitter = Splitter::at("it");
    let texts = ["the cat and the dog", "a dog is a dog", "and so on and on"];
    let mut script = vec![create(&splitter, ())];
    script.extend(texts.map(|text| send(&splitter, &Text(text.to_owned()))));
    script.push(send(&splitter, &EndOfText));
    let case = Case {
        items: Items::new([
            hooked::<Splitter>(),
            hooked::<Counter>(),
            Entry::orchestration::<SumCall>(file!(), line!()),
        ]),
        clients: vec![
            script,
            vec![start::<SumCall>("sum", (Arg(splitter.clone()),))],
        ],
        attempt: no_activities,
        takes_ms: 0,
        is_late: false,
        view: |world| {
            let told = world.result::<Result<BTreeMap<String, u64>, Failure>>("sum");
            let told = told.unwrap();
            assert_eq!((told["dog"], told["and"], told["on"]), (3, 3, 2));
            assert_eq!(told.values().sum::<u64>(), 15);
            let splitter = world.fields(&Splitter::at("it")).unwrap();
            assert_eq!(splitter.words, told);
            assert_eq!(splitter.seen, 0, "what is volatile is not stored");
            world.ids()
        },
        until_ms: 300_000,
    };
    transparent("word count", &case);
}
