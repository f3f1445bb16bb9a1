//! The history of instances: it is durable with what it tells, bounded, in order.

use expect_test::{Expect, expect};
use undying::core::limits::{Bounds, HISTORY_CHUNK};
use undying::core::{Answer, Command, Happened, HistoryEntry, Outcome};
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::bodies::{Chain, Family, Fan, Impatient, Relay};

/// What is told of an instance, as far as it is durable.
fn history(bench: &mut Bench, id: &str) -> Vec<HistoryEntry> {
    let (mut all, mut from) = (Vec::new(), 0);
    loop {
        let id = id.to_owned();
        let question = bench.ask(Command::History { id, from });
        match bench.answer(question) {
            Some(Answer::History(page, next)) => {
                all.extend(page.clone());
                let Some(next) = *next else {
                    return all;
                };
                from = next;
            }
            other => panic!("{other:?}"),
        }
    }
}

fn check(bench: &mut Bench, id: &str, expected: &Expect) {
    let lines = history(bench, id).into_iter();
    let lines: Vec<_> = lines.map(|entry| format!("{entry}\n")).collect();
    expected.assert_eq(&lines.concat());
}

fn completed(entries: &[HistoryEntry]) -> usize {
    let completed =
        |entry: &&HistoryEntry| matches!(entry.what, Happened::ActivityCompleted { .. });
    entries.iter().filter(completed).count()
}

