//! The driver's own promises, on bodies written out by hand.

use std::task::Poll;

use super::{Driver, Memory, Save, Stop};
use crate::durable::{
    ActivityCall, ActivityOptions, Arg, Body, Call, DeclaredFor, Either, Entry, Failure, Frame,
    InOrchestration, Orchestration, OrchestrationCall, Point, Refusal, Root, StateNeed, Turn,
    activity, millis, orchestration, race, resumable, sleep, slot, wait,
};
use crate::engine::Scope;

const MEMORIES: [Memory; 3] = [Memory::Hot, Memory::Written, Memory::Cold];

macro_rules! call {
    ($Call:ident, $args:ty, $output:ty) => {
        struct $Call;
        impl Call for $Call {
            const NAME: &'static str = stringify!($Call);
            const PARAMETERS: &'static [&'static str] = &["n"];
            type Args = $args;
            type Output = $output;
            fn failed(failure: Failure) -> Result<$output, Failure> {
                Err(failure)
            }
        }
    };
}

call!(Inc, (Arg<u64>,), u64);
impl ActivityCall for Inc {
    const OPTIONS: ActivityOptions = ActivityOptions::new();
    const NEEDS: &'static [StateNeed] = &[];
    fn is_error(_: &u64) -> bool {
        false
    }
    async fn run(args: Self::Args, _: Scope) -> u64 {
        args.0.0 + 1
    }
}

// A helper that adds two, in two steps, and keeps `kept` alive all the time.
call!(Two, (Arg<u64>,), (u64, String));
impl Body for Two {
    const SLOTS: &'static [&'static str] = &["kept"];
    const POINTS: &'static [Point] = &[
        Point {
            name: "inc",
            live: &[0],
        },
        Point {
            name: "inc#2",
            live: &[0],
        },
    ];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<(u64, String)> {
        let slots = (slot(),);
        let Some((place, (kept,), (first, second))) = frame.open(turn, slots, (wait(), wait()))
        else {
            return Poll::Pending;
        };
        let mut block = place.point();
        loop {
            match block {
                None => {
                    let (Arg(n),) = place.args();
                    first.begin(InOrchestration, activity::<Inc>((Arg(n),)), turn);
                    kept.put("x".repeat(600));
                    block = Some(0);
                }
                Some(0) => {
                    let Poll::Ready(n) = first.poll(turn) else {
                        return place.wait(0);
                    };
                    second.begin(InOrchestration, activity::<Inc>((Arg(n),)), turn);
                    block = Some(1);
                }
                Some(1) => {
                    let Poll::Ready(n) = second.poll(turn) else {
                        return place.wait(1);
                    };
                    return Poll::Ready((n, kept.take()));
                }
                Some(_) => return place.lost(turn),
            }
        }
    }
}
impl OrchestrationCall for Two {
    type Machine = Root<Self>;
}
impl DeclaredFor<InOrchestration> for Two {}

// A body that awaits one thing and returns it.
macro_rules! awaits {
    ($Call:ident -> $output:ty: |$n:ident| $call:expr) => {
        call!($Call, (Arg<u64>,), $output);
        impl Body for $Call {
            const SLOTS: &'static [&'static str] = &[];
            const POINTS: &'static [Point] = &[Point {
                name: "it",
                live: &[],
            }];
            fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<$output> {
                let Some((place, (), (it,))) = frame.open(turn, (), (wait(),)) else {
                    return Poll::Pending;
                };
                if place.point().is_none() {
                    let (Arg($n),) = place.args();
                    it.begin(InOrchestration, $call, turn);
                }
                let Poll::Ready(output) = it.poll(turn) else {
                    return place.wait(0);
                };
                Poll::Ready(output)
            }
        }
        impl OrchestrationCall for $Call {
            type Machine = Root<Self>;
        }
    };
}
awaits!(Inline -> (u64, String): |n| resumable::<Two>((Arg(n),)));
awaits!(Parent -> (u64, String): |n| orchestration::<Two>((Arg(n),)));
awaits!(Later -> Either<(), u64>: |n| race((sleep(millis(1)), activity::<Inc>((Arg(n),)))));
awaits!(Sooner -> Either<(), ()>: |n| race((sleep(millis(2)), sleep(millis(n)))));
awaits!(Endless -> u64: |n| orchestration::<Endless>((Arg(n),)));
awaits!(Never -> (usize, u64): |_n| race(Vec::<crate::Activity<Inc>>::new()));

