//! Instances that begin again: one commit, one id, nothing left of the run before.

use undying::core::{Answer, Command, Status};
use undying::durable::Refusal;
use undying::schema::Stored;
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::bodies::PANICS;
use crate::support::events::{ChangelingCall, RoundsCall};

fn raise(bench: &mut Bench, n: u64) {
    let (id, name) = ("one".to_owned(), "a".to_owned());
    let value = Stored::write(&n).unwrap();
    let key = None;
    bench.ask(Command::Raise {
        id,
        name,
        value,
        early: false,
        waits: false,
        key,
    });
}

#[test]
fn an_instance_that_begins_again_is_the_same_one_with_other_arguments() {
    let mut bench = Bench::new();
    bench.start::<RoundsCall>("one", 0, 3);
    let before = bench.describe("one");
    for n in 1..=2 {
        raise(&mut bench, n);
        bench.commit();
        bench.crash();
    }
    let after = bench.describe("one");
    assert_eq!((before.continued, after.continued), (0, 2));
    assert_eq!(
        (after.number, after.status),
        (before.number, Status::Running)
    );
    assert_eq!(after.created, before.created);
    raise(&mut bench, 3);
    bench.finish();
    assert_eq!(bench.value("one"), 3);
    assert_eq!(bench.describe("one").continued, 3);
}

#[test]
fn who_waits_for_a_result_waits_for_the_last_run() {
    let mut bench = Bench::new();
    bench.start::<RoundsCall>("one", 0, 2);
    let id = "one".to_owned();
    let question = bench.ask(Command::Result { id });
    raise(&mut bench, 1);
    bench.commit();
    assert_eq!(bench.answer(question), None);
    raise(&mut bench, 2);
    bench.commit();
    assert!(matches!(bench.answer(question), Some(Answer::Ended(_))));
}

#[test]
fn what_is_under_way_is_cancelled_when_an_instance_begins_again() {
    let mut bench = Bench::new();
    bench.start::<RoundsCall>("one", 0, 2);
    bench.commit();
    let old = bench.started.remove(0);
    raise(&mut bench, 1);
    bench.commit();
    assert_eq!(bench.cancelled, [(old.instance, old.operation)]);
    let right = undying::core::Outcome::Done(crate::support::step_of(&old));
    bench.tell(&old, right);
    bench.commit();
    assert_eq!(bench.describe("one").calls_pending, 2, "of the new run");
    assert_eq!(bench.rows(Tag::Part), 1, "of the new run");
}

#[test]
fn a_turn_that_begins_again_is_one_commit() {
    let mut bench = Bench::new();
    bench.start::<RoundsCall>("one", 0, 2);
    bench.commit();
    raise(&mut bench, 1);
    bench.commit();
    raise(&mut bench, 2);
    bench.crash();
    assert_eq!(bench.describe("one").continued, 1);
    raise(&mut bench, 2);
    bench.commit();
    bench.crash();
    assert_eq!(bench.value("one"), 2);
    for tag in [Tag::Run, Tag::Op, Tag::Part] {
        assert_eq!(bench.rows(tag), 0, "{tag:?}");
    }
}

#[test]
fn a_turn_that_fails_does_not_begin_again() {
    let mut bench = Bench::new();
    bench.start::<RoundsCall>("one", 0, 2);
    bench.commit();
    PANICS.set(u32::MAX);
    raise(&mut bench, 1);
    bench.commit();
    PANICS.set(0);
    let parked = bench.describe("one");
    assert_eq!((parked.continued, parked.status), (0, Status::Parked));
    assert_eq!(parked.events_waiting, 1);
    let id = "one".to_owned();
    bench.ask(Command::Retry { id });
    assert_eq!(bench.describe("one").continued, 1);
}

#[test]
fn an_instance_begins_again_as_what_it_is() {
    let mut bench = Bench::new();
    bench.start::<ChangelingCall>("one", 0, 0);
    bench.commit();
    let Some(Answer::Parked(Refusal::Stuck { why, .. })) = bench.result("one") else {
        panic!("it is parked");
    };
    assert!(why.contains("cannot begin again as a `rounds`"), "{why}");
}
