//! Promises of `Resident`: what an entity is after each way in which an operation can end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Effect, EntityContext, EntityMachine, Operated, Operates, Operation, Resident};
use crate::durable::{Completion, Context, Failure, Refusal, Timestamp, Turn, Waits, Writing};
use crate::schema::Stored;
use crate::{activity, entity};

#[activity]
async fn slow(n: u32) -> u32 {
    n
}

#[entity(name = "Meter of the tests")]
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Meter(Vec<u32>);

#[entity]
impl Meter {
    pub fn add(&mut self, cx: &mut EntityContext, n: u32) -> Result<u32, Failure> {
        self.0.push(n);
        cx.signal(Meter::at("other").sum());
        match n {
            0 => panic!("nothing to add"),
            1 => Err(Failure::Cancelled {
                call: cx.key().to_owned(),
            }),
            n => Ok(n),
        }
    }
    pub fn sum(&self) -> u32 {
        self.0.iter().sum()
    }
    pub async fn add_slowly(&mut self, cx: &mut EntityContext, n: u32) -> u32 {
        self.0.push(n);
        if n == 7 {
            cx.delete();
        }
        let slow = slow(n).await;
        self.0.push(slow);
        slow
    }
}

fn turn(next_operation: u64, arrived: Option<(u64, Completion)>) -> Turn {
    let completions: FxHashMap<u64, Completion> = arrived.into_iter().collect();
    let under_way = completions.len();
    let context = Context::new("@Meter of the tests@gas", (0, 1), Timestamp(5), None);
    Turn::new(context, next_operation, completions, under_way)
}

/// Begins an operation; `turn` shows what it asked for.
fn begin<E: Operates<O>, O: 'static>(
    machine: &mut dyn EntityMachine,
    turn: &mut Turn,
    call: &Operation<E, O>,
) -> Poll<Result<Operated, Refusal>> {
    let args = Stored::write(call.arguments()).unwrap();
    machine.begin(E::METHOD, &args, turn)
}

fn done(polled: Poll<Result<Operated, Refusal>>) -> (Completion, Effect) {
    match polled {
        Poll::Ready(Ok(operated)) => (operated.completion, operated.effect),
        other => panic!("{other:?}"),
    }
}

fn state(machine: &dyn EntityMachine) -> Vec<u32> {
    machine.state().unwrap().read::<Meter>().unwrap().0
}

fn written(machine: &mut dyn EntityMachine) -> Writing {
    let mut writing = Writing::default();
    machine.save(&mut writing).unwrap();
    writing
}

/// An entity as another life finds it.
fn reloaded(machine: &mut dyn EntityMachine) -> Resident<Meter> {
    let writing = written(machine);
    let part = |(part, bytes): (u32, Option<Vec<u8>>)| Some((part, bytes?));
    let parts = writing.parts.into_iter().filter_map(part).collect();
    Resident::load(writing.bytes, parts)
}

fn slow_is(n: u32) -> Completion {
    Completion::Value(Stored::write(&n).unwrap())
}

#[test]
fn an_operation_changes_the_state_and_says_what_it_sends() {
    let (mut meter, mut turn) = (Resident::<Meter>::fresh(), turn(0, None));
    let (completion, effect) = done(begin(&mut meter, &mut turn, &Meter::at("gas").add(3)));
    let result: Result<u32, Failure> = Ok(3);
    assert_eq!(
        completion,
        Completion::Value(Stored::write(&result).unwrap())
    );
    assert_eq!((effect, turn.signals.len()), (Effect::Changed, 1));
    assert_eq!(state(&reloaded(&mut meter)), [3]);
}

#[test]
fn an_operation_that_reads_has_no_effect() {
    let mut meter = Resident::<Meter>::fresh();
    let (_, effect) = done(begin(
        &mut meter,
        &mut turn(0, None),
        &Meter::at("gas").sum(),
    ));
    assert_eq!(effect, Effect::Read);
}

#[test]
fn an_error_takes_back_the_change_and_the_signals() {
    let (mut meter, mut turn) = (Resident::<Meter>::fresh(), turn(0, None));
    done(begin(&mut meter, &mut turn, &Meter::at("gas").add(3)));
    let (_, effect) = done(begin(&mut meter, &mut turn, &Meter::at("gas").add(1)));
    assert_eq!((effect, turn.signals.len()), (Effect::Failed, 1));
    assert_eq!(state(&meter), [3]);
}

#[test]
fn a_panic_is_undone_by_rolling_back() {
    let mut meter = Resident::<Meter>::fresh();
    done(begin(
        &mut meter,
        &mut turn(0, None),
        &Meter::at("gas").add(3),
    ));
    let mut turn = turn(0, None);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        begin(&mut meter, &mut turn, &Meter::at("gas").add(0)).is_ready()
    }));
    meter.roll_back();
    assert!(panicked.is_err());
    assert_eq!(state(&meter), [3]);
}

