//! `SlotTree` and `WaitTree`: the nested tuples of a frame's slots and waits, walked in order.

use std::any::Any;

use super::slot::Filed;
use super::{Loader, Pending, Persist, Refusal, Saver, Slot, Turn, Wait};
use crate::schema::{SchemaId, ValueError};

/// A [`Slot`] whose type is erased.
pub trait AnySlot {
    /// Whether it holds a value.
    fn is_full(&self) -> bool;
    /// Whether the value was put since it was saved.
    fn is_touched(&self) -> bool;
    /// The row that holds the value, if it has one.
    fn filed(&self) -> Option<Filed>;
    /// Notes that the value was saved, and in which row, if in one of its own.
    fn set_filed(&mut self, filed: Option<Filed>);
    /// The schema of its type.
    fn schema(&self) -> SchemaId;
    /// Writes the value.
    ///
    /// # Errors
    /// When serde cannot write it.
    fn write(&self, out: &mut Vec<u8>) -> Result<(), ValueError>;
    /// Reads a value that was written with `schema`.
    ///
    /// # Errors
    /// When it cannot be read as this slot's type.
    fn read(&mut self, schema: SchemaId, bytes: &[u8]) -> Result<(), ValueError>;
    /// Drops the value.
    fn clear(&mut self);
    /// Leaves the critical section that it holds, if it holds one.
    fn leave(&mut self, turn: &mut Turn);
}

/// A [`Wait`] whose type is erased.
pub trait AnyWait {
    /// Writes the call under way.
    ///
    /// # Errors
    /// When a value in it cannot be written.
    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal>;
    /// Reads the call under way.
    ///
    /// # Errors
    /// When it cannot be read as this wait's type.
    fn load(&mut self, loader: &mut Loader<'_>) -> Result<(), Refusal>;
    /// Cancels the call under way, if there is one.
    fn cancel(&mut self, turn: &mut Turn);
}

/// A slot or a nested tuple of slots.
pub trait SlotTree: Any + Send {
    /// Visits the slots in order.
    fn each(&mut self, visit: &mut dyn FnMut(&mut dyn AnySlot));
}

/// A wait or a nested tuple of waits.
pub trait WaitTree: Any + Send {
    /// Visits the waits in order.
    fn each(&mut self, visit: &mut dyn FnMut(&mut dyn AnyWait));
}

// The same bound as `slot()` has: then a type that breaks it is one error, at its `let`.
impl<T: Persist> SlotTree for Slot<T> {
    fn each(&mut self, visit: &mut dyn FnMut(&mut dyn AnySlot)) {
        visit(self);
    }
}

impl<P: Pending> WaitTree for Wait<P> {
    fn each(&mut self, visit: &mut dyn FnMut(&mut dyn AnyWait)) {
        visit(self);
    }
}

macro_rules! tuples { ($($($T:ident)*;)*) => { $(
    #[allow(non_snake_case, unused_variables)]
    impl<$($T: SlotTree),*> SlotTree for ($($T,)*) {
        fn each(&mut self, visit: &mut dyn FnMut(&mut dyn AnySlot)) {
            let ($($T,)*) = self;
            $($T.each(visit);)*
        }
    }
    #[allow(non_snake_case, unused_variables)]
    impl<$($T: WaitTree),*> WaitTree for ($($T,)*) {
        fn each(&mut self, visit: &mut dyn FnMut(&mut dyn AnyWait)) {
            let ($($T,)*) = self;
            $($T.each(visit);)*
        }
    }
)* } }
tuples! { ; A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

/// Visits the wait at `index` alone.
pub(crate) fn wait_at<W: WaitTree + ?Sized>(
    waits: &mut W,
    index: usize,
    mut visit: impl FnMut(&mut dyn AnyWait),
) {
    let mut at = 0;
    waits.each(&mut |wait| {
        if at == index {
            visit(wait);
        }
        at += 1;
    });
}
