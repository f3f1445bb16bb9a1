//! Replayed orchestrations in the kernel. T3 to T6 are the oracles that the theorems of the paper
//! give (Durable Functions, OOPSLA 2021); T1 and T2 are in `replay::twice`.

use undying::core::limits::Bounds;
use undying::core::{Command, Outcome, Status};
use undying::durable::Refusal;
use undying::schema::Stored;
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::bodies::PANICS;
use crate::support::entities::{Purse, Put, ask};
use crate::support::locks::{ExclusiveCall, FIRST, PURSES};
use crate::support::replayed::{
    ReplayedChainCall, ReplayedChatterCall, ReplayedHastyCall, ReplayedMixCall, ReplayedPayCall,
    ReplayedRoundsCall, ReplayedTellCall,
};
use crate::support::step_of;

fn purse(bench: &mut Bench, number: u64) -> Purse {
    let entity = format!("@purse@{number}");
    match bench.told(Command::State { entity }) {
        undying::core::Answer::State(Some(state)) => state.read().unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Runs all of `ids` to their ends, with a crash before the `nth` of all that happens. Says whether it
/// came to that.
fn run(bench: &mut Bench, ids: &[&str], nth: usize) -> bool {
    for happens in 0..10_000 {
        if happens == nth {
            bench.crash();
        }
        if happens % 2 == 0 {
            bench.now.0 += 3;
            bench.commit();
        } else if !bench.started.is_empty() {
            let right = step_of(&bench.started[0]);
            bench.end(Outcome::Done(right));
        } else if ids.iter().all(|id| bench.result(id).is_some()) {
            return happens > nth;
        }
    }
    panic!("it does not end");
}

#[test]
fn t3_the_same_turn_made_twice_commits_once() {
    let mut bench = Bench::new();
    bench.start::<ReplayedChainCall>("one", 3, 0);
    bench.commit();
    let first = bench.started.remove(0);
    let right = || Outcome::Done(step_of(&first));
    // One worker makes the turn, and its commit is lost.
    bench.tell(&first, right());
    bench.crash();
    bench.commit();
    let again = bench.started.remove(0);
    assert_eq!(
        (again.instance, again.operation),
        (first.instance, first.operation)
    );
    // Another makes it; the work item is delivered to it three times.
    bench.tell(&again, right());
    bench.tell(&again, right());
    bench.commit();
    bench.tell(&first, right());
    bench.commit();
    assert_eq!(bench.started.len(), 1, "the next call was made once");
    bench.finish();
    assert_eq!(bench.value("one"), 3);
}

#[test]
fn t4_a_crash_at_every_step_shows_in_nothing() {
    let mut crashes = 0;
    for nth in 0.. {
        let mut bench = Bench::new();
        bench.start::<ReplayedMixCall>("mix", 2, 5);
        bench.start::<ReplayedChatterCall>("chatter", 5, 0);
        bench.start::<ReplayedRoundsCall>("rounds", 0, 2);
        for n in 1..=2u64 {
            let (id, name) = ("rounds".to_owned(), "a".to_owned());
            let value = Stored::write(&n).unwrap();
            bench.told(Command::Raise {
                id,
                name,
                value,
                early: false,
                waits: false,
                key: None,
            });
        }
        let crashed = run(&mut bench, &["mix", "chatter", "rounds"], nth);
        assert_eq!(bench.value("mix"), 40, "crash at {nth}");
        assert_eq!(bench.value("chatter"), 5, "crash at {nth}");
        assert_eq!(bench.value("rounds"), 2, "crash at {nth}");
        if !crashed {
            break;
        }
        crashes += 1;
    }
    assert!(crashes > 60, "{crashes}");
}

#[test]
fn a_replayed_instance_is_in_the_critical_sections_of_its_helpers_whenever_the_process_dies() {
    let mut crashes = 0;
    for nth in 0.. {
        let mut bench = Bench::new();
        bench.start::<ExclusiveCall>("other", 1, 2);
        // The second gives up sections that it has entered or waits for.
        for (id, seed) in [("one", 3), ("two", 1)] {
            bench.start::<ReplayedHastyCall>(id, seed, 2);
        }
        bench.commit();
        let crashed = run(&mut bench, &["one", "two", "other"], nth);
        assert_eq!(bench.value("other"), 2, "it was alone; crash at {nth}");
        let [one, two] = ["one", "two"].map(|id| bench.value(id));
        assert!((200..=202).contains(&one), "{one}, crash at {nth}");
        assert!((200..=202).contains(&two), "{two}, crash at {nth}");
        for purse in 0..PURSES {
            let purse = bench.describe(&format!("@purse@{}", FIRST + purse));
            assert_eq!(purse.locked_by, None, "crash at {nth}");
        }
        if !crashed {
            break;
        }
        crashes += 1;
    }
    assert!(crashes > 10, "{crashes}");
}

#[test]
fn t5_an_entity_is_read_from_its_last_snapshot_when_its_caller_is_replayed() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, Bounds::default());
        bench.ask(ask::<Put>(0, 10, false));
        bench.commit();
        bench.start::<ReplayedPayCall>("pay", 7, 4);
        for _ in 0..8 {
            bench.commit();
            bench.crash();
        }
        bench.finish();
        assert_eq!(bench.value("pay"), 4);
        let (from, to) = (purse(&mut bench, 0), purse(&mut bench, 7));
        assert_eq!((from.coins, from.log), (6, vec![10]));
        assert_eq!((to.coins, to.log), (4, vec![4]));
    }
}

