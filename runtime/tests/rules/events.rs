//! Events: early, late, in order, given up, undone, refused.

use undying::core::{Answer, Command, Ending, Status};
use undying::durable::Refusal;
use undying::durable::limits::{
    EVENT_NAME_BYTES_MAX, EVENTS_WAITING_BYTES_MAX, EVENTS_WAITING_MAX, PAYLOAD_BYTES_MAX,
};
use undying::schema::Stored;
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::bodies::PANICS;
use crate::support::events::{
    ChatterCall, ChoosyCall, InboxCall, PairsCall, PatientCall, RoundsCall,
};

fn event(id: &str, value: &Stored) -> Command {
    Command::Raise {
        id: id.to_owned(),
        name: "a".to_owned(),
        value: value.clone(),
        early: false,
        waits: false,
        key: None,
    }
}

fn raise(bench: &mut Bench, id: &str, n: u64) -> u64 {
    bench.ask(event(id, &Stored::write(&n).unwrap()))
}

/// The answer to an event that was raised, once it is durable.
fn raised(bench: &mut Bench, id: &str, n: u64) -> Answer {
    let question = raise(bench, id, n);
    bench.commit();
    bench.answer(question).cloned().unwrap()
}

#[test]
fn an_event_wakes_who_waits_for_it() {
    let mut bench = Bench::new();
    bench.start::<InboxCall>("one", 1, 0);
    bench.commit();
    assert_eq!(bench.describe("one").point.as_deref(), Some("event"));
    assert_eq!(raised(&mut bench, "one", 1), Answer::Done);
    assert_eq!(bench.value("one"), 1);
}

#[test]
fn an_event_that_comes_early_waits_for_who_awaits_it() {
    let mut bench = Bench::new();
    bench.start::<RoundsCall>("one", 0, 2);
    for n in 1..=2 {
        raise(&mut bench, "one", n);
    }
    bench.finish();
    assert_eq!(bench.value("one"), 2);
}

#[test]
fn events_are_taken_in_the_order_of_their_arrival_across_crashes() {
    for place in 0..3 {
        let mut bench = Bench::new();
        match place {
            0 => bench.start::<InboxCall>("one", 6, 0),
            1 => bench.start::<PairsCall>("one", 6, 0),
            _ => bench.start::<RoundsCall>("one", 0, 6),
        };
        bench.commit();
        for n in 1..=6 {
            assert_eq!(raised(&mut bench, "one", n), Answer::Done);
            bench.crash();
        }
        bench.finish();
        assert_eq!(bench.value("one"), 6, "{place}");
    }
}

#[test]
fn an_event_is_acknowledged_when_it_is_durable_and_not_before() {
    let mut bench = Bench::new();
    bench.start::<PairsCall>("one", 2, 0);
    bench.commit();
    let question = raise(&mut bench, "one", 1);
    assert_eq!(bench.answer(question), None);
    bench.crash();
    assert_eq!(bench.describe("one").events_waiting, 0, "it never happened");
    assert_eq!(raised(&mut bench, "one", 1), Answer::Done);
    bench.crash();
    assert_eq!(bench.describe("one").events_waiting, 1);
}

#[test]
fn filing_an_event_writes_its_row_and_not_the_instance() {
    let mut bench = Bench::new();
    bench.start::<PairsCall>("one", 2, 0);
    let number = bench.describe("one").number;
    let before = bench.row(number);
    assert_eq!(raised(&mut bench, "one", 1), Answer::Done);
    assert_eq!(bench.row(number), before);
    assert_eq!(bench.rows(Tag::Op), 1);
    assert_eq!(raised(&mut bench, "one", 2), Answer::Done);
    assert_eq!(bench.value("one"), 2);
    assert_eq!(bench.rows(Tag::Op), 0, "what was taken is gone");
}

#[test]
fn an_event_that_is_taken_in_its_own_epoch_never_touches_the_disk() {
    let mut bench = Bench::new();
    bench.start::<InboxCall>("one", 9, 0);
    bench.commit();
    for n in 1..=3 {
        raise(&mut bench, "one", n);
    }
    bench.commit();
    assert_eq!(bench.rows(Tag::Op), 0);
    assert_eq!(bench.describe("one").events_waiting, 0);
}

#[test]
fn an_event_whose_await_was_given_up_is_the_next_ones() {
    let mut bench = Bench::new();
    bench.start::<PatientCall>("one", 2, 50);
    bench.commit();
    // The sleep and the events come to the same turn, and the sleep is looked at first.
    let life = bench.life();
    for n in 1..=2u64 {
        let value = Stored::write(&n).unwrap();
        life.ask(event("one", &value), crate::life::Question(90 + n));
    }
    bench.now.0 += 60;
    let now = bench.now;
    while bench.life().deliver(0, now).unwrap() {}
    bench.commit();
    bench.finish();
    assert_eq!(bench.value("one"), 2);
}

#[test]
fn an_event_that_a_failed_turn_took_comes_back() {
    let mut bench = Bench::new();
    bench.start::<InboxCall>("one", 3, 0);
    bench.commit();
    PANICS.set(2);
    for n in 1..=3 {
        raise(&mut bench, "one", n);
        bench.commit();
    }
    assert_eq!(PANICS.get(), 0);
    assert_eq!(bench.value("one"), 3);
    assert!(bench.over.is_none(), "nobody else was touched");
}

