//! Dialogues with one instance: what it hears, and what it asks for in return.

use std::fmt::Write as _;

use super::asks::{Asks, WaitOver, World};
use super::instance::Instance;
use super::message::Message;
use super::section::{LockMessage, Lockable};
use super::{Ending, Number, Outcome, Parent, Program, StartAttempt};
use crate::durable::{Arg, Named, OrchestrationCall, Parts, Refusal, Retry, Timestamp};
use crate::schema::Stored;
use crate::store::Caps;

#[cfg(not(miri))] // Thousands of states, and the threads of a checker that is not ours.
mod lock_protocol;
mod locks;
#[path = "../../tests/support/mod.rs"]
#[allow(unused_imports)]
mod support;

use support::bodies::{Chain, Family, Impatient, Nap, PANICS, Tasks};

const CAPS: Caps = Caps {
    max_batch_bytes: 1 << 20,
    max_value_bytes: 1 << 20,
    max_key_bytes: 1 << 10,
};

/// What an instance hears.
enum Hears {
    /// It gets a turn.
    Turn,
    /// An attempt of a call ended with this number.
    Done(u64, u32, u64),
    /// An attempt of a call panicked.
    Panicked(u64, u32),
    /// An attempt of a call was refused.
    Refused(u64, u32),
    /// A timer, or the pause before an attempt, is over.
    Due(u64, u64),
    /// A child returned this number.
    Child(u64, u64),
    /// A child was cancelled.
    ChildCancelled(u64),
    /// All entities of a section are locked.
    Granted(u64),
    /// An entity is asked for its lock by the section of this number, and to ask these then.
    Asked(u64, &'static [&'static str]),
    /// A section has been left.
    Unlocked(u64),
    /// A section has been given up; these were to follow.
    GivenUp(u64, &'static [&'static str]),
    Cancel,
    Terminate,
    Suspend,
    Resume,
    Retry,
    /// The store was opened; it was closed cleanly, or not.
    Opened(bool),
}
use Hears::*;

fn instance<O: OrchestrationCall<Args = (Arg<u64>, Arg<u64>)>>(a: u64, b: u64) -> Instance {
    let args = Stored::write(&Named::<O>((Arg(a), Arg(b)))).expect("numbers");
    let parent = Some(Parent {
        number: Number { partition: 1, n: 1 },
        operation: 7,
    });
    let number = Number { partition: 0, n: 1 };
    Instance::begin(
        number,
        "it".into(),
        O::NAME.into(),
        parent,
        args,
        Timestamp(0),
    )
}

fn section(operation: u64) -> Parent {
    let number = Number { partition: 1, n: 9 };
    Parent { number, operation }
}

fn lockable(id: &str) -> Lockable {
    let (id, name) = (id.to_owned(), "purse".into());
    Lockable { id, name }
}

fn number(n: u64) -> Stored {
    Stored::write(&n).expect("a number")
}

/// Holds a dialogue at time 0: each line is what it hears and what it then asks for; a trailing
/// `!` says that it is ready for a turn.
fn dialogue(mut instance: Instance, lines: &[(Hears, &str)]) {
    let program = support::Tests::new();
    let program: &dyn Program = program.as_ref();
    for (index, (hears, expected)) in lines.iter().enumerate() {
        let mut asks = Asks::default();
        let world = World {
            program,
            now: Timestamp(0),
        };
        hear(&mut instance, hears, world, &mut asks);
        let mut said = said(&asks);
        if instance.is_ready() {
            said.push('!');
        }
        assert_eq!(said, *expected, "line {index}");
    }
}

