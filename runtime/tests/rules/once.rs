//! Rules 13 and 14: requests with an idempotency key are done once and answered as often as asked.

use undying::core::limits::Bounds;
use undying::core::{Answer, Command, Status};
use undying::durable::{Completion, Refusal};
use undying::schema::Stored;
use undying::store::keys::Tag;

use crate::bench::{Bench, start};
use crate::support::entities::{Earn, Look, Purse, Put, Take, ask};
use crate::support::events::{InboxCall, PatientCall};

/// The same request with an idempotency key.
fn keyed(mut command: Command, name: &str) -> Command {
    if let Command::Operate { key, .. } | Command::Raise { key, .. } = &mut command {
        *key = Some(name.to_owned());
    }
    command
}

fn raise(id: &str, n: u64) -> Command {
    Command::Raise {
        id: id.to_owned(),
        name: "a".to_owned(),
        value: Stored::write(&n).unwrap(),
        early: false,
        waits: false,
        key: None,
    }
}

/// What is answered in the end: messages may cross epochs.
fn told(bench: &mut Bench, command: Command) -> Answer {
    let question = bench.ask(command);
    for _ in 0..4 {
        bench.commit();
    }
    bench.answer(question).cloned().expect("an answer")
}

fn number(answer: Option<&Answer>) -> Option<u64> {
    match answer? {
        Answer::Operated(Completion::Value(value)) => Some(value.read().unwrap()),
        other => panic!("{other:?}"),
    }
}

fn log(bench: &mut Bench, purse: u64) -> Vec<u64> {
    bench.commit();
    let entity = format!("@purse@{purse}");
    match told(bench, Command::State { entity }) {
        Answer::State(Some(state)) => state.read::<Purse>().unwrap().log,
        Answer::State(None) => Vec::new(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_with_a_key_is_done_once_and_its_duplicates_get_its_answer_also_after_a_crash() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, Bounds::default());
        for name in ["a", "b", "c", "d"] {
            let request = keyed(ask::<Put>(1, 5, true), name);
            let first = bench.ask(request.clone());
            let second = bench.ask(request.clone());
            assert_eq!(bench.answer(first), None, "nothing of it is durable");
            bench.finish();
            let answer = number(bench.answer(first)).unwrap();
            assert_eq!(number(bench.answer(second)), Some(answer));
            bench.crash();
            let third = bench.ask(request);
            assert_eq!(number(bench.answer(third)), Some(answer));
        }
        assert_eq!(log(&mut bench, 1), [5, 5, 5, 5]);
    }
}

#[test]
fn what_comes_and_is_answered_in_one_epoch_writes_one_row() {
    let mut bench = Bench::new();
    for n in 0..10 {
        bench.ask(keyed(ask::<Put>(1, 5, true), &n.to_string()));
    }
    bench.commit();
    assert_eq!(bench.rows(Tag::Req), 10);
    assert_eq!((bench.rows(Tag::Msg), bench.rows(Tag::Op)), (0, 0));
}

#[test]
fn a_duplicate_of_a_request_under_way_waits_for_its_answer_also_after_a_crash() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, Bounds::default());
        let request = keyed(ask::<Earn>(1, 10, true), "work");
        bench.ask(request.clone());
        for _ in 0..3 {
            bench.commit();
        }
        bench.crash();
        let (one, other) = (bench.ask(request.clone()), bench.ask(request.clone()));
        bench.commit();
        assert_eq!(bench.answer(one), None, "it is under way");
        bench.finish();
        for question in [one, other] {
            assert_eq!(number(bench.answer(question)), Some(11));
        }
        let late = bench.ask(request);
        assert_eq!(number(bench.answer(late)), Some(11));
        assert_eq!(log(&mut bench, 1), [11]);
    }
}

#[test]
fn a_key_stands_for_one_request_in_all_of_the_store() {
    let mut bench = Bench::with(3, Bounds::default());
    told(&mut bench, start::<InboxCall>("inbox", 9, 0));
    let first = keyed(ask::<Put>(1, 5, true), "k");
    bench.ask(first.clone());
    for other in [
        ask::<Put>(2, 5, true),
        ask::<Take>(1, 5, true),
        ask::<Put>(1, 6, true),
        ask::<Put>(1, 5, false),
        raise("inbox", 5),
    ] {
        let answer = told(&mut bench, keyed(other, "k"));
        let Answer::AnotherRequest { key, id, what } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!((&*key, &*id, &*what), ("k", "@purse@1", "put"));
    }
    assert!(matches!(told(&mut bench, first), Answer::Operated(_)));
    assert_eq!(log(&mut bench, 1), [5]);
    assert_eq!(log(&mut bench, 2), [0_u64; 0]);
}

#[test]
fn an_operation_that_failed_was_done() {
    let mut bench = Bench::new();
    let take = keyed(ask::<Take>(1, 5, true), "take");
    let first = told(&mut bench, take.clone());
    told(&mut bench, ask::<Put>(1, 50, true));
    assert_eq!(told(&mut bench, take), first);
    assert_eq!(log(&mut bench, 1), [50]);
}

