//! Fairness and limits.

use undying::core::limits::Bounds;
use undying::core::{Answer, Command, Outcome};
use undying::durable::Refusal;
use undying::schema::Stored;
use undying::store::Caps;
use undying::store::memory::MemoryDisk;

use crate::bench::{Bench, start};
use crate::life::Question;
use crate::support::bodies::{Chain, Fan};

#[test]
fn a_shard_with_much_to_commit_runs_no_further_turn_but_still_receives() {
    let bounds = Bounds {
        epoch_bytes: 2_000,
        ..Bounds::default()
    };
    let mut bench = Bench::with(1, bounds);
    for n in 0..100 {
        bench.start::<Chain>(&format!("{n}"), 1, 0);
    }
    let shard = &bench.life().shards[0];
    assert!(shard.is_full() && !shard.has_work());
    for _ in 0..100 {
        bench.finish();
    }
    for n in 0..100 {
        assert_eq!(bench.value(&format!("{n}")), 1);
    }
}

#[test]
fn results_that_arrived_fill_an_epoch_as_turns_do() {
    let bounds = Bounds {
        epoch_bytes: 30_000,
        ..Bounds::default()
    };
    let mut bench = Bench::with(1, bounds);
    bench.start::<Fan>("wide", 3_000, 0);
    bench.commit();
    assert_eq!(bench.started.len(), 3_000);
    for number in 0..2_900 {
        assert!(number > 9 || !bench.life().shards[0].is_full());
        let ten_bytes = Stored::write(&u64::MAX).unwrap();
        bench.end(Outcome::Done(ten_bytes));
    }
    assert!(bench.life().shards[0].is_full());
}

#[test]
fn a_turn_that_asks_for_more_than_a_batch_can_hold_parks_its_instance_alone() {
    let caps = Caps {
        max_batch_bytes: 40_000,
        max_value_bytes: 10_000_000,
        max_key_bytes: 1_000,
    };
    let mut bench = Bench::on(MemoryDisk::with_caps(caps), 1, Bounds::default());
    bench.start::<Fan>("wide", 9_000, 0);
    bench.start::<Chain>("one", 1, 0);
    bench.finish();
    let Some(Answer::Parked(Refusal::Stuck { why, .. })) = bench.result("wide") else {
        panic!("it is parked");
    };
    assert!(why.contains("bytes of arguments"), "{why}");
    assert_eq!(bench.value("one"), 1);
    assert!(bench.over.is_none());
}

#[test]
fn a_slice_of_running_ends_within_its_budget() {
    let mut bench = Bench::new();
    let now = bench.now;
    let life = bench.life();
    for n in 0..100 {
        let command = start::<Chain>(&format!("{n}"), 1, 0);
        life.ask(command, Question(1_000 + n));
    }
    while life.deliver(0, now).unwrap() {}
    let store = life.store.clone();
    let ran = life.shards[0].run(now, &store, 10).unwrap();
    assert_eq!(ran.turns, 10);
    assert!(life.shards[0].has_work());
}

#[test]
fn a_start_that_breaks_a_limit_is_refused_with_the_limit() {
    let mut bench = Bench::new();
    let long = bench.start::<Chain>(&"x".repeat(600), 1, 0);
    let Some(Answer::Invalid { why }) = bench.answer(long) else {
        panic!("it is refused");
    };
    assert!(why.contains("512"), "{why}");
    let question = bench.ask(Command::Start {
        id: "one".to_owned(),
        name: "nothing".to_owned(),
        args: undying::schema::Stored::write(&()).unwrap(),
        tags: undying::core::Tags::new(),
        replaces: None,
    });
    let Some(Answer::Invalid { why }) = bench.answer(question) else {
        panic!("it is refused");
    };
    assert!(why.contains("`nothing`"), "{why}");
}