#[test]
fn an_operation_that_only_reads_cannot_roll_back_what_was_done_before_it() {
    let mut meter = Resident::<Meter>::fresh();
    done(begin(
        &mut meter,
        &mut turn(0, None),
        &Meter::at("gas").add(3),
    ));
    done(begin(
        &mut meter,
        &mut turn(0, None),
        &Meter::at("gas").sum(),
    ));
    meter.roll_back();
    assert_eq!(state(&meter), [3]);
}

#[test]
fn an_operation_that_was_written_can_still_be_rolled_back() {
    let mut meter = Resident::<Meter>::fresh();
    done(begin(
        &mut meter,
        &mut turn(0, None),
        &Meter::at("gas").add(3),
    ));
    written(&mut meter);
    meter.roll_back();
    assert_eq!(state(&meter), [0u32; 0]);
}

#[test]
fn readers_see_the_state_before_the_operation_under_way() {
    let mut meter = Resident::<Meter>::fresh();
    done(begin(
        &mut meter,
        &mut turn(0, None),
        &Meter::at("gas").add(3),
    ));
    assert!(
        begin(
            &mut meter,
            &mut turn(0, None),
            &Meter::at("gas").add_slowly(4)
        )
        .is_pending()
    );
    assert_eq!(
        (state(&meter), state(&reloaded(&mut meter))),
        (vec![3], vec![3])
    );
    let mut waits = Waits::default();
    meter.waits(&mut waits);
    assert_eq!(waits.groups().collect::<Vec<_>>(), [[0]]);
}

#[test]
fn an_operation_under_way_goes_on_in_another_life() {
    let mut meter = Resident::<Meter>::fresh();
    assert!(
        begin(
            &mut meter,
            &mut turn(0, None),
            &Meter::at("gas").add_slowly(4)
        )
        .is_pending()
    );
    let mut meter = reloaded(&mut meter);
    let (_, effect) = done(meter.poll(&mut turn(1, Some((0, slow_is(9))))));
    assert_eq!((effect, state(&meter)), (Effect::Changed, vec![4, 9]));
}

#[test]
fn a_deletion_before_a_crash_is_done_after_it() {
    let mut meter = Resident::<Meter>::fresh();
    done(begin(
        &mut meter,
        &mut turn(0, None),
        &Meter::at("gas").add(3),
    ));
    assert!(
        begin(
            &mut meter,
            &mut turn(0, None),
            &Meter::at("gas").add_slowly(7)
        )
        .is_pending()
    );
    let mut meter = reloaded(&mut meter);
    let (_, effect) = done(meter.poll(&mut turn(1, Some((0, slow_is(9))))));
    assert_eq!((effect, state(&meter)), (Effect::Deleted, vec![]));
}

#[test]
fn a_failure_that_the_output_cannot_say_undoes_the_operation() {
    let mut meter = Resident::<Meter>::fresh();
    assert!(
        begin(
            &mut meter,
            &mut turn(0, None),
            &Meter::at("gas").add_slowly(4)
        )
        .is_pending()
    );
    let mut meter = reloaded(&mut meter);
    let failure = Failure::Cancelled {
        call: "slow".to_owned(),
    };
    let arrived = Some((0, Completion::Failed(failure.clone())));
    let ended = done(meter.poll(&mut turn(1, arrived)));
    assert_eq!(ended, (Completion::Failed(failure), Effect::Failed));
    assert_eq!(state(&meter), [0u32; 0]);
}

#[test]
fn a_cancelled_operation_is_undone_and_cancels_what_it_waits_for() {
    let mut meter = Resident::<Meter>::fresh();
    assert!(
        begin(
            &mut meter,
            &mut turn(0, None),
            &Meter::at("gas").add_slowly(4)
        )
        .is_pending()
    );
    let mut meter = reloaded(&mut meter);
    let mut turn = turn(1, None);
    meter.cancel(&mut turn);
    assert_eq!((turn.cancels, state(&meter)), (vec![0], vec![]));
}

#[test]
fn an_operation_that_the_program_does_not_have_is_refused_by_name() {
    let mut meter = Resident::<Meter>::fresh();
    let args = Stored::write(&()).unwrap();
    let Poll::Ready(Err(refusal)) = meter.begin("gone", &args, &mut turn(0, None)) else {
        panic!("it was begun");
    };
    assert!(
        refusal.to_string().contains("`Meter of the tests::gone`"),
        "{refusal}"
    );
}