#[test]
fn t6_what_one_instance_sends_to_another_arrives_in_order_and_once() {
    for shards in [1, 3] {
        for crashes in 0..12 {
            let mut bench = Bench::with(shards, Bounds::default());
            bench.start::<ReplayedTellCall>("tell", 3, 10);
            for _ in 0..crashes {
                bench.commit();
                bench.crash();
                if !bench.started.is_empty() {
                    bench.step();
                }
            }
            bench.finish();
            assert_eq!(bench.value("tell"), 55);
            let log = purse(&mut bench, 3).log;
            assert_eq!(log, (1..=10).collect::<Vec<u64>>());
        }
    }
}

#[test]
fn a_replayed_turn_that_panics_is_undone_and_made_again() {
    let mut bench = Bench::new();
    bench.start::<ReplayedChainCall>("one", 3, 0);
    bench.commit();
    bench.step();
    PANICS.set(2);
    bench.step();
    assert_eq!(PANICS.get(), 0);
    bench.finish();
    assert_eq!(bench.value("one"), 3);
    assert!(bench.over.is_none(), "nobody else was touched");
}

#[test]
fn a_replayed_turn_that_panics_too_often_parks_its_instance_which_keeps_its_recording() {
    let mut bench = Bench::new();
    bench.start::<ReplayedChainCall>("one", 3, 0);
    bench.commit();
    bench.step();
    PANICS.set(3);
    bench.step();
    let described = bench.describe("one");
    assert_eq!(described.status, Status::Parked);
    let Some(Refusal::Panicked { message, .. }) = described.parked else {
        panic!("{described:?}")
    };
    assert!(message.contains("a turn that panics"), "{message}");
    bench.told(Command::Retry {
        id: "one".to_owned(),
    });
    bench.finish();
    assert_eq!(bench.value("one"), 3);
}

#[test]
fn a_replayed_instance_that_was_forgotten_goes_on_from_its_recording() {
    let bounds = Bounds {
        idle_instances: 0,
        ..Bounds::default()
    };
    let mut bench = Bench::with(1, bounds);
    let ids = ["one", "two", "three"];
    for id in ids {
        bench.start::<ReplayedMixCall>(id, 3, 2);
    }
    run(&mut bench, &ids, usize::MAX);
    for id in ids {
        assert_eq!(bench.value(id), 60);
    }
}

#[test]
fn a_recording_goes_with_the_run_and_with_the_instance() {
    let mut bench = Bench::new();
    bench.start::<ReplayedChainCall>("one", 150, 0);
    bench.commit();
    for _ in 0..140 {
        bench.step();
    }
    assert!(bench.rows(Tag::Part) > 0);
    bench.finish();
    assert_eq!(bench.value("one"), 150);
    assert_eq!(bench.rows(Tag::Part), 0);
}