fn hear(instance: &mut Instance, hears: &Hears, world: World<'_>, asks: &mut Asks) {
    match hears {
        Turn => {
            let turn = match instance.is_entity() {
                true => instance
                    .serve(Parts::default(), world, CAPS, 1, asks)
                    .map(drop),
                false => instance.advance(Parts::default(), world, CAPS, asks),
            };
            if let Err(failed) = turn {
                instance.park(failed.why, asks);
            }
        }
        Done(call, attempt, n) => {
            instance.attempt_ended(*call, *attempt, Outcome::Done(number(*n)), world, asks);
        }
        Panicked(call, attempt) => {
            let outcome = Outcome::Panicked("oh".to_owned());
            instance.attempt_ended(*call, *attempt, outcome, world, asks);
        }
        Refused(call, attempt) => {
            let outcome = Outcome::Refused(Refusal::Damaged {
                body: "step".to_owned(),
                what: "it".to_owned(),
            });
            instance.attempt_ended(*call, *attempt, outcome, world, asks);
        }
        Due(call, at) => {
            instance.due(*call, Timestamp(*at), world, asks);
        }
        Child(call, n) => {
            instance.child_ended(*call, Ending::Completed(number(*n)), world);
        }
        Granted(call) => instance.granted(*call),
        Asked(owner, rest) => {
            let rest = rest.iter().map(|id| lockable(id)).collect();
            instance.lock_asked(section(*owner), rest);
        }
        Unlocked(owner) => instance.unlock(section(*owner), world, asks),
        GivenUp(owner, rest) => {
            let rest = rest.iter().map(|id| lockable(id)).collect();
            instance.cancel_lock(section(*owner), rest, world, asks);
        }
        ChildCancelled(call) => {
            instance.child_ended(*call, Ending::Cancelled, world);
        }
        Cancel => instance.cancel(world.now, asks),
        Terminate => instance.terminate("enough".to_owned(), world.now, asks),
        Suspend => assert!(instance.suspend("wait".to_owned(), world.now)),
        Resume => assert!(instance.go_on(world.now)),
        Hears::Retry => instance.retry(world, asks),
        Opened(clean) => instance.resume(*clean, world, asks),
    }
}

fn said(asks: &Asks) -> String {
    let mut said = Vec::new();
    for StartAttempt {
        operation, attempt, ..
    } in &asks.starts
    {
        said.push(format!("start {operation} #{attempt}"));
    }
    said.extend(asks.cancels.iter().map(|call| format!("stop {call}")));
    for message in &asks.messages {
        said.push(match message {
            Message::StartChild { parent, id, .. } => format!("child {} {id}", parent.operation),
            Message::CancelChild { id, .. } => format!("cancel {id}"),
            Message::TerminateChild { id, reason, .. } => format!("terminate {id}: {reason}"),
            Message::RewindChild { id, .. } => format!("rewind {id}"),
            Message::Start { id, .. } => format!("start {id}"),
            Message::Operate {
                entity, request, ..
            } => format!("ask {entity} to {}", request.method),
            Message::Operated { parent, .. } => format!("answer {}", parent.operation),
            Message::Event { id, name, .. } => format!("raise {name} of {id}"),
            Message::Answer { .. } => "answer".to_owned(),
            Message::Ask { key, .. } | Message::AskAgain { key, .. } => format!("ask {key}"),
            Message::Told { key, .. } => format!("tell {key}"),
            Message::Lock(message) => lock(message),
            Message::ChildEnded { parent, ending } => {
                format!("tell parent {}: {}", parent.operation, short(ending))
            }
        });
    }
    said.extend(
        asks.arm
            .iter()
            .map(|(due, call)| format!("arm {call} at {}", due.0)),
    );
    said.extend(asks.disarm.iter().map(|(_, call)| format!("disarm {call}")));
    said.extend(
        asks.remind
            .iter()
            .map(|(due, call)| format!("again {call} at {}", due.0)),
    );
    match &asks.outcome {
        None => {}
        Some(WaitOver::Ended(_)) => said.push("over".to_owned()),
        Some(WaitOver::Parked(_)) => said.push("parked".to_owned()),
    }
    said.join(", ")
}

/// The next entity first, as it is asked.
fn lock(message: &LockMessage) -> String {
    let list = |entities: &[Lockable]| {
        let ids: Vec<&str> = entities.iter().rev().map(|entity| &*entity.id).collect();
        ids.join(" ")
    };
    match message {
        LockMessage::Ask { owner, entities } => {
            format!("lock {} for {}", list(entities), owner.operation)
        }
        LockMessage::Cancel { owner, entities } => {
            format!("do not lock {} for {}", list(entities), owner.operation)
        }
        LockMessage::Granted { owner } => format!("grant {}", owner.operation),
        LockMessage::Unlock { owner, entity } => format!("unlock {entity} of {}", owner.operation),
    }
}

