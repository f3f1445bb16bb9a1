//! Rule 29: of a long mailbox only the front is in memory, and everything is served as if all were.

use undying::core::limits::Bounds;
use undying::core::{Answer, Command, Status};
use undying::durable::{Completion, Refusal, Timestamp};
use undying::store::Batch;
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::life::Question;
use crate::support::entities::{Earn, Purse, Put, Tell, ask};
use crate::support::locks::{ExclusiveCall, FIRST};

/// So many requests of each entity are in memory. It is forgotten as soon as it rests.
fn bench(mailbox_in_memory: usize, shards: usize) -> Bench {
    let bounds = Bounds {
        mailbox_in_memory,
        idle_instances: 0,
        ..Bounds::default()
    };
    Bench::with(shards, bounds)
}

fn id(purse: u64) -> String {
    format!("@purse@{purse}")
}

/// It gets no turns, so that its mailbox grows.
fn suspend(bench: &mut Bench, purse: u64) {
    let (id, reason) = (id(purse), "stop".to_owned());
    assert_eq!(bench.told(Command::Suspend { id, reason }), Answer::Done);
}

fn resume(bench: &mut Bench, purse: u64) {
    bench.ask(Command::Resume { id: id(purse) });
}

fn log(bench: &mut Bench, purse: u64) -> Vec<u64> {
    match bench.told(Command::State { entity: id(purse) }) {
        Answer::State(Some(state)) => state.read::<Purse>().unwrap().log,
        other => panic!("{other:?}"),
    }
}

fn number(bench: &Bench, question: u64) -> Option<u64> {
    match bench.answer(question)? {
        Answer::Operated(Completion::Value(value)) => Some(value.read().unwrap()),
        other => panic!("{other:?}"),
    }
}

/// A request with an idempotency key.
fn keyed(mut command: Command, name: &str) -> Command {
    if let Command::Operate { key, .. } = &mut command {
        *key = Some(name.to_owned());
    }
    command
}

/// A request that is not due before this.
fn later(mut command: Command, at: Timestamp) -> Command {
    if let Command::Operate { due, .. } = &mut command {
        *due = Some(at);
    }
    command
}

#[test]
fn a_long_mailbox_is_served_in_order_whatever_part_of_it_is_in_memory() {
    for (mark, crashes) in [(0, false), (1, true), (3, false), (5, true), (1_000, true)] {
        let mut bench = bench(mark, 1);
        bench.ask(ask::<Put>(1, 1, false));
        suspend(&mut bench, 1);
        for coins in 20..60 {
            bench.ask(ask::<Put>(1, coins, false));
            if coins % 7 == 0 {
                bench.commit();
            }
            if crashes && coins % 14 == 0 {
                bench.crash();
            }
        }
        let waiting = bench.describe(&id(1)).calls_pending;
        assert_eq!(waiting, 40, "those that are not in memory count too");
        resume(&mut bench, 1);
        bench.finish();
        let all = std::iter::once(1).chain(20..60);
        assert_eq!(log(&mut bench, 1), all.collect::<Vec<u64>>());
        assert_eq!(bench.rows(Tag::Op), 0, "no request is left");
    }
}

#[test]
fn a_crash_after_every_commit_loses_and_doubles_nothing_of_a_long_mailbox() {
    for mark in [0, 2, 7] {
        let mut bench = bench(mark, 1);
        bench.ask(ask::<Put>(1, 1, false));
        suspend(&mut bench, 1);
        for coins in 20..50 {
            // Some await a step, so that it takes many commits.
            bench.ask(match coins % 4 {
                0 => ask::<Earn>(1, coins - 1, false),
                _ => ask::<Put>(1, coins, false),
            });
        }
        bench.commit();
        resume(&mut bench, 1);
        let mut epochs = 0;
        while bench.rows(Tag::Op) > 0 {
            bench.step_or_commit();
            bench.crash();
            bench.commit();
            epochs += 1;
            assert!(epochs < 100);
        }
        assert!(epochs > 7, "it took {epochs} epochs");
        let all = std::iter::once(1).chain(20..50);
        assert_eq!(log(&mut bench, 1), all.collect::<Vec<u64>>());
    }
}

