//! `owned`: probes that turn a borrow in a slot into one worded error.
//!
//! `&str` fails serde's bounds late and at length. The probe is an inherent method of just those
//! slots, with a bound that nothing meets; for all other slots a trait's method is found.

use std::collections::VecDeque;
use std::path::Path;

use crate::durable::Slot;

/// Met by nothing that borrows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows: it cannot be kept across an `.await`",
    label = "make it an owned value, for example with `.to_owned()`"
)]
pub trait Owned {}

/// Slots of all other types.
pub trait Keep {
    /// Nothing to say.
    #[inline]
    fn owned(&self) {}
}
impl<T> Keep for Slot<T> {}

macro_rules! borrows { ($($borrow:ty),*) => { $(
    impl<'a: 'static> Slot<$borrow> {
        /// Refuses the borrow.
        pub fn owned(&self) where $borrow: Owned {}
    }
    impl<'a: 'static> Slot<Option<$borrow>> {
        /// Refuses the borrow.
        pub fn owned(&self) where Option<$borrow>: Owned {}
    }
    impl<'a: 'static> Slot<Vec<$borrow>> {
        /// Refuses the borrow.
        pub fn owned(&self) where Vec<$borrow>: Owned {}
    }
    impl<'a: 'static> Slot<VecDeque<$borrow>> {
        /// Refuses the borrow.
        pub fn owned(&self) where VecDeque<$borrow>: Owned {}
    }
    impl<'a: 'static, const N: usize> Slot<[$borrow; N]> {
        /// Refuses the borrow.
        pub fn owned(&self) where [$borrow; N]: Owned {}
    }
)* } }
// The lifetime is a parameter: a bound that names none and is false would be refused here.
borrows!(&'a str, &'a [u8], &'a Path);
