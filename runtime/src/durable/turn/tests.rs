//! Turns that are used again.

use super::*;

fn context() -> Context {
    Context::new("one", (0, 1), Timestamp(5), None)
}

#[test]
fn a_turn_that_is_used_again_is_as_if_it_were_new() {
    let nothing = || Completion::Value(Stored::write(&()).unwrap());
    let mut turn = Turn::new(context(), 3, FxHashMap::default(), 2);
    let new = format!("{turn:?}");
    turn.taken.push((1, nothing()));
    let due = Timestamp(9);
    let operation = turn.operation();
    turn.requests.push(Request::Timer { operation, due });
    turn.cancels.push(1);
    turn.handled = Some("Ball".into());
    turn.waits_as_before = true;
    turn.answers.push((ReplyTo::Nobody, nothing()));
    turn.suspended_on.at_once();
    turn.unsaid = Some(Failure::Cancelled {
        call: "work".to_owned(),
    });
    turn.refuse_because("it broke a rule".to_owned());
    turn.cancelling = true;
    turn.depth = 3;
    turn.entity = Some(Box::new(7u8));
    turn.clear();
    turn.renew(context(), 3, FxHashMap::default(), 2);
    assert_eq!(format!("{turn:?}"), new);
}

#[test]
fn a_turn_that_asked_for_very_much_does_not_keep_the_room() {
    let mut turn = Turn::new(context(), 0, FxHashMap::default(), 0);
    turn.cancels.extend(0..=ROOM_MAX as u64);
    turn.clear();
    assert_eq!(turn.cancels.capacity(), 0);
}
