//! Orchestrations as the macros would write them.

use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use undying::__private::{
    ActivityCall, ActivityOptions, Arg, Body, Call, Failure, Frame, InOrchestration,
    OrchestrationCall, Point, Retry, Root, Scope, StateNeed, Turn, activity, orchestration, slot,
    wait,
};
use undying::{Either, Task, join, join_all, millis, race, sleep};

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

/// The attempts a step may make.
pub const ATTEMPTS: u32 = 3;

pub fn step(n: u64) -> undying::Activity<Step> {
    let retry = Retry::attempts(ATTEMPTS).first(millis(20));
    activity::<Step>((Arg(n), Arg(0))).retry(retry)
}

thread_local! {
    /// So many turns of [`Chain`] on this thread panic.
    pub static PANICS: Cell<u32> = const { Cell::new(0) };
    /// How long [`Relay`]s of this thread are kept after they ended.
    pub static RETENTION: Cell<Option<Duration>> = const { Cell::new(None) };
    /// So many attempts to save a [`Chain`] on this thread fail.
    pub static UNSAVED: Cell<u32> = const { Cell::new(0) };
}

pub(super) fn spend(budget: &'static std::thread::LocalKey<Cell<u32>>) -> bool {
    let left = budget.get();
    budget.set(left.saturating_sub(1));
    left > 0
}

/// A number that cannot always be saved.
#[derive(Debug, Deserialize)]
struct Touchy(u64);

impl Serialize for Touchy {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if spend(&UNSAVED) {
            return Err(serde::ser::Error::custom("not today"));
        }
        to.serialize_newtype_struct("Touchy", &self.0)
    }
}

call!(
    /// So many steps, one after the other.
    Chain, "chain", (Arg<u64>, Arg<u64>), u64
);
impl OrchestrationCall for Chain {
    type Machine = Root<Self>;
}
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
        assert!(!spend(&PANICS), "a turn that panics");
        loop {
            if n == 0 {
                return Poll::Ready(v);
            }
            n -= 1;
            stepping.begin(InOrchestration, step(v), turn);
            left.put(n);
            value.put(Touchy(v));
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
impl OrchestrationCall for Fan {
    type Machine = Root<Self>;
}
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
impl OrchestrationCall for Nap {
    type Machine = Root<Self>;
}
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
impl OrchestrationCall for Family {
    type Machine = Root<Self>;
}
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

call!(
    /// A tree of orchestrations, or a sleep of so many milliseconds, whichever ends first. The tree's
    /// size, or 0 when it was cancelled.
    Impatient, "impatient", (Arg<u64>, Arg<u64>), u64
);
impl OrchestrationCall for Impatient {
    type Machine = Root<Self>;
}
impl Body for Impatient {
    const SLOTS: &'static [&'static str] = &[];
    const POINTS: &'static [Point] = &[Point {
        name: "race",
        live: &[],
    }];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (), (racing,))) = frame.open(turn, (), (wait(),)) else {
            return Poll::Pending;
        };
        if place.point().is_none() {
            let (Arg(depth), Arg(time)) = place.args();
            let tree = orchestration::<Family>((Arg(depth), Arg(2)));
            racing.begin(InOrchestration, race((tree, sleep(millis(time)))), turn);
        }
        match racing.poll(turn) {
            Poll::Pending => place.wait(0),
            Poll::Ready(Either::First(size)) => Poll::Ready(size),
            Poll::Ready(Either::Second(())) => Poll::Ready(0),
        }
    }
}