#[test]
fn what_arrives_while_the_tail_is_served_comes_after_it() {
    let mut bench = bench(2, 1);
    bench.ask(ask::<Put>(1, 1, false));
    suspend(&mut bench, 1);
    for coins in 20..40 {
        // Some await a step, so that others arrive meanwhile.
        bench.ask(match coins % 4 {
            0 => ask::<Earn>(1, coins - 1, false),
            _ => ask::<Put>(1, coins, false),
        });
        bench.commit();
    }
    resume(&mut bench, 1);
    for coins in 40..60 {
        bench.ask(ask::<Put>(1, coins, false));
        match coins % 4 {
            0 => bench.step_or_commit(),
            _ => bench.commit(),
        }
    }
    bench.start::<Tell>("tell", 1, 3);
    bench.finish();
    let all = std::iter::once(1).chain(20..60).chain([1, 2, 3]);
    assert_eq!(log(&mut bench, 1), all.collect::<Vec<u64>>());
    assert_eq!(bench.value("tell"), (20..60).sum::<u64>() + 7);
}

#[test]
fn callers_in_the_tail_are_answered_once_each() {
    let mut bench = bench(1, 3);
    bench.ask(ask::<Put>(1, 1, false));
    suspend(&mut bench, 1);
    let put = |n: u64| keyed(ask::<Put>(1, 20 + n, true), &n.to_string());
    let asked: Vec<_> = (0..10).map(|n| bench.ask(put(n))).collect();
    bench.finish();
    // They ask again while the first requests are not in memory.
    let again: Vec<_> = (0..10).map(|n| bench.ask(put(n))).collect();
    bench.finish();
    resume(&mut bench, 1);
    for _ in 0..4 {
        bench.finish();
    }
    let mut coins = 1;
    for (n, (first, second)) in (0..).zip(asked.into_iter().zip(again)) {
        coins += 20 + n;
        assert_eq!(number(&bench, first), Some(coins));
        assert_eq!(number(&bench, second), Some(coins));
    }
    let all = std::iter::once(1).chain(20..30);
    assert_eq!(log(&mut bench, 1), all.collect::<Vec<u64>>());
}

#[test]
fn a_signal_whose_time_comes_has_its_place_in_a_long_mailbox() {
    let mut bench = bench(1, 1);
    bench.ask(ask::<Put>(1, 1, false));
    suspend(&mut bench, 1);
    let due = Timestamp(bench.now.0 + 50);
    for coins in 20..30 {
        let put = ask::<Put>(1, coins, false);
        bench.ask(match coins % 3 {
            0 => later(put, due),
            _ => put,
        });
        bench.commit();
    }
    resume(&mut bench, 1);
    bench.finish();
    bench.now.0 += 100;
    bench.finish();
    let now = (20..30).filter(|coins| coins % 3 != 0);
    let then = (20..30).filter(|coins| coins % 3 == 0);
    let all = std::iter::once(1).chain(now).chain(then);
    assert_eq!(log(&mut bench, 1), all.collect::<Vec<u64>>());
}

/// An orchestration that has locked the purses 1, 2 and 3 and waits for its step.
fn inside(bench: &mut Bench) {
    bench.start::<ExclusiveCall>("one", 1, 1);
    while bench.started.is_empty() {
        bench.commit();
    }
}

#[test]
fn what_the_holder_of_the_lock_asks_is_found_in_the_tail_and_served_first() {
    for mark in [0, 1, 4] {
        for crashes in [false, true] {
            let mut bench = bench(mark, 1);
            inside(&mut bench);
            suspend(&mut bench, FIRST + 1);
            for coins in 20..30 {
                bench.ask(ask::<Put>(FIRST + 1, coins, false));
                bench.commit();
            }
            // The section goes on: it looks into all of its purses.
            bench.step();
            for coins in 30..40 {
                bench.ask(ask::<Put>(FIRST + 1, coins, false));
                bench.commit();
            }
            if crashes {
                bench.crash();
            }
            let purse = bench.describe(&id(FIRST + 1));
            assert!(purse.locked_by.is_some());
            assert_eq!(purse.calls_pending, 21);
            resume(&mut bench, FIRST + 1);
            for _ in 0..4 {
                bench.finish();
            }
            assert_eq!(bench.value("one"), 1, "it was alone");
            let log = log(&mut bench, FIRST + 1);
            assert_eq!(log[1..], (20..40).collect::<Vec<u64>>());
            assert_eq!(bench.rows(Tag::Op), 0);
        }
    }
}