fn short(ending: &Ending) -> String {
    let mut text = String::new();
    match ending {
        Ending::Completed(value) => write!(text, "{:?}", value.read::<u64>().ok()),
        Ending::Error(value) => write!(text, "{:?}", value.describe().ok()),
        Ending::Failed(failure) => write!(text, "{failure}"),
        Ending::Cancelled => write!(text, "cancelled"),
        Ending::Terminated { reason } => write!(text, "terminated: {reason}"),
    }
    .expect("a string");
    text
}

#[test]
fn a_sequence_of_activities() {
    dialogue(
        instance::<Chain>(2, 5),
        &[
            (Turn, "start 0 #1"),
            (Done(0, 1, 6), "!"),
            (Turn, "start 1 #1"),
            (Done(0, 1, 6), ""),
            (Done(1, 1, 7), "!"),
            (Turn, "tell parent 7: Some(7), over"),
            (Done(1, 1, 7), ""),
        ],
    );
}

#[test]
fn an_activity_that_fails_is_retried_with_pauses_that_grow() {
    dialogue(
        instance::<Chain>(1, 0),
        &[
            (Turn, "start 0 #1"),
            (Panicked(0, 1), "again 0 at 20"),
            // Nothing is under way: what an old attempt says does not count.
            (Panicked(0, 1), ""),
            (Due(0, 20), "start 0 #2"),
            (Due(0, 20), ""),
            (Panicked(0, 1), ""),
            (Panicked(0, 2), "again 0 at 40"),
            (Due(0, 40), "start 0 #3"),
            (Panicked(0, 3), "!"),
            (Turn, "tell parent 7: `step` panicked: oh, over"),
        ],
    );
    assert_eq!(Retry::attempts(3).max_attempts(), support::bodies::ATTEMPTS);
}

#[test]
fn a_value_counts_whichever_attempt_it_comes_from() {
    dialogue(
        instance::<Chain>(1, 0),
        &[
            (Turn, "start 0 #1"),
            (Panicked(0, 1), "again 0 at 20"),
            (Done(0, 1, 9), "!"),
            (Due(0, 20), "!"),
            (Turn, "tell parent 7: Some(9), over"),
        ],
    );
}

#[test]
fn a_refused_attempt_is_made_again_when_the_instance_is_retried() {
    dialogue(
        instance::<Chain>(1, 0),
        &[
            (Turn, "start 0 #1"),
            (Refused(0, 1), "parked"),
            (Opened(false), ""),
            (Hears::Retry, "start 0 #1"),
            (Done(0, 1, 1), "!"),
            (Turn, "tell parent 7: Some(1), over"),
        ],
    );
}

#[test]
fn an_opened_store_makes_attempts_again_and_counts_them_if_it_was_not_closed() {
    dialogue(
        instance::<Chain>(1, 0),
        &[
            (Turn, "start 0 #1"),
            (Opened(true), "start 0 #1"),
            (Opened(false), "start 0 #2"),
            // An attempt that died with the process is no failure of the activity.
            (Panicked(0, 2), "again 0 at 20"),
            (Opened(false), "again 0 at 20"),
            (Due(0, 20), "start 0 #3"),
            (Panicked(0, 3), "again 0 at 40"),
        ],
    );
}

#[test]
fn a_timer_fires_once_and_only_its_own() {
    dialogue(
        instance::<Nap>(50, 0),
        &[
            (Turn, "arm 0 at 50"),
            (Due(0, 49), ""),
            (Due(1, 50), ""),
            (Due(0, 50), "!"),
            (Due(0, 50), "!"),
            (Turn, "tell parent 7: Some(0), over"),
        ],
    );
}