call!(
    /// Spawns so many steps, awaits them one by one except the last few, which nobody awaits.
    Tasks, "tasks", (Arg<u64>, Arg<u64>), u64
);
impl OrchestrationCall for Tasks {
    type Machine = Root<Self>;
}
impl Body for Tasks {
    const SLOTS: &'static [&'static str] = &["tasks", "sum", "pad", "more"];
    const POINTS: &'static [Point] = &[
        Point {
            name: "spawn",
            live: &[],
        },
        Point {
            name: "task",
            live: &[0, 1, 2, 3],
        },
    ];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (s_tasks, s_sum, s_pad, s_more), (w_spawn, w_task))) =
            frame.open(turn, (slot(), slot(), slot(), slot()), (wait(), wait()))
        else {
            return Poll::Pending;
        };
        let mut tasks: Vec<Task<u64>>;
        let mut sum: u64;
        if place.point().is_none() {
            let (Arg(n), Arg(left)) = place.args();
            tasks = Vec::new();
            for n in 0..n + left {
                w_spawn.begin(InOrchestration, step(n).spawn(), turn);
                if let Poll::Ready(task) = w_spawn.poll(turn) {
                    tasks.push(task);
                }
            }
            tasks.reverse();
            tasks.drain(..left as usize);
            sum = 0;
            // Each is more than fits inside the frame.
            s_pad.put(vec![n; 600]);
            s_more.put(vec![n; 700]);
        } else {
            let Poll::Ready(value) = w_task.poll(turn) else {
                return place.wait(1);
            };
            tasks = s_tasks.take();
            sum = s_sum.take() + value;
            let (pad, more): (Vec<u64>, Vec<u64>) = (s_pad.take(), s_more.take());
            assert_eq!((pad.len(), more.len()), (600, 700));
            s_pad.put(pad);
            s_more.put(more);
        }
        while let Some(task) = tasks.pop() {
            w_task.begin(InOrchestration, task, turn);
            let Poll::Ready(value) = w_task.poll(turn) else {
                s_tasks.put(tasks);
                s_sum.put(sum);
                return place.wait(1);
            };
            sum += value;
        }
        s_pad.take();
        s_more.take();
        Poll::Ready(sum)
    }
}

/// Set in a process whose [`Killer`]s kill it.
pub const KILL: &str = "UNDYING_TEST_KILL";

call!(
    /// One step, and then a turn that kills the process, if it is told to.
    Killer, "killer", (Arg<u64>, Arg<u64>), u64
);
impl OrchestrationCall for Killer {
    type Machine = Root<Self>;
}
impl Body for Killer {
    const SLOTS: &'static [&'static str] = &[];
    const POINTS: &'static [Point] = &[Point {
        name: "step",
        live: &[],
    }];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (), (stepping,))) = frame.open(turn, (), (wait(),)) else {
            return Poll::Pending;
        };
        if place.point().is_none() {
            stepping.begin(InOrchestration, step(0), turn);
        }
        let Poll::Ready(value) = stepping.poll(turn) else {
            return place.wait(0);
        };
        if std::env::var_os(KILL).is_some() {
            std::process::exit(86);
        }
        Poll::Ready(value)
    }
}

/// Held by a test to stop the turns of [`Gate`].
pub static GATE: Mutex<bool> = Mutex::new(false);

call!(
    /// A turn that does not end while the test holds [`GATE`], and notes that it began.
    Gate, "gate", (Arg<u64>, Arg<u64>), u64
);
/// How many turns of [`Gate`] have begun.
pub static AT_THE_GATE: AtomicU64 = AtomicU64::new(0);
impl OrchestrationCall for Gate {
    type Machine = Root<Self>;
}
impl Body for Gate {
    const SLOTS: &'static [&'static str] = &[];
    const POINTS: &'static [Point] = &[];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((_, (), ())) = frame.open(turn, (), ()) else {
            return Poll::Pending;
        };
        AT_THE_GATE.fetch_add(1, Ordering::SeqCst);
        drop(GATE.lock());
        Poll::Ready(0)
    }
}

call!(
    /// So many children, one after the other, that return at once: many turns in one epoch.
    Relay, "relay", (Arg<u64>, Arg<u64>), u64
);
impl OrchestrationCall for Relay {
    type Machine = Root<Self>;
}
impl Body for Relay {
    const SLOTS: &'static [&'static str] = &["left", "value"];
    const POINTS: &'static [Point] = &[Point {
        name: "chain",
        live: &[0, 1],
    }];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (s_left, s_value), (running,))) =
            frame.open(turn, (slot(), slot()), (wait(),))
        else {
            return Poll::Pending;
        };
        let (left, value): (u64, u64) = match place.point() {
            None => {
                let (Arg(left), Arg(value)) = place.args();
                (left, value)
            }
            _ => {
                let Poll::Ready(value) = running.poll(turn) else {
                    return place.wait(0);
                };
                s_value.take();
                (s_left.take(), value)
            }
        };
        assert!(!spend(&PANICS), "a turn that panics");
        if left == 0 {
            return Poll::Ready(value);
        }
        let child = orchestration::<Chain>((Arg(0), Arg(value + 1)));
        running.begin(InOrchestration, child, turn);
        s_left.put(left - 1);
        s_value.put(Touchy(value));
        // A suspension is a poll that is not ready; a child never is in the turn that starts it.
        let _ = running.poll(turn);
        place.wait(0)
    }
}
