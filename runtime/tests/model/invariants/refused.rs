//! What each invariant refuses, on states made by hand.

use std::collections::BTreeMap;

use undying::core::standing::{Call, Sending, Stage, Standee, Standing, Word};
use undying::core::{Number, Parent};
use undying::schema::Stored;

use super::{Invariants, at_rest, functions};
use crate::panics::fails;

const NUMBER: Number = Number { partition: 0, n: 1 };

/// An orchestration that waits.
fn waits() -> Standee {
    Standee {
        id: "o0".to_owned(),
        name: "plays".to_owned(),
        parent: None,
        status: None,
        parked: None,
        stage: Stage::Waits(None),
        calls: BTreeMap::new(),
        done: BTreeMap::new(),
        requests: BTreeMap::new(),
        locks: BTreeMap::new(),
        events: BTreeMap::new(),
        sections: BTreeMap::new(),
        lock: None,
    }
}

fn of(standee: Standee) -> Standing {
    let mut standing = Standing::default();
    standing.instances.insert(NUMBER, standee);
    standing
}

fn sending(sending: Sending) -> Standing {
    let mut standing = Standing::default();
    standing
        .messages
        .insert(sending, Word::Other("something".to_owned()));
    standing
}

#[test]
fn i1_a_sending_of_an_earlier_epoch_is_refused() {
    let mut invariants = Invariants::default();
    invariants.committed(&sending((7, 0, 0)));
    invariants.committed(&sending((8, 0, 0)));
    assert!(fails(|| invariants.committed(&sending((7, 1, 0)))));
}

#[test]
fn i2_an_event_that_nobody_is_far_enough_to_raise_is_refused() {
    let event = |tag: &str| {
        let value = Stored::write(&tag.to_owned()).unwrap();
        let mut standee = waits();
        standee.events.insert(0, ("e0".to_owned(), value));
        of(standee)
    };
    functions(&event("o0:0"));
    assert!(fails(|| functions(&event("o0:1"))));
    assert!(fails(|| functions(&event("o1:0"))));
}

#[test]
fn i3_a_call_that_is_nowhere_or_twice_there_is_refused() {
    let parent = Parent {
        number: NUMBER,
        operation: 3,
    };
    let standing = |answers: u32| {
        let mut standee = waits();
        let id = "@book@b0".to_owned();
        standee.calls.insert(3, Call::Operation { id });
        let mut standing = of(standee);
        for nth in 0..answers {
            let completion = undying::durable::Completion::Value(Stored::write(&()).unwrap());
            let answer = Word::Completed { parent, completion };
            standing.messages.insert((1, nth, 0), answer);
        }
        standing
    };
    let check = |answers| fails(|| Invariants::default().committed(&standing(answers)));
    assert_eq!([0, 1, 2].map(check), [true, false, true]);
}

#[test]
fn i3_a_timer_that_nothing_wakes_is_refused() {
    let mut standee = waits();
    standee.calls.insert(3, Call::Timer { due: 20 });
    let mut standing = of(standee);
    assert!(fails(|| Invariants::default().committed(&standing)));
    standing.timers.insert((NUMBER, 3, 20));
    Invariants::default().committed(&standing);
}

#[test]
fn i5_a_lock_without_its_section_is_refused() {
    let mut standee = waits();
    at_rest(&of(waits()));
    standee.lock = Some(Parent {
        number: NUMBER,
        operation: 3,
    });
    let standing = of(standee);
    assert!(fails(|| at_rest(&standing)));
}

#[test]
fn i5_a_message_that_nobody_takes_is_refused() {
    let standing = sending((1, 0, 0));
    assert!(fails(|| at_rest(&standing)));
}