#[test]
fn a_request_that_was_refused_leaves_its_key_free() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, Bounds::default());
        let event = keyed(raise("inbox", 1), "k");
        assert_eq!(told(&mut bench, event.clone()), Answer::NotFound);
        bench.crash();
        told(&mut bench, start::<InboxCall>("inbox", 1, 0));
        assert_eq!(told(&mut bench, event.clone()), Answer::Done);
        bench.finish();
        assert_eq!(bench.value("inbox"), 1);
        assert_eq!(
            told(&mut bench, event),
            Answer::Done,
            "it ended after the event"
        );
        let late = told(&mut bench, keyed(raise("inbox", 2), "l"));
        let status = Status::Completed;
        assert_eq!(late, Answer::WrongStatus { status });
    }
}

#[test]
fn an_event_with_a_key_is_raised_once() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, Bounds::default());
        told(&mut bench, start::<PatientCall>("inbox", 3, 1_000));
        for n in 1..=3 {
            for _ in 0..3 {
                let event = keyed(raise("inbox", n), &format!("event {n}"));
                assert_eq!(told(&mut bench, event), Answer::Done);
                bench.crash();
            }
        }
        bench.finish();
        assert_eq!(bench.value("inbox"), 3, "none came again");
    }
}

#[test]
fn an_answer_is_kept_for_its_time_and_is_then_deleted() {
    let bounds = Bounds {
        answers_kept_ms: 1_000,
        ..Bounds::default()
    };
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, bounds);
        let request = keyed(ask::<Put>(1, 5, true), "k");
        told(&mut bench, request.clone());
        bench.now.0 += 999;
        told(&mut bench, request.clone());
        assert_eq!(log(&mut bench, 1), [5]);
        bench.now.0 += 1;
        bench.crash();
        told(&mut bench, request.clone());
        assert_eq!(log(&mut bench, 1), [5, 5], "it is a new request");
        bench.now.0 += 5_000;
        bench.commit();
        for _ in 0..100 {
            bench.settle();
        }
        bench.commit();
        assert_eq!(bench.rows(Tag::Req), 0);
    }
}

#[test]
fn sweeping_goes_on_in_slices_and_after_a_crash() {
    let bounds = Bounds {
        answers_kept_ms: 1_000,
        ..Bounds::default()
    };
    let mut bench = Bench::with(1, bounds);
    for n in 0..2_500 {
        bench.ask(keyed(ask::<Put>(1, 1, true), &n.to_string()));
    }
    bench.commit();
    bench.now.0 += 3_000;
    bench.settle();
    bench.commit();
    let left = bench.rows(Tag::Req);
    assert!(left > 0 && left < 2_500, "{left} are left of one slice");
    bench.crash();
    for _ in 0..200 {
        bench.settle();
        bench.commit();
    }
    assert_eq!(bench.rows(Tag::Req), 0);
}

#[test]
fn a_request_under_way_is_kept_however_long_it_takes() {
    let bounds = Bounds {
        answers_kept_ms: 1_000,
        ..Bounds::default()
    };
    let mut bench = Bench::with(1, bounds);
    let request = keyed(ask::<Earn>(1, 10, true), "work");
    bench.ask(request.clone());
    bench.commit();
    bench.now.0 += 1_000_000;
    let again = bench.ask(request.clone());
    bench.finish();
    assert_eq!(number(bench.answer(again)), Some(11));
    bench.now.0 += 900;
    assert!(matches!(told(&mut bench, request), Answer::Operated(_)));
    assert_eq!(log(&mut bench, 1), [11]);
}

#[test]
fn whoever_asks_with_a_key_for_an_entity_that_is_parked_is_told_so() {
    let mut bench = Bench::with(3, Bounds::default());
    told(&mut bench, ask::<Put>(1, 5, true));
    let mut unreadable = keyed(ask::<Put>(1, 5, true), "bad");
    if let Command::Operate { args, .. } = &mut unreadable {
        *args = Stored::write(&"no number".to_owned()).unwrap();
    }
    let parked = |answer: Answer| matches!(answer, Answer::Parked(Refusal::Value { .. }));
    assert!(parked(told(&mut bench, unreadable.clone())));
    assert!(parked(told(&mut bench, unreadable.clone())), "a duplicate");
    assert!(parked(told(
        &mut bench,
        keyed(ask::<Look>(1, 0, true), "look")
    )));
    assert!(
        parked(told(&mut bench, ask::<Look>(1, 0, true))),
        "without a key"
    );
    bench.crash();
    assert!(parked(told(&mut bench, unreadable)));
}

#[test]
fn a_key_that_is_empty_or_too_long_is_refused() {
    let mut bench = Bench::new();
    for key in ["", &"x".repeat(257)] {
        let answer = told(&mut bench, keyed(ask::<Put>(1, 5, true), key));
        assert!(matches!(answer, Answer::Invalid { .. }), "{answer:?}");
    }
    told(&mut bench, keyed(ask::<Put>(1, 5, true), &"x".repeat(256)));
    assert_eq!(log(&mut bench, 1), [5]);
}
