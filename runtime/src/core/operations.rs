//! `Operations`: the calls of one instance, under way or completed and not yet taken, and their rows.

use rustc_hash::{FxHashMap, FxHashSet};

use super::limits::OPERATIONS_INLINE_MAX;
use super::operation::{Operation, OperationRow, OperationRowRef};
use crate::durable::Completion;
use crate::planted::planted;

/// Where a pending operation is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the instance's row.
    Inline,
    /// In a row of its own, so that a turn does not rewrite ten thousand others.
    Own,
}

#[derive(Debug)]
struct Pending {
    operation: Operation,
    place: Place,
}

/// The calls of one instance.
///
/// A row of its own holds either a pending operation or its completion. The row wins over the
/// instance's row: so filing a completion does not rewrite the instance.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    pending: FxHashMap<u64, Pending>,
    completions: FxHashMap<u64, Completion>,
    /// The calls whose completions are failures: they may have to be made again.
    failed: FxHashMap<u64, Operation>,
    /// Whose own rows may have to be written or deleted.
    touched: FxHashSet<u64>,
    /// Who has a row of its own, durable or in a batch that was sealed.
    rows: FxHashSet<u64>,
    /// Whose rows are deleted in a batch that was sealed and is not known to be durable.
    leaving: FxHashSet<u64>,
    inline: usize,
    activities: usize,
    /// Of those, the ones with no attempt under way: they wait for their next one, or to be retried.
    pausing: usize,
    requests: usize,
    /// Of the arguments of activities and requests in memory.
    bytes: usize,
}

impl Operations {
    /// The operations of an instance that is read: those in its row, then their own rows.
    pub(crate) fn load(
        inline: impl IntoIterator<Item = (u64, Operation)>,
        rows: impl IntoIterator<Item = (u64, OperationRow)>,
    ) -> Self {
        let mut all = Operations::default();
        for (number, operation) in inline {
            all.put(number, operation, Place::Inline);
        }
        for (number, row) in rows {
            match row {
                OperationRow::Pending(operation) => all.put(number, operation, Place::Own),
                OperationRow::Done(completion, call, _) => {
                    all.drop_pending(number);
                    all.failed.extend(call.map(|call| (number, call)));
                    all.completions.insert(number, completion);
                }
                // Events are kept elsewhere.
                OperationRow::Event(..) => continue,
            }
            all.rows.insert(number);
        }
        all
    }

    /// Adds a call. Returns where it is kept.
    pub(crate) fn add(&mut self, number: u64, operation: Operation) -> Place {
        let place = if self.inline < OPERATIONS_INLINE_MAX && operation.is_small() {
            Place::Inline
        } else {
            self.touched.insert(number);
            Place::Own
        };
        self.put(number, operation, place);
        place
    }

    /// Adds what waits, which is no part of the instance's row (rule 30).
    pub(crate) fn add_own(&mut self, number: u64, operation: Operation) {
        self.touched.insert(number);
        self.put(number, operation, Place::Own);
    }

    fn put(&mut self, number: u64, operation: Operation, place: Place) {
        self.inline += usize::from(place == Place::Inline);
        self.activities += usize::from(matches!(operation, Operation::Activity(_)));
        self.pausing += usize::from(operation.pauses());
        self.requests += usize::from(operation.is_asked_for());
        self.bytes += operation.bytes();
        self.pending.insert(number, Pending { operation, place });
    }

    fn drop_pending(&mut self, number: u64) -> Option<Operation> {
        let Pending { operation, place } = self.pending.remove(&number)?;
        self.inline -= usize::from(place == Place::Inline);
        self.activities -= usize::from(matches!(operation, Operation::Activity(_)));
        self.pausing -= usize::from(operation.pauses());
        self.requests -= usize::from(operation.is_asked_for());
        self.bytes -= operation.bytes();
        Some(operation)
    }

    /// The pending call, if it is one (rule 17).
    pub(crate) fn get(&self, number: u64) -> Option<&Operation> {
        self.pending.get(&number).map(|pending| &pending.operation)
    }

    /// Changes the pending call, but for its arguments. Returns where it is kept.
    pub(crate) fn change(
        &mut self,
        number: u64,
        change: impl FnOnce(&mut Operation),
    ) -> Option<Place> {
        let pending = self.pending.get_mut(&number)?;
        self.pausing -= usize::from(pending.operation.pauses());
        change(&mut pending.operation);
        self.pausing += usize::from(pending.operation.pauses());
        if pending.place == Place::Own {
            self.touched.insert(number);
        }
        Some(pending.place)
    }

    /// Files the completion of a pending call until a turn takes it.
    pub(crate) fn complete(&mut self, number: u64, completion: Completion) {
        let call = self.drop_pending(number);
        if let Some(call) = call.filter(|_| completion.is_failure()) {
            self.failed.insert(number, call);
        }
        self.completions.insert(number, completion);
        self.touched.insert(number);
    }

    /// Forgets a call and its completion. What has no row needs none any more.
    pub(crate) fn remove(&mut self, number: u64) -> Option<Operation> {
        self.completions.remove(&number);
        self.failed.remove(&number);
        if self.rows.contains(&number) {
            self.touched.insert(number);
        } else {
            self.touched.remove(&number);
        }
        self.drop_pending(number)
    }

