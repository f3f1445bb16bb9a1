//! `async` blocks as branches of an await: what awaits them is data, what they do is in the frame's step.
//!
//! A branch is polled in two places: its code, at the head of the block that awaits it, runs as far
//! as it can and leaves a signal in the turn; its [`Branching`], deep inside of a combinator, picks
//! the signal up. Both happen within one step, so a signal never outlives it.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::task::Poll;

use smallvec::SmallVec;

use super::{Body, Durable, Loader, Pending, Persist, Place, Refusal, Saver, Turn, Waits};

/// The branches of a suspended frame that have not ended.
#[derive(Debug, Default)]
pub(super) struct Branches(Vec<At>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    /// Which branch; not known of one that was read back, whose point says it.
    fork: Option<u16>,
    /// Its resume point; none at its start.
    point: Option<u16>,
}

impl Branches {
    pub(super) fn at(points: &[u16]) -> Self {
        let at = |point: &u16| At {
            fork: None,
            point: Some(*point),
        };
        Branches(points.iter().map(at).collect())
    }

    /// All resume points of a frame whose own is `main`.
    pub(super) fn points(&self, main: u16) -> SmallVec<[u16; 4]> {
        let mut points = SmallVec::new();
        points.push(main);
        for branch in &self.0 {
            points.extend(branch.point);
        }
        points
    }

    fn remove(&mut self, fork: u16) -> bool {
        let before = self.0.len();
        self.0.retain(|at| at.fork != Some(fork));
        self.0.len() < before
    }
}

/// What branches tell what awaits them, by the depth of their frame and their number.
#[derive(Debug, Default)]
pub(crate) struct Signals(Vec<(usize, u32, Signal)>);

enum Signal {
    /// It ended, with this.
    Ended(Box<dyn Any + Send>),
    /// It waits for this.
    Waits(Waits),
    /// It is not wanted any more.
    Cancelled,
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Signal::Ended(_) => f.write_str("Ended"),
            Signal::Waits(waits) => waits.fmt(f),
            Signal::Cancelled => f.write_str("Cancelled"),
        }
    }
}

impl Signals {
    fn take(&mut self, depth: usize, fork: u32) -> Option<Signal> {
        let at = self
            .0
            .iter()
            .position(|(its_depth, its_fork, _)| (*its_depth, *its_fork) == (depth, fork))?;
        Some(self.0.swap_remove(at).2)
    }
}

/// What a branch says, by its number in the frame that is being polled.
impl Turn {
    fn branch_says(&mut self, number: u32, signal: Signal) {
        self.branch_signals.0.push((self.depth, number, signal));
    }

    /// It ended.
    pub(super) fn branch_ended(&mut self, number: u32, output: Box<dyn Any + Send>) {
        self.branch_says(number, Signal::Ended(output));
    }

    /// It came to wait.
    pub(super) fn branch_waits(&mut self, number: u32, waits: Waits) {
        self.branch_says(number, Signal::Waits(waits));
    }

    /// Whether what awaited it has no use for it. Nothing it said is left.
    pub(super) fn branch_is_over(&mut self, number: u32) -> bool {
        let mut over = false;
        while let Some(signal) = self.branch_signals.take(self.depth, number) {
            over |= matches!(signal, Signal::Cancelled);
        }
        over
    }
}

/// One `async` block of the source: carries its type from where it begins to where it ends.
#[derive(Debug)]
pub struct Fork<T> {
    number: u16,
    output: PhantomData<fn() -> T>,
}

impl<T> Fork<T> {
    /// The `async` block with this number in its function.
    #[must_use]
    pub fn new(number: u16) -> Self {
        Fork {
            number,
            output: PhantomData,
        }
    }

    /// Begins it.
    pub fn start<B: Body>(&self, place: &mut Place<B>) -> Branch<T> {
        place.at.branches.remove(self.number);
        place.at.branches.0.push(At {
            fork: Some(self.number),
            point: None,
        });
        Branch::of(u32::from(self.number))
    }

    /// Where it is, if it has not ended: at its start, or at one of its `points`.
    pub fn place<B: Body>(&self, points: &[u16], place: &mut Place<B>) -> Option<Option<u16>> {
        let own = |at: &&mut At| match at.fork {
            Some(fork) => fork == self.number,
            None => at.point.is_some_and(|point| points.contains(&point)),
        };
        let at = place.at.branches.0.iter_mut().find(own)?;
        at.fork = Some(self.number);
        Some(at.point)
    }

    /// It came to wait at `point`.
    pub fn wait<B: Body>(&self, point: u16, place: &mut Place<B>, turn: &mut Turn) {
        let own = |at: &&mut At| at.fork == Some(self.number);
        if let Some(at) = place.at.branches.0.iter_mut().find(own) {
            at.point = Some(point);
        }
        let waits = std::mem::take(&mut turn.suspended_on);
        turn.branch_waits(u32::from(self.number), waits);
    }

    /// It ended.
    pub fn finish<B: Body>(&self, output: T, place: &mut Place<B>, turn: &mut Turn)
    where
        T: Send + 'static,
    {
        place.at.branches.remove(self.number);
        turn.branch_ended(u32::from(self.number), Box::new(output));
    }

    /// Whether it has to be stopped: what awaited it is `ready`, or has no use for it.
    pub fn is_over<B: Body>(&self, ready: bool, place: &mut Place<B>, turn: &mut Turn) -> bool {
        let over = turn.branch_is_over(u32::from(self.number)) || ready;
        over && place.at.branches.remove(self.number)
    }
}

/// An `async` block among the operands of an await.
#[must_use = "an `async` block does nothing until it is awaited"]
#[derive(Debug)]
pub struct Branch<T> {
    number: u32,
    output: PhantomData<fn() -> T>,
}

impl<T> Branch<T> {
    pub(super) fn of(number: u32) -> Self {
        Branch {
            number,
            output: PhantomData,
        }
    }
}

/// An `async` block under way, as far as what awaits it is concerned.
#[derive(Debug)]
pub struct Branching<T> {
    number: u32,
    waits: Waits,
    output: PhantomData<fn() -> T>,
}

impl<C, T: Persist> Durable<C> for Branch<T> {
    type Output = T;
    type Pending = Branching<T>;

    fn begin(self, _: &mut Turn) -> Branching<T> {
        Branching {
            number: self.number,
            waits: Waits::default(),
            output: PhantomData,
        }
    }
}

impl<T: Persist> Pending for Branching<T> {
    type Output = T;

    fn poll(&mut self, turn: &mut Turn) -> Poll<T> {
        match turn.branch_signals.take(turn.depth, self.number) {
            Some(Signal::Ended(output)) => {
                let output = output.downcast::<T>();
                Poll::Ready(*output.expect("a branch ends with the type it began with"))
            }
            Some(Signal::Waits(waits)) => {
                self.waits = waits;
                Poll::Pending
            }
            Some(Signal::Cancelled) | None => Poll::Pending,
        }
    }

    fn cancel(&mut self, turn: &mut Turn) {
        // A frame that is cancelled as a whole cancels all its waits itself.
        if !turn.cancelling {
            turn.branch_says(self.number, Signal::Cancelled);
        }
    }

    fn waits(&self, out: &mut Waits) {
        out.any(self.waits.clone());
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        saver.u64(u64::from(self.number));
        Ok(())
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        let number = u32::try_from(loader.u64()?);
        Ok(Branching {
            number: number.map_err(|_| loader.damaged("a branch's number is too large"))?,
            waits: Waits::default(),
            output: PhantomData,
        })
    }
}