#[test]
fn the_history_of_a_tree_tells_what_happened_when_and_how_it_came_out() {
    let mut bench = Bench::new();
    bench.start::<Family>("root", 1, 1);
    bench.commit();
    bench.now.0 += 500;
    bench.end(Outcome::Panicked("no money".to_owned()));
    bench.commit();
    bench.now.0 += 2_000;
    bench.finish();
    let root = expect![[r#"
        1970-01-01T00:00:01.000Z  started by a client, with 2 bytes
        1970-01-01T00:00:01.000Z  #0 calls the orchestration `family` as `root/0`
        1970-01-01T00:00:01.000Z  #1 calls `step` with 2 bytes
        1970-01-01T00:00:01.000Z  #2 sleeps until 1970-01-01T00:00:01.001Z
        1970-01-01T00:00:01.000Z  waits at `join`
        1970-01-01T00:00:01.500Z  #1 `step` failed in attempt 1, again at 1970-01-01T00:00:01.520Z: it panicked: no money
        1970-01-01T00:00:01.500Z  #2 is over
        1970-01-01T00:00:03.500Z  #0 `family` as `root/0` is completed
        1970-01-01T00:00:03.500Z  #1 `step` completed in attempt 2 with 1 byte
        1970-01-01T00:00:03.500Z  completed with 1 byte
    "#]];
    check(&mut bench, "root", &root);
    let child = expect![[r#"
        1970-01-01T00:00:01.000Z  started by instance 7.1 as its #0, with 2 bytes
        1970-01-01T00:00:01.000Z  #0 calls `step` with 2 bytes
        1970-01-01T00:00:01.000Z  #1 sleeps until 1970-01-01T00:00:01.000Z
        1970-01-01T00:00:01.000Z  waits at `join`
        1970-01-01T00:00:01.500Z  #1 is over
        1970-01-01T00:00:03.500Z  #0 `step` completed in attempt 1 with 1 byte
        1970-01-01T00:00:03.500Z  completed with 1 byte
    "#]];
    check(&mut bench, "root/0", &child);
}

#[test]
fn the_history_tells_what_operators_did() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 2, 0);
    bench.commit();
    let (id, reason) = ("one".to_owned(), "the bank is shut".to_owned());
    bench.told(Command::Suspend { id, reason });
    let id = "one".to_owned();
    bench.told(Command::Resume { id });
    let (id, reason) = ("one".to_owned(), "enough".repeat(100));
    bench.told(Command::Terminate { id, reason });
    bench.crash();
    let expected = expect![[r#"
        1970-01-01T00:00:01.000Z  started by a client, with 2 bytes
        1970-01-01T00:00:01.000Z  #0 calls `step` with 2 bytes
        1970-01-01T00:00:01.000Z  waits at `step`
        1970-01-01T00:00:01.000Z  suspended: the bank is shut
        1970-01-01T00:00:01.000Z  resumed
        1970-01-01T00:00:01.000Z  terminated: enoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughenoughen…
    "#]];
    check(&mut bench, "one", &expected);
}

#[test]
fn what_is_told_is_durable_with_what_it_tells_and_not_before() {
    for turns in [false, true] {
        let mut bench = Bench::new();
        // The completion of one of two wakes nothing: it is filed without writing the instance.
        match turns {
            false => bench.start::<Fan>("one", 2, 0),
            true => bench.start::<Chain>("one", 2, 0),
        };
        bench.commit();
        let before = history(&mut bench, "one");
        let attempt = bench.started[0].clone();
        bench.end(Outcome::Done(crate::support::step_of(&attempt)));
        assert_eq!(history(&mut bench, "one"), before, "nothing is durable yet");
        bench.crash();
        bench.commit();
        assert_eq!(completed(&history(&mut bench, "one")), 0);

        let again = bench.started.iter().position(|start| start.operation == 0);
        let again = bench.started.remove(again.unwrap());
        bench.tell(&again, Outcome::Done(crate::support::step_of(&again)));
        bench.commit();
        let told = history(&mut bench, "one");
        assert_eq!(completed(&told), 1);
        bench.crash();
        assert_eq!(history(&mut bench, "one"), told);
        bench.finish();
        let all = history(&mut bench, "one");
        assert_eq!(completed(&all), 2);
        assert!(
            all.iter()
                .zip(0..)
                .all(|(entry, number)| entry.number == number)
        );
        assert!(all.is_sorted_by_key(|entry| entry.at));
        assert!(matches!(
            all.last().unwrap().what,
            Happened::Returned { .. }
        ));
    }
}

#[test]
fn what_was_filed_without_writing_the_instance_is_told_once_after_any_crash() {
    for crash_after in 0..5 {
        let mut bench = Bench::new();
        bench.start::<Fan>("one", 4, 0);
        bench.commit();
        for n in 0..4 {
            if n == crash_after {
                bench.crash();
                bench.commit();
            }
            bench.step();
        }
        let all = history(&mut bench, "one");
        assert_eq!(completed(&all), 4);
        assert_eq!(bench.value("one"), 10);
        assert!(
            all.iter()
                .zip(0..)
                .all(|(entry, number)| entry.number == number)
        );
    }
}

#[test]
fn a_history_keeps_the_latest_entries_and_purging_takes_its_rows() {
    let kept = 2 * HISTORY_CHUNK as usize;
    let bounds = Bounds {
        history_entries: kept,
        ..Bounds::default()
    };
    let mut bench = Bench::with(1, bounds);
    bench.start::<Chain>("one", 100, 0);
    bench.finish();
    let last = history(&mut bench, "one");
    assert!((kept..kept + HISTORY_CHUNK as usize).contains(&last.len()));
    assert_eq!(last[0].number + last.len() as u64, 203, "all are counted");
    assert_eq!(bench.rows(Tag::Hist), 2);
    let id = "one".to_owned();
    let number = None;
    assert_eq!(bench.told(Command::Purge { id, number }), Answer::Done);
    assert_eq!(bench.rows(Tag::Hist), 0);
}

#[test]
fn many_turns_of_one_epoch_are_all_told() {
    let mut bench = Bench::new();
    bench.start::<Relay>("one", 300, 1);
    bench.commit();
    let all = history(&mut bench, "one");
    let children = |entry: &&HistoryEntry| matches!(entry.what, Happened::ChildEnded { .. });
    assert_eq!(all.iter().filter(children).count(), 300);
    assert!(
        all.iter()
            .zip(0..)
            .all(|(entry, number)| entry.number == number)
    );
}

#[test]
fn a_call_that_lost_a_race_is_told_as_given_up() {
    let mut bench = Bench::new();
    bench.start::<Impatient>("one", 1, 10);
    bench.commit();
    bench.now.0 += 11;
    bench.commit();
    let all = history(&mut bench, "one");
    let given_up = Happened::GivenUp { operation: 0 };
    assert_eq!(all.iter().filter(|entry| entry.what == given_up).count(), 1);
}

#[test]
fn without_a_history_nothing_of_it_is_stored() {
    let bounds = Bounds {
        history_entries: 0,
        ..Bounds::default()
    };
    let mut bench = Bench::with(1, bounds);
    bench.start::<Chain>("one", 20, 0);
    bench.finish();
    assert_eq!(history(&mut bench, "one"), []);
    assert_eq!(bench.rows(Tag::Hist), 0);
}
