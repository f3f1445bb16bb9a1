//! Word count: a source sends words to counters, and they their records to one that gathers them.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use undying::prelude::*;

/// How many words a source sends in one event.
const SENT_AT_ONCE: u64 = 50;

/// What a source is created with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SourceInit {
    /// How many words it sends.
    pub words: u64,
    /// How many different ones there may be.
    pub vocabulary: u64,
    /// How many machines count them.
    pub counters: u64,
    /// Chooses the words.
    pub seed: u64,
}

/// The word at one place in the text of a source.
#[must_use]
pub fn word(init: &SourceInit, place: u64) -> String {
    let mut random = StdRng::seed_from_u64(init.seed ^ (place << 20));
    // Some words are much more frequent than others.
    let below = random.random_range(1..=init.vocabulary);
    let number = random.random_range(0..below);
    format!("word{number}")
}

/// Which of the counters counts a word.
#[must_use]
pub fn counter_of(init: &SourceInit, word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish() % init.counters
}

/// A word, with its place as a time stamp.
#[derive(Debug, Serialize, Deserialize)]
pub struct Word {
    word: String,
    stamp: u64,
}

/// There are no more words.
#[derive(Debug, Serialize, Deserialize)]
pub struct NoMore {
    to: RsmRef<Source>,
}

/// A counter has counted so many words.
#[derive(Debug, Serialize, Deserialize)]
pub struct Counted(u64);

/// Asks a source how many words were counted, when all are.
#[derive(Debug, Serialize, Deserialize)]
pub struct HowMany;
impl Question for HowMany {
    type Answer = u64;
}

/// Creates the counters and sends words while nothing else is to be done.
#[rsm]
#[derive(Debug)]
pub struct Source {
    init: SourceInit,
    /// The machines that count.
    pub counters: Vec<RsmRef<Counter>>,
    /// How many words it has sent.
    pub sent: u64,
    counted: u64,
    waits_for: u64,
}

#[rsm]
impl Source {
    chart! {
        /// Where a source is.
        pub enum SourceState;
        /// It sends the next words whenever no event waits.
        start Sending {
            HowMany => defer,
            default => send,
        }
        /// It waits for the counters.
        Waiting {
            entry   => ask_counters,
            Counted => counted,
            HowMany => defer,
        }
        /// All words are counted.
        Over {
            HowMany => answer,
        }
    }

    fn new(init: SourceInit, cx: &mut Cx<Self>) -> Self {
        let gather = Gather::at("all");
        cx.create_at(&gather, ());
        let counters = (0..init.counters).map(|_| cx.create::<Counter>(gather.clone()));
        Source {
            counters: counters.collect(),
            sent: 0,
            counted: 0,
            waits_for: init.counters,
            init,
        }
    }

    fn send(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        let until = self.init.words.min(self.sent + SENT_AT_ONCE);
        for stamp in self.sent..until {
            let word = word(&self.init, stamp);
            let counter = counter_of(&self.init, &word) as usize;
            cx.send(&self.counters[counter], Word { word, stamp });
        }
        self.sent = until;
        match self.sent == self.init.words {
            true => Next::goto(SourceState::Waiting),
            false => Next::stay(),
        }
    }

    fn ask_counters(&mut self, cx: &mut Cx<Self>) {
        for counter in &self.counters {
            let to = cx.me();
            cx.send(counter, NoMore { to });
        }
    }

    fn counted(&mut self, counted: Counted) -> Next<Self> {
        self.counted += counted.0;
        self.waits_for -= 1;
        match self.waits_for {
            0 => Next::goto(SourceState::Over),
            _ => Next::stay(),
        }
    }

    fn answer(&mut self, asked: Asked<HowMany>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.counted);
    }
}

/// Counts some of the words, and tells of each new record.
#[rsm]
#[derive(Debug)]
pub struct Counter {
    gather: RsmRef<Gather>,
    /// How often each word has come.
    pub frequencies: BTreeMap<String, u64>,
    /// The highest of them.
    pub highest: u64,
    latest_stamp: u64,
}

#[rsm]
impl Counter {
    chart! {
        /// Where a counter is.
        pub enum CounterState;
        /// It counts.
        start Counting {
            Word   => count,
            NoMore => end,
        }
    }

    fn new(gather: RsmRef<Gather>) -> Self {
        Counter {
            gather,
            frequencies: BTreeMap::new(),
            highest: 0,
            latest_stamp: 0,
        }
    }

    fn count(&mut self, event: Word, cx: &mut Cx<Self>) {
        let Word { word, stamp } = event;
        self.latest_stamp = stamp;
        let frequency = self.frequencies.entry(word.clone()).or_default();
        *frequency += 1;
        if *frequency > self.highest {
            self.highest = *frequency;
            let record = Record {
                word,
                frequency: self.highest,
                stamp,
            };
            cx.send(&self.gather, record);
        }
    }

    fn end(&mut self, event: NoMore, cx: &mut Cx<Self>) {
        cx.send(&event.to, Counted(self.frequencies.values().sum()));
    }
}

/// A word has come more often than any other before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Which.
    pub word: String,
    /// How often.
    pub frequency: u64,
    /// When.
    pub stamp: u64,
}

/// Asks for the record of all counters.
#[derive(Debug, Serialize, Deserialize)]
pub struct Highest;
impl Question for Highest {
    type Answer = Option<Record>;
}

/// Keeps the record of all counters.
#[rsm]
#[derive(Debug)]
pub struct Gather {
    highest: Option<Record>,
}

#[rsm]
impl Gather {
    chart! {
        /// Where it is.
        pub enum GatherState;
        /// It gathers.
        start Gathering {
            Record  => gather,
            Highest => answer,
        }
    }

    fn new() -> Self {
        Gather { highest: None }
    }

    fn gather(&mut self, record: Record, cx: &mut Cx<Self>) {
        let highest = self.highest.as_ref().map(|highest| highest.frequency);
        if Some(record.frequency) > highest {
            self.highest = Some(record.clone());
            cx.monitor::<Rising, _>(|| record);
        }
    }

    fn answer(&mut self, asked: Asked<Highest>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.highest.clone());
    }
}

/// The frequency that is gathered rises by one each time: no word was counted twice or not at all on
/// its way up, and no record came twice.
#[monitor]
#[derive(Debug, Default)]
pub struct Rising {
    frequency: u64,
}

#[monitor]
impl Rising {
    chart! {
        /// How it is.
        pub enum RisingState;
        /// As it should be.
        start cold Good {
            Record => record,
        }
    }

    fn record(&mut self, record: Record, cx: &mut Cx<Self>) {
        let (before, now) = (self.frequency, record.frequency);
        let why = format!("{now} of `{}` came after {before}", record.word);
        cx.assert(now == before + 1, why);
        self.frequency = now;
    }
}

#[cfg(test)]
mod tests {
    use super::super::violation;
    use super::*;

    #[tokio::test]
    async fn a_word_that_was_counted_twice_is_noticed() {
        let event = Record {
            word: "twice".to_owned(),
            frequency: 2,
            stamp: 0,
        };
        let why = violation::<Rising, _>(event).await;
        assert!(why.contains("2 of `twice` came after 0"), "{why}");
    }
}