fn driver(memory: Memory) -> Driver {
    Driver::new(memory)
        .with(Entry::activity::<Inc>("", 0))
        .with(Entry::orchestration::<Two>("", 0))
        .with(Entry::orchestration::<Endless>("", 0))
}

fn call<O: OrchestrationCall<Args = (Arg<u64>,)>>(n: u64) -> Orchestration<O> {
    orchestration::<O>((Arg(n),))
}

#[test]
fn a_body_gives_the_same_output_hot_written_and_cold() {
    for memory in MEMORIES {
        let mut driver = driver(memory);
        assert_eq!(
            driver.run(call::<Two>(5)),
            Ok((7, "x".repeat(600))),
            "{memory:?}"
        );
        assert_eq!(driver.suspensions(), 2);
    }
}

#[test]
fn an_untouched_large_local_is_written_once() {
    let mut driver = driver(Memory::Cold);
    driver.run(call::<Two>(5)).unwrap();
    let [first, second] = driver.saves() else {
        panic!("{:?}", driver.saves())
    };
    assert_eq!(first.parts, [(0, Some(602))]);
    assert_eq!(
        second,
        &Save {
            frame: first.frame,
            parts: vec![]
        }
    );
}

#[test]
fn a_nested_frame_is_saved_with_its_caller() {
    let mut driver = driver(Memory::Cold);
    assert_eq!(driver.run(call::<Inline>(1)).unwrap().0, 3);
    assert!(driver.saves().iter().all(|save| save.frame > 600));
}

#[test]
fn a_child_runs_as_an_instance_of_its_own() {
    let mut driver = driver(Memory::Cold);
    assert_eq!(driver.run(call::<Parent>(1)).unwrap().0, 3);
    assert_eq!(driver.suspensions(), 3);
}

#[test]
fn timers_wait_for_everything_else_and_complete_in_due_order() {
    assert_eq!(
        driver(Memory::Hot).run(call::<Later>(1)),
        Ok(Either::Second(2))
    );
    assert_eq!(
        driver(Memory::Hot).run(call::<Sooner>(1)),
        Ok(Either::Second(()))
    );
    assert_eq!(
        driver(Memory::Hot).run(call::<Sooner>(2)),
        Ok(Either::First(()))
    );
    assert_eq!(
        driver(Memory::Hot).run(call::<Sooner>(3)),
        Ok(Either::First(()))
    );
}

#[test]
fn seeds_find_both_outcomes_of_a_race_and_repeat_them() {
    let run = |seed| {
        driver(Memory::Cold)
            .seeded(seed)
            .run(call::<Later>(1))
            .unwrap()
    };
    let seen: Vec<_> = (0..16).map(run).collect();
    assert!(seen.contains(&Either::First(())) && seen.contains(&Either::Second(2)));
    assert_eq!(seen, (0..16).map(run).collect::<Vec<_>>());
}

#[test]
fn an_instance_at_rest_goes_on_elsewhere() {
    let rest = driver(Memory::Hot).run_until(call::<Two>(5), 1).unwrap();
    assert_eq!(rest.parts.len(), 1);
    assert_eq!(driver(Memory::Cold).resume::<Two>(rest).unwrap().0, 7);
}

#[test]
fn what_cannot_go_on_is_refused_by_name() {
    let unregistered = Driver::new(Memory::Hot).run(call::<Two>(5));
    assert!(
        matches!(unregistered, Err(Stop::Refused(Refusal::Unregistered { name, .. })) if name == "Inc")
    );
    let endless = driver(Memory::Hot).run(call::<Endless>(5));
    assert!(matches!(endless, Err(Stop::Refused(Refusal::Stuck { .. }))));
    let never = driver(Memory::Hot).run(call::<Never>(5));
    assert!(matches!(never, Err(Stop::Refused(Refusal::Stuck { .. }))));
    let ended = driver(Memory::Hot).run_until(call::<Two>(5), 9);
    assert!(matches!(ended, Err(Stop::Refused(Refusal::Stuck { .. }))));
}