/// What was served is still found in the store until that is durable.
#[test]
fn what_was_served_is_not_served_again_while_its_commit_is_under_way() {
    for steps in 0..14 {
        let mut bench = bench(1, 1);
        bench.bounds.turns_in_a_row = 1;
        bench.crash();
        inside(&mut bench);
        suspend(&mut bench, FIRST + 1);
        for coins in 20..30 {
            bench.ask(ask::<Put>(FIRST + 1, coins, false));
            bench.commit();
        }
        bench.step();
        for coins in 30..40 {
            bench.ask(ask::<Put>(FIRST + 1, coins, false));
            bench.commit();
        }
        let (now, id) = (bench.now, id(FIRST + 1));
        let life = bench.life();
        life.ask(Command::Resume { id }, Question(0));
        life.deliver(0, now).unwrap();
        for _ in 0..steps {
            life.run(0, now, 1).unwrap();
        }
        // The epoch is sealed here, and its commit takes its time.
        life.commit(now).unwrap();
        life.deliver(0, now).unwrap();
        life.seal_if_asked(0).unwrap();
        bench.settle();
        for _ in 0..3 {
            bench.finish();
        }
        assert_eq!(bench.value("one"), 1);
        let log = log(&mut bench, FIRST + 1);
        assert_eq!(log[1..], (20..40).collect::<Vec<u64>>(), "{steps}");
        assert_eq!(bench.rows(Tag::Op), 0);
    }
}

#[test]
fn a_lock_that_waits_in_the_tail_is_given_in_its_turn_and_can_be_cancelled() {
    for mark in [0, 1, 3] {
        for (cancels, crashes) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut bench = bench(mark, 1);
            inside(&mut bench);
            for coins in 20..25 {
                bench.ask(ask::<Put>(FIRST + 1, coins, false));
                bench.commit();
            }
            // It locks purse 0 and waits for 1.
            bench.start::<ExclusiveCall>("other", 0, 1);
            for coins in 25..30 {
                bench.ask(ask::<Put>(FIRST + 1, coins, false));
                bench.commit();
            }
            if crashes {
                bench.crash();
            }
            if cancels {
                let id = "other".to_owned();
                bench.ask(Command::Cancel { id });
                bench.commit();
            }
            for _ in 0..4 {
                bench.finish();
            }
            assert_eq!(bench.value("one"), 1);
            match cancels {
                true => assert_eq!(bench.describe("other").status, Status::Cancelled),
                false => assert_eq!(bench.value("other"), 1),
            }
            for nth in 0..2 {
                let purse = bench.told(Command::Describe {
                    id: id(FIRST + nth),
                });
                match purse {
                    Answer::Description(purse) => assert_eq!(purse.locked_by, None),
                    other => assert_eq!(other, Answer::NotFound),
                }
            }
            let puts = log(&mut bench, FIRST + 1);
            let puts = puts.into_iter().filter(|coins| *coins >= 20);
            assert_eq!(puts.collect::<Vec<_>>(), (20..30).collect::<Vec<u64>>());
            assert_eq!(bench.rows(Tag::Op), 0, "no request is left");
        }
    }
}

#[test]
fn a_damaged_request_of_the_tail_parks_its_entity_and_all_who_wait_are_told() {
    let mut bench = bench(2, 1);
    // It stays in memory, with the front of its mailbox.
    bench.bounds.idle_instances = 10;
    bench.crash();
    bench.ask(ask::<Put>(1, 1, false));
    suspend(&mut bench, 1);
    for coins in 20..28 {
        bench.ask(ask::<Put>(1, coins, false));
        bench.commit();
    }
    let caller = bench.ask(ask::<Put>(1, 28, true));
    let with_key = bench.ask(keyed(ask::<Put>(1, 29, true), "key"));
    bench.commit();
    let (key, row) = bench
        .disk
        .rows()
        .into_iter()
        .filter(|(key, _)| key[0] == Tag::Op as u8)
        .nth(4)
        .unwrap();
    bench.disk.damage(key.clone());
    resume(&mut bench, 1);
    bench.finish();
    for question in [caller, with_key] {
        let answer = bench.answer(question);
        let unreadable = matches!(answer, Some(Answer::Parked(Refusal::Unreadable { .. })));
        assert!(unreadable, "{answer:?}");
    }
    assert_eq!(bench.describe(&id(1)).status, Status::Parked);
    assert!(log(&mut bench, 1).is_sorted());

    // It is repaired, as from a backup: nothing was lost, and nothing is done twice.
    let mut batch = Batch::new();
    batch.put(key, row);
    bench.life().store.commit(batch).unwrap();
    assert_eq!(bench.told(Command::Retry { id: id(1) }), Answer::Done);
    bench.finish();
    let all = std::iter::once(1).chain(20..30);
    assert_eq!(log(&mut bench, 1), all.collect::<Vec<u64>>());
}