    /// Deletes the row of a request that is not in memory.
    pub(crate) fn delete_row(&mut self, number: u64) {
        self.rows.insert(number);
        self.touched.insert(number);
    }

    /// Everything that was sealed is durable.
    pub(crate) fn were_committed(&mut self) {
        self.leaving.clear();
    }

    /// Whether what is in memory of a pending call is in its row too, if all that was sealed is
    /// durable.
    pub(crate) fn is_stored(&self, number: u64) -> bool {
        self.rows.contains(&number) && !self.touched.contains(&number)
    }

    /// Whether its row is or will be deleted, and may still be found.
    pub(crate) fn is_leaving(&self, number: u64) -> bool {
        self.touched.contains(&number) || self.leaving.contains(&number)
    }

    /// Forgets a request that is stored.
    pub(crate) fn set_down(&mut self, number: u64) -> Option<Operation> {
        self.rows.remove(&number);
        self.drop_pending(number)
    }

    /// A request that was stored has been read.
    pub(crate) fn pick_up(&mut self, number: u64, request: Operation) {
        self.rows.insert(number);
        self.put(number, request, Place::Own);
    }

    /// Gives back the memory of many that were set down.
    pub(crate) fn shrink(&mut self) {
        let enough = 2 * self.pending.len();
        if self.pending.capacity() > 2 * enough {
            self.pending.shrink_to(enough);
            self.rows.shrink_to(enough);
            self.touched.shrink_to(enough);
            self.leaving.shrink_to(enough);
        }
    }

    /// Gives all completions to a turn.
    pub(crate) fn lend(&mut self) -> FxHashMap<u64, Completion> {
        std::mem::take(&mut self.completions)
    }

    /// Takes back what a turn left; `taken` were used up.
    pub(crate) fn give_back(
        &mut self,
        left: FxHashMap<u64, Completion>,
        taken: impl IntoIterator<Item = u64>,
    ) {
        self.completions = left;
        for number in taken {
            self.failed.remove(&number);
            if !planted!(CompletionRowKept) {
                self.touched.insert(number);
            }
        }
    }

    /// Notes a completion that the turn itself made.
    pub(crate) fn touch(&mut self, number: u64) {
        self.touched.insert(number);
    }

    /// Forgets all completions.
    pub(crate) fn drop_completions(&mut self) {
        self.failed.clear();
        self.touched
            .extend(self.completions.drain().map(|(number, _)| number));
    }

    /// The calls that failed and whose completions no turn has taken, in order.
    pub(crate) fn failed(&self) -> Vec<(u64, Operation)> {
        let mut failed: Vec<_> = self
            .failed
            .iter()
            .map(|(of, it)| (*of, it.clone()))
            .collect();
        failed.sort_unstable_by_key(|(number, _)| *number);
        failed
    }

    pub(crate) fn is_pending(&self, number: u64) -> bool {
        self.pending.contains_key(&number)
    }

    pub(crate) fn has_completed(&self, number: u64) -> bool {
        self.completions.contains_key(&number)
    }

    /// How many are under way.
    pub(crate) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// How many of them are calls of its own, not requests of others.
    pub(crate) fn calls(&self) -> usize {
        self.pending.len() - self.requests
    }

    /// How many requests of others wait or are being served.
    pub(crate) fn requests(&self) -> usize {
        self.requests
    }

    /// Whether an activity is under way.
    pub(crate) fn has_activities(&self) -> bool {
        self.activities > 0
    }

    /// How many attempts of activities are under way.
    pub(crate) fn attempts(&self) -> usize {
        self.activities - self.pausing
    }

    /// How many bytes of arguments are in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The pending numbers, in order.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        let mut numbers: Vec<u64> = self.pending.keys().copied().collect();
        numbers.sort_unstable();
        numbers
    }

    /// Those kept in the instance's row, in order.
    pub(crate) fn inline(&self) -> Vec<(u64, &Operation)> {
        let mut inline: Vec<_> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.place == Place::Inline)
            .map(|(number, pending)| (*number, &pending.operation))
            .collect();
        inline.sort_unstable_by_key(|(number, _)| *number);
        inline
    }

    /// Whether a row of its own may have to be written.
    pub(crate) fn are_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Calls `write` with every row that must change: its value, or none to delete it. What came
    /// and went since the last time is never written.
    pub(crate) fn write_rows(&mut self, mut write: impl FnMut(u64, Option<OperationRowRef<'_>>)) {
        let mut touched: Vec<u64> = self.touched.drain().collect();
        touched.sort_unstable();
        for number in touched {
            if let Some(completion) = self.completions.get(&number) {
                self.rows.insert(number);
                let call = self.failed.get(&number);
                write(number, Some(OperationRowRef::Done(completion, call, None)));
            } else if let Some(Pending {
                operation,
                place: Place::Own,
            }) = self.pending.get(&number)
            {
                self.rows.insert(number);
                write(number, Some(OperationRowRef::Pending(operation)));
            } else if self.rows.remove(&number) {
                self.leaving.insert(number);
                write(number, None);
            }
        }
    }
}
