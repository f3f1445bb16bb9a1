//! `Operations`: the calls of one instance, under way or completed and not yet taken, and their rows.

mod entry;

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

pub(crate) use self::entry::Place;
use self::entry::{Entry, Kept};
use super::limits::OPERATIONS_INLINE_MAX;
use super::operation::{Operation, OperationRow, OperationRowRef};
use crate::durable::Completion;
use crate::planted::planted;

/// The calls of one instance.
///
/// A row of its own holds either a pending operation or its completion. The row wins over the
/// instance's row: so filing a completion does not rewrite the instance.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    /// By number, as numbers are given in ascending order. Some of them may be over.
    entries: VecDeque<Entry>,
    completions: FxHashMap<u64, Completion>,
    /// Where entries are looked through for those that are over.
    crowded: usize,
    /// Those that were touched since rows were written last, and how many of them still are.
    touched: Vec<u64>,
    touches: usize,
    /// Whose rows are deleted in a batch that was sealed and is not known to be durable.
    leaving: Vec<u64>,
    pending: usize,
    failed: usize,
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
                    let at = all.place(number);
                    all.drop_pending_at(at);
                    if let Some(call) = call {
                        all.fail_at(at, call);
                    }
                    all.completions.insert(number, completion);
                }
                // Events are kept elsewhere.
                OperationRow::Event(..) => continue,
            }
            all.entry(number).row = true;
        }
        all
    }

    fn at(&self, number: u64) -> Result<usize, usize> {
        match self.entries.back() {
            None => return Err(0),
            Some(last) if last.number < number => return Err(self.entries.len()),
            Some(last) if last.number == number => return Ok(self.entries.len() - 1),
            _ => {}
        }
        let first = self.entries.front().map_or(0, |first| first.number);
        if number < first {
            return Err(0);
        }
        // Of calls that are made together there is none missing: then this is its place.
        let guess = number.wrapping_sub(first) as usize;
        if self
            .entries
            .get(guess)
            .is_some_and(|it| it.number == number)
        {
            return Ok(guess);
        }
        self.entries
            .binary_search_by_key(&number, |entry| entry.number)
    }

    fn find(&self, number: u64) -> Option<&Entry> {
        self.at(number).ok().map(|at| &self.entries[at])
    }

    fn find_mut(&mut self, number: u64) -> Option<&mut Entry> {
        self.at(number).ok().map(|at| &mut self.entries[at])
    }

    /// Where it is known, from now on if it was not.
    fn place(&mut self, number: u64) -> usize {
        let mut at = match self.at(number) {
            Ok(at) => return at,
            Err(at) => at,
        };
        if self.entries.len() >= self.crowded {
            self.entries.retain(|entry| !entry.is_over());
            self.crowded = 2 * self.entries.len() + 4;
            at = self.at(number).unwrap_or_else(|at| at);
        }
        match at == self.entries.len() {
            true => self.entries.push_back(Entry::new(number)),
            false => self.entries.insert(at, Entry::new(number)),
        }
        at
    }

    fn entry(&mut self, number: u64) -> &mut Entry {
        let at = self.place(number);
        &mut self.entries[at]
    }

    /// Makes room for so many calls.
    pub(crate) fn reserve(&mut self, calls: usize) {
        self.entries.reserve(calls);
    }

    /// Adds a call. Returns where it is kept.
    pub(crate) fn add(&mut self, number: u64, operation: Operation) -> Place {
        let at = self.place(number);
        let place = if self.inline < OPERATIONS_INLINE_MAX && operation.is_small() {
            Place::Inline
        } else {
            self.touch_at(at);
            Place::Own
        };
        self.put_at(at, operation, place);
        place
    }

    /// Adds what waits, which is no part of the instance's row (rule 30).
    pub(crate) fn add_own(&mut self, number: u64, operation: Operation) {
        let at = self.place(number);
        self.touch_at(at);
        self.put_at(at, operation, Place::Own);
    }

    fn put(&mut self, number: u64, operation: Operation, place: Place) {
        let at = self.place(number);
        self.put_at(at, operation, place);
    }

    fn put_at(&mut self, at: usize, operation: Operation, place: Place) {
        self.drop_pending_at(at);
        self.forgive_at(at);
        self.pending += 1;
        self.inline += usize::from(place == Place::Inline);
        self.activities += usize::from(matches!(operation, Operation::Activity(_)));
        self.pausing += usize::from(operation.pauses());
        self.requests += usize::from(operation.is_asked_for());
        self.bytes += operation.bytes();
        self.entries[at].kept = Kept::Pending(operation, place);
    }

    fn drop_pending(&mut self, number: u64) -> Option<Operation> {
        let at = self.at(number).ok()?;
        self.drop_pending_at(at)
    }

    fn drop_pending_at(&mut self, at: usize) -> Option<Operation> {
        let entry = &mut self.entries[at];
        if !matches!(entry.kept, Kept::Pending(..)) {
            return None;
        }
        let Kept::Pending(operation, place) = std::mem::replace(&mut entry.kept, Kept::Nothing)
        else {
            return None;
        };
        self.pending -= 1;
        self.inline -= usize::from(place == Place::Inline);
        self.activities -= usize::from(matches!(operation, Operation::Activity(_)));
        self.pausing -= usize::from(operation.pauses());
        self.requests -= usize::from(operation.is_asked_for());
        self.bytes -= operation.bytes();
        Some(operation)
    }

    fn fail_at(&mut self, at: usize, call: Operation) {
        self.entries[at].kept = Kept::Failed(call);
        self.failed += 1;
    }

    /// The call of a failure does not have to be made again.
    fn forgive_at(&mut self, at: usize) {
        let kept = &mut self.entries[at].kept;
        if matches!(kept, Kept::Failed(_)) {
            *kept = Kept::Nothing;
            self.failed -= 1;
        }
    }

    /// The pending call, if it is one (rule 17).
    pub(crate) fn get(&self, number: u64) -> Option<&Operation> {
        match &self.find(number)?.kept {
            Kept::Pending(operation, _) => Some(operation),
            Kept::Failed(_) | Kept::Nothing => None,
        }
    }

    /// Changes the pending call, but for its arguments. Returns where it is kept.
    pub(crate) fn change(
        &mut self,
        number: u64,
        change: impl FnOnce(&mut Operation),
    ) -> Option<Place> {
        let at = self.at(number).ok()?;
        let Kept::Pending(operation, place) = &mut self.entries[at].kept else {
            return None;
        };
        self.pausing -= usize::from(operation.pauses());
        change(operation);
        self.pausing += usize::from(operation.pauses());
        let place = *place;
        if place == Place::Own {
            self.touch(number);
        }
        Some(place)
    }

    /// Files the completion of a pending call until a turn takes it.
    pub(crate) fn complete(&mut self, number: u64, completion: Completion) {
        let at = self.place(number);
        let call = self.drop_pending_at(at);
        if let Some(call) = call.filter(|_| completion.is_failure()) {
            self.fail_at(at, call);
        }
        self.completions.insert(number, completion);
        self.touch_at(at);
    }

    /// Forgets a call and its completion. What has no row needs none any more.
    pub(crate) fn remove(&mut self, number: u64) -> Option<Operation> {
        if self.have_completed() {
            self.completions.remove(&number);
        }
        let at = self.at(number).ok()?;
        self.forgive_at(at);
        let entry = &mut self.entries[at];
        if entry.row {
            self.touch_at(at);
        } else if std::mem::take(&mut entry.touched) {
            self.touches -= 1;
            // What comes and goes leaves nothing to be looked through when rows are written.
            self.touched.pop_if(|last| *last == number);
        }
        let operation = self.drop_pending_at(at);
        self.clear_up();
        operation
    }

    /// Deletes the row of a request that is not in memory.
    pub(crate) fn delete_row(&mut self, number: u64) {
        self.entry(number).row = true;
        self.touch(number);
    }

    /// Drops those at both ends of which nothing is left.
    fn clear_up(&mut self) {
        while self.entries.back().is_some_and(Entry::is_over) {
            self.entries.pop_back();
        }
        while self.entries.front().is_some_and(Entry::is_over) {
            self.entries.pop_front();
        }
    }

    /// Everything that was sealed is durable.
    pub(crate) fn were_committed(&mut self) {
        self.leaving.clear();
    }

    /// Whether what is in memory of a pending call is in its row too, if all that was sealed is
    /// durable.
    pub(crate) fn is_stored(&self, number: u64) -> bool {
        let entry = self.find(number);
        entry.is_some_and(|entry| entry.row && !entry.touched)
    }

    /// Whether its row is or will be deleted, and may still be found.
    pub(crate) fn is_leaving(&self, number: u64) -> bool {
        self.find(number).is_some_and(|entry| entry.touched)
            || self.leaving.binary_search(&number).is_ok()
    }

    /// Forgets a request that is stored.
    pub(crate) fn set_down(&mut self, number: u64) -> Option<Operation> {
        self.find_mut(number)?.row = false;
        let request = self.drop_pending(number);
        self.clear_up();
        request
    }

    /// A request that was stored has been read.
    pub(crate) fn pick_up(&mut self, number: u64, request: Operation) {
        self.entry(number).row = true;
        self.put(number, request, Place::Own);
    }

    /// Gives back the memory of many that were set down.
    pub(crate) fn shrink(&mut self) {
        self.entries.retain(|entry| !entry.is_over());
        let enough = 2 * self.entries.len();
        if self.entries.capacity() > 2 * enough {
            self.entries.shrink_to(enough);
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
            let at = self.place(number);
            self.forgive_at(at);
            if !planted!(CompletionRowKept) {
                self.touch_at(at);
            }
        }
    }

    /// Notes a completion that the turn itself made.
    pub(crate) fn touch(&mut self, number: u64) {
        let at = self.place(number);
        self.touch_at(at);
    }

    fn touch_at(&mut self, at: usize) {
        let entry = &mut self.entries[at];
        if !std::mem::replace(&mut entry.touched, true) {
            self.touches += 1;
            self.touched.push(entry.number);
        }
    }

    /// Forgets all completions.
    pub(crate) fn drop_completions(&mut self) {
        if self.failed > 0 {
            for entry in &mut self.entries {
                if matches!(entry.kept, Kept::Failed(_)) {
                    entry.kept = Kept::Nothing;
                }
            }
            self.failed = 0;
        }
        if self.completions.is_empty() {
            return;
        }
        let mut completions = std::mem::take(&mut self.completions);
        completions
            .drain()
            .for_each(|(number, _)| self.touch(number));
    }

    /// The calls that failed and whose completions no turn has taken, in order.
    pub(crate) fn failed(&self) -> Vec<(u64, Operation)> {
        if self.failed == 0 {
            return Vec::new();
        }
        let entries = self.entries.iter();
        let failed = entries.filter_map(|entry| match &entry.kept {
            Kept::Failed(call) => Some((entry.number, call.clone())),
            Kept::Pending(..) | Kept::Nothing => None,
        });
        failed.collect()
    }

    pub(crate) fn is_pending(&self, number: u64) -> bool {
        self.get(number).is_some()
    }

    pub(crate) fn has_completed(&self, number: u64) -> bool {
        self.completions.contains_key(&number)
    }

    /// Whether there are completions that no turn has taken.
    pub(crate) fn have_completed(&self) -> bool {
        !self.completions.is_empty()
    }

    /// How many are under way.
    pub(crate) fn pending(&self) -> usize {
        self.pending
    }

    /// How many of them are calls of its own, not requests of others.
    pub(crate) fn calls(&self) -> usize {
        self.pending - self.requests
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
        if self.pending == 0 {
            return Vec::new();
        }
        let pending = |entry: &&Entry| matches!(entry.kept, Kept::Pending(..));
        let entries = self.entries.iter().filter(pending);
        entries.map(|entry| entry.number).collect()
    }

    /// Those kept in the instance's row, in order.
    pub(crate) fn inline(&self) -> impl Iterator<Item = (u64, &Operation)> {
        // They are few among very many.
        let entries = self.entries.iter();
        let inline = entries.filter_map(|entry| match &entry.kept {
            Kept::Pending(operation, Place::Inline) => Some((entry.number, operation)),
            Kept::Pending(..) | Kept::Failed(_) | Kept::Nothing => None,
        });
        inline.take(self.inline)
    }

    /// Whether a row of its own may have to be written.
    pub(crate) fn are_touched(&self) -> bool {
        self.touches > 0
    }

    /// Calls `write` with every row that must change: its value, or none to delete it. What came
    /// and went since the last time is never written.
    pub(crate) fn write_rows(&mut self, mut write: impl FnMut(u64, Option<OperationRowRef<'_>>)) {
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        self.touches = 0;
        for number in touched.drain(..) {
            let Ok(at) = self.at(number) else { continue };
            let entry = &mut self.entries[at];
            if !std::mem::take(&mut entry.touched) {
                continue;
            }
            if let Some(completion) = self.completions.get(&number) {
                entry.row = true;
                let call = match &entry.kept {
                    Kept::Failed(call) => Some(call),
                    Kept::Pending(..) | Kept::Nothing => None,
                };
                write(number, Some(OperationRowRef::Done(completion, call, None)));
            } else if let Kept::Pending(operation, Place::Own) = &entry.kept {
                entry.row = true;
                write(number, Some(OperationRowRef::Pending(operation)));
            } else if std::mem::take(&mut entry.row) {
                self.leaving.push(number);
                write(number, None);
            }
        }
        self.touched = touched;
        self.leaving.sort_unstable();
        self.clear_up();
    }
}

#[cfg(test)]
mod tests;