#[test]
fn an_event_that_cannot_be_read_parks_its_instance_and_stays() {
    let mut bench = Bench::new();
    bench.start::<ChoosyCall>("one", 0, 0);
    bench.commit();
    let text = Stored::write(&"seven".to_owned()).unwrap();
    bench.ask(event("one", &text));
    bench.commit();
    let Some(Answer::Parked(why)) = bench.result("one") else {
        panic!("it is parked");
    };
    assert!(why.to_string().contains("the event `a`"), "{why}");
    let id = "one".to_owned();
    bench.crash();
    assert_eq!(bench.describe("one").events_waiting, 1, "nothing is lost");
    bench.ask(Command::Retry { id });
    bench.commit();
    assert_eq!(bench.describe("one").status, Status::Parked);
}

#[test]
fn what_orchestrations_raise_arrives_once_and_in_order() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, Default::default());
        bench.start::<ChatterCall>("one", 7, 0);
        for _ in 0..8 {
            bench.commit();
            bench.crash();
            bench.commit();
            while !bench.started.is_empty() {
                bench.step();
            }
        }
        bench.finish();
        assert_eq!(bench.value("one"), 7);
        assert_eq!(bench.rows(Tag::Msg), 0);
    }
}

#[test]
fn nobody_raises_events_of_what_is_not_there_or_has_ended() {
    let mut bench = Bench::new();
    assert_eq!(raised(&mut bench, "one", 1), Answer::NotFound);
    bench.start::<PairsCall>("one", 2, 0);
    bench.commit();
    assert_eq!(raised(&mut bench, "one", 1), Answer::Done);
    let id = "one".to_owned();
    bench.ask(Command::Cancel { id });
    let late = raised(&mut bench, "one", 2);
    let status = Status::Cancelled;
    assert_eq!(late, Answer::WrongStatus { status });
    assert_eq!(bench.result("one"), Some(Answer::Ended(Ending::Cancelled)));
    assert_eq!(bench.rows(Tag::Op), 0, "its events are gone");
}

#[test]
fn a_full_mailbox_takes_no_more_from_outside() {
    let mut bench = Bench::new();
    bench.start::<ChoosyCall>("one", 0, 0);
    bench.commit();
    let id = "one".to_owned();
    bench.ask(event("one", &Stored::write(&"seven".to_owned()).unwrap()));
    for _ in 1..EVENTS_WAITING_MAX {
        raise(&mut bench, &id, 1);
    }
    bench.commit();
    let events = EVENTS_WAITING_MAX;
    let full = Answer::MailboxFull { events };
    assert_eq!(raised(&mut bench, "one", 1), full);
    bench.crash();
    assert_eq!(raised(&mut bench, "one", 1), full, "also after a crash");
}

#[test]
fn a_mailbox_is_full_by_bytes_too() {
    let mut bench = Bench::new();
    bench.start::<ChoosyCall>("one", 0, 0);
    bench.commit();
    let large = Stored::write(&"x".repeat(PAYLOAD_BYTES_MAX - 10)).unwrap();
    for _ in 0..EVENTS_WAITING_BYTES_MAX / PAYLOAD_BYTES_MAX {
        let question = bench.ask(event("one", &large));
        bench.commit();
        assert_eq!(bench.answer(question), Some(&Answer::Done));
    }
    let question = bench.ask(event("one", &large));
    bench.commit();
    assert!(matches!(
        bench.answer(question),
        Some(Answer::MailboxFull { events: 16 })
    ));
}

#[test]
fn what_breaks_a_limit_is_no_event() {
    let mut bench = Bench::new();
    bench.start::<InboxCall>("one", 1, 0);
    bench.commit();
    for (name, bytes) in [
        (String::new(), 1),
        ("x".repeat(EVENT_NAME_BYTES_MAX + 1), 1),
        ("a".to_owned(), PAYLOAD_BYTES_MAX),
    ] {
        let value = Stored::write(&"x".repeat(bytes)).unwrap();
        let id = "one".to_owned();
        let key = None;
        let question = bench.ask(Command::Raise {
            id,
            name,
            value,
            early: false,
            waits: false,
            key,
        });
        assert!(matches!(
            bench.answer(question),
            Some(Answer::Invalid { .. })
        ));
    }
}

#[test]
fn a_parked_instance_takes_its_events_when_it_goes_on() {
    let mut bench = Bench::new();
    PANICS.set(u32::MAX);
    bench.start::<InboxCall>("one", 2, 0);
    bench.commit();
    assert_eq!(raised(&mut bench, "one", 1), Answer::Done);
    let parked = bench.result("one");
    assert!(matches!(
        parked,
        Some(Answer::Parked(Refusal::Panicked { .. }))
    ));
    PANICS.set(0);
    assert_eq!(raised(&mut bench, "one", 2), Answer::Done);
    let id = "one".to_owned();
    bench.ask(Command::Retry { id });
    bench.commit();
    assert_eq!(bench.value("one"), 2);
}
