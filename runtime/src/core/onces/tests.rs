//! Keys that are begun, answered, found again and swept.

use std::borrow::Cow;
use std::sync::Arc;

use super::*;
use crate::core::limits::SWEEP_ROWS;
use crate::core::once::Ask;
use crate::schema::Stored;
use crate::store::keys::{self, Tag};
use crate::store::memory::MemoryDisk;
use crate::store::{OpenStore, Store};

const KEEP_MS: u64 = 1_000;

struct Bench {
    onces: Onces,
    store: Arc<dyn Store>,
    epoch: u64,
}

impl Bench {
    fn new(partitions: u16) -> Self {
        let store = MemoryDisk::new().open().unwrap();
        let onces = open(partitions, &store);
        let epoch = 1;
        Bench {
            onces,
            store,
            epoch,
        }
    }

    fn begin(&mut self, key: &str, now: u64) {
        let ask = Ask::Raise {
            id: "order-17".into(),
            name: "paid".into(),
            value: Cow::Owned(Stored::write(&7u8).unwrap()),
            early: false,
            waits: false,
        };
        let row = OnceRow::asked(&ask, Timestamp(now));
        self.onces.begin(key, Box::new(row), self.epoch);
    }

    fn answer(&mut self, key: &str, now: u64) {
        let rows = &self.store;
        if self.onces.recall(key, self.epoch, rows).unwrap() {
            self.onces
                .answered(key, Told::Done, Timestamp(now), self.epoch);
        }
    }

    /// One epoch is sealed and becomes durable.
    fn commit(&mut self) {
        let mut batch = Batch::new();
        self.onces.seal(&mut batch);
        self.store.commit(batch).unwrap();
        self.onces.durable();
        self.epoch += 1;
    }

    fn is_known(&mut self, key: &str, now: u64) -> bool {
        let found = self.onces.find(key, Timestamp(now), &self.store);
        found.unwrap().is_some()
    }

    /// Sweeps in commits, as often as there is something to sweep.
    fn sweep(&mut self, now: u64) {
        loop {
            self.onces.sweep(Timestamp(now), &self.store).unwrap();
            let more = self.onces.are_swept();
            self.commit();
            if !more {
                break;
            }
        }
    }

    fn rows(&self) -> usize {
        let (from, to) = keys::tag_range(Tag::Req);
        self.store.scan(&from, &to, 10_000).unwrap().len()
    }
}

fn open(partitions: u16, store: &Arc<dyn Store>) -> Onces {
    Onces::open(
        Partitions::new(partitions, 1),
        0..partitions,
        KEEP_MS,
        store,
    )
    .unwrap()
}

#[test]
fn an_answer_is_found_in_its_row_for_as_long_as_it_is_kept() {
    for answered in [KEEP_MS, KEEP_MS + 500, 2 * KEEP_MS - 1] {
        let mut bench = Bench::new(2);
        bench.begin("key", 5);
        bench.commit();
        bench.answer("key", answered);
        bench.commit();
        bench.commit();
        assert!(
            bench.onces.changed_entry("key").is_none(),
            "it is read from the store"
        );
        assert!(bench.is_known("key", answered + KEEP_MS - 1));
        assert!(!bench.is_known("key", answered + KEEP_MS));
    }
}

#[test]
fn an_answer_from_before_a_restart_is_found_and_other_keys_are_free() {
    let mut bench = Bench::new(2);
    for key in ["one", "another"] {
        bench.begin(key, 5);
        bench.answer(key, 6);
    }
    bench.commit();
    bench.onces = open(2, &bench.store);
    assert!(bench.is_known("one", 7) && bench.is_known("another", 7));
    assert!(!bench.is_known("new", 7));
}

