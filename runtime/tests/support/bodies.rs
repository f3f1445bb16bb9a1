//! Orchestrations as the macros would write them.

use std::task::Poll;

use undying::__private::{
    ActivityCall, ActivityOptions, Arg, Body, Call, Failure, Frame, InOrchestration,
    OrchestrationCall, Point, Scope, StateNeed, Turn, activity, orchestration, slot, wait,
};
use undying::{join, join_all, millis, sleep};

macro_rules! call {
    ($(#[$doc:meta])* $Call:ident, $name:literal, $args:ty, $output:ty) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Call;
        impl Call for $Call {
            const NAME: &'static str = $name;
            const PARAMETERS: &'static [&'static str] = &["a", "b"];
            type Args = $args;
            type Output = $output;
            fn failed(failure: Failure) -> Result<$output, Failure> {
                Err(failure)
            }
        }
    };
}

call!(
    /// An activity: one more.
    Step, "step", (Arg<u64>, Arg<u64>), u64
);
impl ActivityCall for Step {
    const OPTIONS: ActivityOptions = ActivityOptions::new();
    const NEEDS: &'static [StateNeed] = &[];
    fn is_error(_: &u64) -> bool {
        false
    }
    async fn run(args: Self::Args, _: Scope) -> u64 {
        args.0.0 + 1
    }
}

fn step(n: u64) -> undying::Activity<Step> {
    activity::<Step>((Arg(n), Arg(0)))
}

call!(
    /// So many steps, one after the other.
    Chain, "chain", (Arg<u64>, Arg<u64>), u64
);
impl OrchestrationCall for Chain {}
impl Body for Chain {
    const SLOTS: &'static [&'static str] = &["left", "value"];
    const POINTS: &'static [Point] = &[Point {
        name: "step",
        live: &[0, 1],
    }];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (left, value), (stepping,))) =
            frame.open(turn, (slot(), slot()), (wait(),))
        else {
            return Poll::Pending;
        };
        let (mut n, mut v): (u64, u64) = match place.point() {
            None => {
                let (Arg(n), Arg(v)) = place.args();
                (n, v)
            }
            _ => {
                let Poll::Ready(v) = stepping.poll(turn) else {
                    return place.wait(0);
                };
                value.take();
                (left.take(), v)
            }
        };
        loop {
            if n == 0 {
                return Poll::Ready(v);
            }
            n -= 1;
            stepping.begin(InOrchestration, step(v), turn);
            left.put(n);
            value.put(v);
            let Poll::Ready(next) = stepping.poll(turn) else {
                return place.wait(0);
            };
            (n, v) = (left.take(), next);
            value.take();
        }
    }
}

call!(
    /// So many steps at once; their sum.
    Fan, "fan", (Arg<u64>, Arg<u64>), u64
);
impl OrchestrationCall for Fan {}
impl Body for Fan {
    const SLOTS: &'static [&'static str] = &[];
    const POINTS: &'static [Point] = &[Point {
        name: "join_all",
        live: &[],
    }];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (), (joining,))) = frame.open(turn, (), (wait(),)) else {
            return Poll::Pending;
        };
        if place.point().is_none() {
            let (Arg(n), _) = place.args();
            let steps: Vec<_> = (0..n).map(step).collect();
            joining.begin(InOrchestration, join_all(steps), turn);
        }
        let Poll::Ready(all) = joining.poll(turn) else {
            return place.wait(0);
        };
        Poll::Ready(all.iter().sum())
    }
}

call!(
    /// Sleeps so many milliseconds; then one step.
    Nap, "nap", (Arg<u64>, Arg<u64>), u64
);
impl OrchestrationCall for Nap {}
impl Body for Nap {
    const SLOTS: &'static [&'static str] = &["begun"];
    const POINTS: &'static [Point] = &[Point {
        name: "sleep",
        live: &[0],
    }];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (begun,), (sleeping,))) = frame.open(turn, (slot(),), (wait(),)) else {
            return Poll::Pending;
        };
        let now = millis_of(turn);
        if place.point().is_none() {
            let (Arg(time), _) = place.args();
            begun.put(now);
            sleeping.begin(InOrchestration, sleep(millis(time)), turn);
        }
        let Poll::Ready(()) = sleeping.poll(turn) else {
            return place.wait(0);
        };
        Poll::Ready(now - begun.take())
    }
}

fn millis_of(turn: &mut Turn) -> u64 {
    let since = turn.context().now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap_or_default().as_millis() as u64
}

call!(
    /// A tree of orchestrations, so deep, so wide; how many nodes it has. Each naps and steps.
    Family, "family", (Arg<u64>, Arg<u64>), u64
);
impl OrchestrationCall for Family {}
impl Body for Family {
    const SLOTS: &'static [&'static str] = &[];
    const POINTS: &'static [Point] = &[Point {
        name: "join",
        live: &[],
    }];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (), (joining,))) = frame.open(turn, (), (wait(),)) else {
            return Poll::Pending;
        };
        if place.point().is_none() {
            let (Arg(depth), Arg(width)) = place.args();
            let children = (0..if depth == 0 { 0 } else { width })
                .map(|_| orchestration::<Family>((Arg(depth - 1), Arg(width))));
            let all = join((join_all(children), step(0), sleep(millis(depth))));
            joining.begin(InOrchestration, all, turn);
        }
        let Poll::Ready((children, one, ())) = joining.poll(turn) else {
            return place.wait(0);
        };
        Poll::Ready(one + children.iter().sum::<u64>())
    }
}
