//! `Locals`: the slots and waits of a frame, their types erased.

use std::any::Any;

use super::shape::Shape;
use super::{Standing, load, save};
use crate::durable::{Loader, Parts, Refusal, Saver, SlotTree, Turn, WaitTree};

pub(super) enum Locals {
    /// The slots' types are not known yet: nothing ran, or nothing ran since it was loaded.
    Unopened(Option<Cold>),
    Hot(Box<dyn AnyLocals>),
    Gone,
}

/// A stored frame: what a save wrote.
pub(super) struct Cold {
    pub(super) bytes: Vec<u8>,
    pub(super) parts: Parts,
}

pub(super) trait AnyLocals: Any + Send {
    fn as_any(&mut self) -> &mut dyn Any;
    fn trees(&mut self) -> (&mut dyn SlotTree, &mut dyn WaitTree);
}

impl<S: SlotTree, W: WaitTree> AnyLocals for (S, W) {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
    fn trees(&mut self) -> (&mut dyn SlotTree, &mut dyn WaitTree) {
        (&mut self.0, &mut self.1)
    }
}

impl Locals {
    /// Fills the empty `hot` with what was stored, if anything was. A frame that cannot be read
    /// refuses the turn, and is left as it was.
    pub(super) fn warm(
        &mut self,
        shape: Shape,
        at: &mut Standing,
        mut hot: Box<dyn AnyLocals>,
        turn: &mut Turn,
    ) {
        match std::mem::replace(self, Locals::Gone) {
            Locals::Unopened(None) => *self = Locals::Hot(hot),
            Locals::Unopened(Some(cold)) => {
                let mut loader = Loader::new(&cold.bytes, &cold.parts, shape.name);
                let (slots, waits) = hot.trees();
                let read = load::load(shape, &mut loader, slots, waits);
                match read.and_then(|read| loader.end().map(|()| read)) {
                    Ok(read) => {
                        *at = read;
                        *self = Locals::Hot(hot);
                    }
                    Err(refusal) => {
                        turn.refuse(refusal);
                        *self = Locals::Unopened(Some(cold));
                    }
                }
            }
            other => *self = other,
        }
    }

    /// Cancels what is under way.
    pub(super) fn cancel(&mut self, turn: &mut Turn) {
        if let Locals::Hot(locals) = self {
            let (slots, waits) = locals.trees();
            waits.each(&mut |wait| wait.cancel(turn));
            slots.each(&mut |slot| slot.leave(turn));
        }
    }

    /// Writes them, and where the frame is.
    pub(super) fn write(
        &mut self,
        shape: Shape,
        at: &mut Standing,
        saver: &mut Saver<'_>,
    ) -> Result<(), Refusal> {
        saver.body = shape.name;
        match self {
            Locals::Unopened(Some(cold)) => {
                assert!(
                    cold.parts.is_empty() || saver.may_part,
                    "only an instance's frame has parts"
                );
                saver.raw(&cold.bytes);
                if saver.whole {
                    for (part, bytes) in &cold.parts {
                        saver.part(*part, Some(bytes.clone()));
                    }
                }
                Ok(())
            }
            Locals::Hot(locals) => {
                let (slots, waits) = locals.trees();
                save::save(shape, at, slots, waits, saver)
            }
            Locals::Unopened(None) | Locals::Gone => Err(saver.damaged("it has nothing to save")),
        }
    }
}