#[test]
fn a_key_that_is_answered_twice_in_an_epoch_has_one_row_with_the_last_answer() {
    let mut bench = Bench::new(2);
    // Answers are kept for so short a time that the key is free again.
    let later = 3 * KEEP_MS;
    for now in [5, later] {
        assert!(!bench.is_known("key", now));
        bench.begin("key", now);
        bench.answer("key", now);
    }
    bench.commit();
    assert_eq!(bench.rows(), 2, "each in its era");
    bench.begin("another", later);
    bench.answer("another", later);
    bench.begin("another", later);
    bench.answer("another", later + 1);
    bench.commit();
    assert_eq!(bench.rows(), 3);
    bench.onces = open(2, &bench.store);
    let found = bench.onces.find("another", Timestamp(later), &bench.store);
    assert_eq!(found.unwrap().unwrap().row.at, Timestamp(later + 1));
}

#[test]
fn when_all_is_sealed_there_is_nothing_to_write() {
    let mut bench = Bench::new(2);
    assert!(!bench.onces.are_dirty());
    bench.begin("key", 5);
    assert!(bench.onces.are_dirty());
    bench.commit();
    assert!(!bench.onces.are_dirty());
}

#[test]
fn a_request_under_way_is_counted_until_it_is_answered() {
    let mut bench = Bench::new(2);
    for key in ["one", "another"] {
        bench.begin(key, 5);
    }
    bench.commit();
    assert_eq!(bench.onces.rows.under_way(), 2);
    assert_eq!(open(2, &bench.store).rows.under_way(), 2);
    bench.answer("one", 6);
    bench.commit();
    assert_eq!(bench.onces.rows.under_way(), 1);
}

#[test]
#[cfg_attr(miri, ignore = "thousands of rows")]
fn an_era_that_is_over_is_swept_from_all_partitions_page_by_page() {
    let mut bench = Bench::new(3);
    let all = 4 * SWEEP_ROWS;
    for n in 0..all {
        let key = format!("key-{n}");
        bench.begin(&key, 5);
        bench.answer(&key, 6);
    }
    bench.commit();
    bench.begin("later", 2 * KEEP_MS);
    bench.answer("later", 2 * KEEP_MS);
    bench.commit();
    bench.sweep(2 * KEEP_MS - 1);
    assert_eq!(bench.rows(), all + 1, "it is not over");
    let bytes = bench.onces.sweep(Timestamp(2 * KEEP_MS), &bench.store);
    assert!(bytes.unwrap() > SWEEP_ROWS * "key-1".len());
    assert!(bench.onces.are_swept());
    bench.commit();
    assert_eq!(bench.rows(), all + 1 - SWEEP_ROWS);
    bench.sweep(2 * KEEP_MS);
    assert_eq!(bench.rows(), 1);
    assert_eq!(bench.onces.rows.eras(), 1);
}

#[test]
fn a_shard_sweeps_no_partition_of_another() {
    let mut bench = Bench::new(2);
    let keys = ["a", "b", "c", "d", "e", "f"];
    for key in keys {
        bench.begin(key, 5);
        bench.answer(key, 6);
    }
    bench.commit();
    let partitions = Partitions::new(2, 2);
    let of_another = keys.iter().filter(|key| partitions.of_id(key) == 1);
    let of_another = of_another.count();
    assert!(0 < of_another && of_another < keys.len());
    bench.onces = Onces::open(partitions, 0..1, KEEP_MS, &bench.store).unwrap();
    bench.sweep(9 * KEEP_MS);
    assert_eq!(bench.rows(), of_another);
}

#[test]
fn nothing_is_swept_while_what_was_sealed_is_not_durable() {
    let mut bench = Bench::new(1);
    bench.begin("key", 5);
    bench.answer("key", 6);
    let mut batch = Batch::new();
    bench.onces.seal(&mut batch);
    assert_eq!(
        bench.onces.sweep(Timestamp(9_999), &bench.store).unwrap(),
        0
    );
    assert_eq!(bench.onces.rows.eras(), 1);
    assert!(!bench.onces.are_swept());
}