#[test]
fn children_are_started_told_of_and_cancelled() {
    dialogue(
        instance::<Family>(1, 2),
        &[
            (Turn, "start 2 #1, child 0 it/0, child 1 it/1, arm 3 at 1"),
            (Child(0, 1), ""),
            (Child(0, 1), ""),
            (Due(3, 1), ""),
            (
                Cancel,
                "stop 2, cancel it/1, tell parent 7: cancelled, over",
            ),
            (Child(1, 1), ""),
            (Cancel, ""),
        ],
    );
}

#[test]
fn terminating_goes_down_the_tree_with_its_reason() {
    dialogue(
        instance::<Family>(1, 1),
        &[
            (Turn, "start 1 #1, child 0 it/0, arm 2 at 1"),
            (
                Terminate,
                "stop 1, terminate it/0: enough, tell parent 7: terminated: enough, disarm 2, over",
            ),
            (Terminate, ""),
            (Cancel, ""),
        ],
    );
}

#[test]
fn a_suspended_instance_hears_everything_and_gets_no_turn() {
    dialogue(
        instance::<Chain>(2, 0),
        &[
            (Suspend, ""),
            (Resume, "!"),
            (Turn, "start 0 #1"),
            (Suspend, ""),
            (Panicked(0, 1), "again 0 at 20"),
            (Due(0, 20), "start 0 #2"),
            (Done(0, 2, 1), ""),
            (Resume, "!"),
            (Turn, "start 1 #1"),
        ],
    );
}

#[test]
fn a_child_that_was_cancelled_by_others_fails_its_parent() {
    dialogue(
        instance::<Family>(1, 1),
        &[
            (Turn, "start 1 #1, child 0 it/0, arm 2 at 1"),
            (ChildCancelled(0), ""),
            (Done(1, 1, 1), ""),
            (Due(2, 1), "!"),
            (Turn, "tell parent 7: `family` was cancelled, over"),
        ],
    );
}

#[test]
fn the_loser_of_a_race_is_given_up() {
    dialogue(
        instance::<Impatient>(0, 9),
        &[
            (Turn, "child 0 it/0, arm 1 at 9"),
            (Due(1, 9), "!"),
            (Turn, "cancel it/0, tell parent 7: Some(0), over"),
        ],
    );
    dialogue(
        instance::<Impatient>(0, 9),
        &[
            (Turn, "child 0 it/0, arm 1 at 9"),
            (Child(0, 4), "!"),
            (Turn, "tell parent 7: Some(4), disarm 1, over"),
        ],
    );
}

#[test]
fn completions_of_tasks_are_filed_until_they_are_awaited() {
    dialogue(
        instance::<Tasks>(3, 1),
        &[
            (Turn, "start 0 #1, start 1 #1, start 2 #1, start 3 #1"),
            (Done(1, 1, 20), ""),
            (Done(2, 1, 300), ""),
            (Done(0, 1, 1), "!"),
            (Turn, "tell parent 7: Some(321), over"),
            // Nobody awaited the last: it goes on and its end is noted.
            (Opened(true), "start 3 #1"),
            (Done(3, 1, 9), ""),
            (Opened(true), ""),
        ],
    );
}

#[test]
fn a_turn_that_panics_changes_nothing_and_can_be_made_again() {
    PANICS.set(1);
    dialogue(
        instance::<Chain>(1, 0),
        &[(Turn, "parked"), (Hears::Retry, "!"), (Turn, "start 0 #1")],
    );
}

#[test]
fn a_turn_that_panics_gives_back_the_completions_it_took() {
    let program = support::Tests::new();
    let program: &dyn Program = program.as_ref();
    let world = World {
        program,
        now: Timestamp(0),
    };
    let mut instance = instance::<Chain>(1, 0);
    let mut asks = Asks::default();
    hear(&mut instance, &Turn, world, &mut asks);
    hear(&mut instance, &Done(0, 1, 4), world, &mut asks);
    PANICS.set(1);
    let failed = instance.advance(Parts::default(), world, CAPS, &mut asks);
    assert!(failed.is_err());
    assert!(instance.operations.has_completed(0));
    assert!(instance.is_ready());
}
