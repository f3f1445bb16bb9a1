//! `Entry`: what is known of one call, and of its row.

use crate::core::operation::Operation;

/// Where a pending operation is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the instance's row.
    Inline,
    /// In a row of its own, so that a turn does not rewrite ten thousand others.
    Own,
}

/// What there is of a call.
#[derive(Debug)]
pub(super) enum Kept {
    Pending(Operation, Place),
    /// Its completion is a failure: it may have to be made again.
    Failed(Operation),
    Nothing,
}

/// A number and what is known of it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) kept: Kept,
    /// Its own row may have to be written or deleted.
    pub(super) touched: bool,
    /// It has a row of its own, durable or in a batch that was sealed.
    pub(super) row: bool,
}

impl Entry {
    pub(super) fn new(number: u64) -> Self {
        Entry {
            number,
            kept: Kept::Nothing,
            touched: false,
            row: false,
        }
    }

    /// Nothing is left of it.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.kept, Kept::Nothing) && !self.touched && !self.row
    }
}
