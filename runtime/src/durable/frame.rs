//! `Frame`: where a durable function is, with the locals that live there.

mod load;
mod locals;
mod save;
mod shape;

use std::task::Poll;

use self::locals::{Cold, Locals};
use self::shape::Shape;
use super::branch::Branches;
use super::limits::FRAME_DEPTH_MAX;
use super::{Body, Loader, Parts, Pending, Refusal, Saver, SlotTree, Turn, WaitTree, Waits};

/// A local stands in the frame itself.
const INLINE: u64 = 0;
/// A local has a row of its own.
const FILED: u64 = 1;

/// The frame of the body `B`: not begun, live in memory, or as it was stored.
///
/// The types of its slots have no names outside `B::step`: they are erased here and come back there.
#[allow(missing_debug_implementations)]
pub struct Frame<B: Body> {
    place: Place<B>,
    locals: Locals,
    waits: Waits,
}

/// Where the frame is: not begun, with its arguments, or at a resume point.
#[allow(missing_debug_implementations)]
pub struct Place<B: Body> {
    args: Option<B::Args>,
    pub(super) at: Standing,
}

/// Where a frame is, whatever its body.
#[derive(Debug, Default)]
pub(super) struct Standing {
    point: Option<u16>,
    /// Where the branches of the await at this point are: its `async` blocks.
    pub(super) branches: Branches,
    /// The next number of a row for a large local.
    next_part: u32,
    /// Such rows of locals that this version of the function has no more.
    orphans: Vec<u32>,
}

impl<B: Body> Place<B> {
    /// The index of the resume point the frame waits at; `None` when it begins.
    #[inline]
    #[must_use]
    pub fn point(&self) -> Option<u16> {
        self.at.point
    }

    /// The arguments, once, when the frame begins.
    ///
    /// # Panics
    /// When they were taken before, which the lowering excludes.
    #[inline]
    pub fn args(&mut self) -> B::Args {
        self.args
            .take()
            .expect("arguments are taken once, at the start")
    }

    /// Suspends at a resume point.
    #[inline]
    pub fn wait<T>(&mut self, point: u16) -> Poll<T> {
        self.at.point = Some(point);
        Poll::Pending
    }

    /// A resume point without a block: excluded by the lowering, refused all the same.
    pub fn lost<T>(&mut self, turn: &mut Turn) -> Poll<T> {
        self.at.lost(B::NAME, turn);
        Poll::Pending
    }
}

impl Standing {
    #[cold]
    fn lost(&self, body: &str, turn: &mut Turn) {
        turn.refuse(Refusal::Damaged {
            body: body.to_owned(),
            what: format!("resume point number {:?} has no code", self.point),
        });
    }
}

impl<B: Body> Frame<B> {
    fn new(args: Option<B::Args>, stored: Option<Cold>) -> Self {
        Frame {
            place: Place {
                args,
                at: Standing::default(),
            },
            locals: Locals::Unopened(stored),
            waits: Waits::default(),
        }
    }

    /// A frame that has not begun.
    pub fn start(args: B::Args) -> Self {
        Frame::new(Some(args), None)
    }

    /// A frame as it was stored; it is read when it is polled first.
    pub(crate) fn stored(bytes: Vec<u8>, parts: Parts) -> Self {
        Frame::new(None, Some(Cold { bytes, parts }))
    }

    /// Opens the frame for a step: its place, its slots, its waits.
    ///
    /// `None` when there is nothing to run: the frame could not be read and the turn is refused,
    /// or it was being cancelled and now is.
    #[inline]
    pub fn open<S: SlotTree, W: WaitTree>(
        &mut self,
        turn: &mut Turn,
        slots: S,
        waits: W,
    ) -> Option<(&mut Place<B>, &mut S, &mut W)> {
        if !matches!(self.locals, Locals::Hot(_)) {
            let (locals, at) = (Box::new((slots, waits)), &mut self.place.at);
            self.locals.warm(Shape::of::<B>(), at, locals, turn);
        }
        if turn.cancelling {
            self.locals.cancel(turn);
            return None;
        }
        let Locals::Hot(locals) = &mut self.locals else {
            return None;
        };
        let (slots, waits) = locals.as_any().downcast_mut::<(S, W)>()?;
        Some((&mut self.place, slots, waits))
    }

    /// Writes the frame: the slots that live at its resume point and the call it waits for.
    pub(crate) fn write(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        self.locals
            .write(Shape::of::<B>(), &mut self.place.at, saver)
    }
}

/// Whether a frame that waits for this can be stepped now; one that is nested too deeply is refused.
fn may_step(waits: &Waits, body: &str, turn: &mut Turn) -> bool {
    if !waits.is_empty() && !waits.hold(|operation| turn.has_completed(operation)) {
        return false;
    }
    if turn.depth >= FRAME_DEPTH_MAX {
        turn.refuse(Refusal::TooDeep {
            body: body.to_owned(),
            depth: turn.depth,
        });
        return false;
    }
    true
}

impl<B: Body> Pending for Frame<B> {
    type Output = B::Output;

    fn poll(&mut self, turn: &mut Turn) -> Poll<B::Output> {
        if !may_step(&self.waits, B::NAME, turn) {
            return Poll::Pending;
        }
        turn.depth += 1;
        let polled = B::step(self, turn);
        turn.depth -= 1;
        if let Poll::Ready(output) = polled {
            self.locals = Locals::Gone;
            return Poll::Ready(output);
        }
        self.waits = std::mem::take(&mut turn.suspended_on);
        // A failure that nothing inside could say becomes this body's result, if it can say it.
        if let Some(failure) = turn.unsaid.take() {
            match B::failed(failure) {
                Ok(output) => {
                    self.cancel(turn);
                    return Poll::Ready(output);
                }
                Err(failure) => turn.unsaid = Some(failure),
            }
        }
        Poll::Pending
    }

    fn cancel(&mut self, turn: &mut Turn) {
        if matches!(self.locals, Locals::Gone | Locals::Unopened(None)) {
            return;
        }
        let outer = std::mem::replace(&mut turn.cancelling, true);
        let _ = B::step(self, turn);
        turn.cancelling = outer;
        self.locals = Locals::Gone;
    }

    fn waits(&self, out: &mut Waits) {
        out.any(self.waits.clone());
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        saver.nested(B::NAME, |saver| self.write(saver))
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        // A nested frame has no length of its own, so it is kept with one.
        Ok(Frame::stored(loader.bytes()?.to_vec(), Parts::default()))
    }
}
