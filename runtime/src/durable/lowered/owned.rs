//! `owned`: probes that turn what cannot be kept, but fails serde late and at length, into one worded error.
//!
//! The probe is an inherent method of just those slots, with a bound that nothing meets; for all
//! other slots a trait's method is found. Written by hand: rustc prints a macro below the error.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::path::Path;

use super::ListSlot;
use crate::durable::Slot;

/// Met by nothing that borrows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows: it cannot be kept across an `.await`",
    label = "make it an owned value, for example with `.to_owned()`"
)]
pub trait Owned {}

/// Met by no loop over borrowed items.
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows: the items of this loop cannot be kept across an `.await`",
    label = "loop over owned items: `.cloned()`, `.map(str::to_owned)`, `.into_iter()`"
)]
pub trait OwnedItems {}

/// Met by no inclusive range.
#[diagnostic::on_unimplemented(
    message = "an inclusive range that is kept across an `.await` forgets that it has ended",
    label = "loop over it directly, `for n in 1..=3`, or use a half-open range"
)]
pub trait RemembersItsEnd {}

/// Slots of all other types.
pub trait Keep {
    /// Nothing to say.
    #[inline]
    fn owned(&self) {}
}
impl<T> Keep for Slot<T> {}
impl<T> Keep for ListSlot<T> {}

// The lifetime is a parameter: a bound that names none and is false would be refused here.

impl<'a: 'static> Slot<&'a str> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        &'a str: Owned,
    {
    }
}
impl<'a: 'static> Slot<Option<&'a str>> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        Option<&'a str>: Owned,
    {
    }
}
impl<'a: 'static> Slot<Vec<&'a str>> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        Vec<&'a str>: Owned,
    {
    }
}
impl<'a: 'static> Slot<VecDeque<&'a str>> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        VecDeque<&'a str>: Owned,
    {
    }
}
impl<'a: 'static, const N: usize> Slot<[&'a str; N]> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        [&'a str; N]: Owned,
    {
    }
}
impl<'a: 'static> Slot<&'a [u8]> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        &'a [u8]: Owned,
    {
    }
}
impl<'a: 'static> Slot<Option<&'a [u8]>> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        Option<&'a [u8]>: Owned,
    {
    }
}
impl<'a: 'static> Slot<&'a Path> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        &'a Path: Owned,
    {
    }
}
impl<'a: 'static> Slot<Option<&'a Path>> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        Option<&'a Path>: Owned,
    {
    }
}
impl<'a: 'static> ListSlot<&'a str> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        &'a str: OwnedItems,
    {
    }
}
impl<'a: 'static, A> ListSlot<(A, &'a str)> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        (A, &'a str): OwnedItems,
    {
    }
}
impl<'a: 'static> ListSlot<&'a [u8]> {
    /// Refuses the borrow.
    pub fn owned(&self)
    where
        &'a [u8]: OwnedItems,
    {
    }
}
impl<T> Slot<RangeInclusive<T>> {
    /// Refuses the range.
    pub fn owned(&self)
    where
        RangeInclusive<T>: RemembersItsEnd,
    {
    }
}
