//! Rewinding: an instance that ended in failure goes back to the await whose call had failed, and
//! makes that call again.
//!
//! Only a turn that takes a failure can end an instance because of one. So before such a turn, a
//! rare one, the frame is encoded with the calls that failed; if the turn ends the instance in
//! failure this is kept beside the ending, in a row of its own, else it is thrown away.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::advance::guard;
use super::asks::{Asks, World};
use super::books::Books;
use super::format;
use super::groups::Groups;
use super::happened::{Happened, cut};
use super::instance::{Instance, State, unregistered};
use super::limits::ROW_BYTES;
use super::manage::EXPIRY;
use super::message::Message;
use super::operation::Operation;
use super::record::Raw;
use super::{Ending, Parent};
use crate::durable::{
    Completion, EntryKind, LayoutId, Machine, Parts, Refusal, Timestamp, Waits, Writing,
};
use crate::schema::SchemaId;
use crate::store::Caps;

/// The number of the row that holds where an ended instance can be rewound to, among those of its
/// large slots.
pub const REWIND_PART: u32 = u32::MAX;

/// What an instance knows of being rewound.
#[derive(Debug, Default)]
pub(crate) struct Rewinds {
    /// How often it was.
    pub(crate) count: u64,
    /// It has a row to be rewound from.
    pub(crate) stored: bool,
    /// What that holds, as long as it is in memory, and what it refers to.
    pub(crate) row: Option<RewindRow>,
}

/// The row, encoded.
#[derive(Debug)]
pub(crate) struct RewindRow {
    pub(crate) bytes: Vec<u8>,
    schemas: Vec<SchemaId>,
    layouts: Vec<LayoutId>,
}

/// Where an instance was before the turn that ended it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RewindPoint {
    frame: Raw<'static>,
    parts: Vec<(u32, Raw<'static>)>,
    waits: Waits,
    /// Results that are kept.
    completions: Vec<(u64, Completion)>,
    /// Calls that had failed: they are made again.
    failed: Vec<(u64, Operation)>,
    /// Calls that were under way: they are made again if they have been given up since.
    pending: Vec<(u64, Operation)>,
}

impl RewindRow {
    /// What it refers to is stored with it.
    pub(crate) fn book(&self, books: &mut Books) {
        self.schemas.iter().for_each(|schema| books.schema(*schema));
        self.layouts.iter().for_each(|layout| books.layout(*layout));
    }
}

impl Instance {
    /// Where it can be rewound to if the turn that begins ends it in failure: nowhere, if no call
    /// has failed that can be made again.
    pub(super) fn rewind_point(
        &self,
        machine: &mut dyn Machine,
        completions: &FxHashMap<u64, Completion>,
        caps: Caps,
    ) -> Option<RewindRow> {
        let failed = self.operations.failed();
        // A critical section is left with its end, and could not be entered again in the middle.
        if failed.is_empty() || !self.sections.is_empty() {
            return None;
        }
        let pending: Vec<_> = self
            .operations
            .numbers()
            .into_iter()
            .filter_map(|number| Some((number, self.operations.get(number)?.clone())))
            .collect();
        let again = |(_, call): &(u64, Operation)| can_be_made_again(call);
        if !failed.iter().all(again) || !pending.iter().all(again) {
            return None;
        }
        let mut writing = Writing::default();
        // What cannot be saved is refused when it is saved next, if ever.
        let saved = guard(&self.orchestration, || machine.snapshot(&mut writing));
        saved.ok()?.ok()?;
        let mut schemas = writing.schemas;
        let completions = completions.iter().filter(|(number, completion)| {
            !completion.is_failure() || failed.iter().all(|(of, _)| of != *number)
        });
        let mut completions: Vec<_> = completions.map(|(of, one)| (*of, one.clone())).collect();
        completions.sort_unstable_by_key(|(number, _)| *number);
        for (_, completion) in &completions {
            if let Completion::Value(value) = completion {
                schemas.push(value.schema);
            }
        }
        for (_, call) in failed.iter().chain(&pending) {
            if let Operation::Activity(call) = call {
                schemas.push(call.args.schema);
            }
        }
        let raw = |bytes| Raw(Cow::Owned(bytes));
        let parts = writing.parts.into_iter();
        let point = RewindPoint {
            frame: raw(writing.bytes),
            parts: parts
                .filter_map(|(part, it)| Some((part, raw(it?))))
                .collect(),
            waits: self.waits.clone(),
            completions,
            failed,
            pending,
        };
        let bytes = format::write(&point);
        let fits = bytes.len() + ROW_BYTES <= caps.max_value_bytes.min(caps.turn_bytes());
        fits.then_some(RewindRow {
            bytes,
            schemas,
            layouts: writing.layouts,
        })
    }

    /// It has ended: if in failure, it can be rewound from there.
    pub(super) fn keep_rewind_point(&mut self, row: Option<RewindRow>) {
        let failed = matches!(
            self.state,
            State::Ended(Ending::Error(_) | Ending::Failed(_))
        );
        if let Some(row) = row.filter(|_| failed) {
            self.part_writes
                .insert(REWIND_PART, Some(row.bytes.clone()));
            self.rewinds.row = Some(row);
            self.rewinds.stored = true;
        }
    }

    /// It goes back to `point` and makes its failed calls again.
    ///
    /// # Errors
    /// The program has not its orchestration.
    pub(crate) fn rewind(
        &mut self,
        point: RewindPoint,
        reason: &str,
        world: World<'_>,
        asks: &mut Asks,
    ) -> Result<(), Refusal> {
        let entry = world.program.orchestration(&self.orchestration);
        let Some(EntryKind::Orchestration(orchestration)) = entry.as_ref().map(|it| &it.kind)
        else {
            return Err(unregistered("orchestration", &self.orchestration));
        };
        let mut parts = Parts::default();
        for (part, Raw(bytes)) in point.parts {
            self.parts.push(part);
            self.part_writes.insert(part, Some(bytes.to_vec()));
            parts.insert(part, bytes.into_owned());
        }
        self.state = State::Hot((orchestration.load)(point.frame.0.into_owned(), parts));
        self.part_writes.insert(REWIND_PART, None);
        self.rewinds.row = None;
        self.rewinds.stored = false;
        self.rewinds.count += 1;
        self.marks.point = None;
        if let Some(at) = self.expires.take() {
            asks.disarm.push((at, EXPIRY));
        }
        self.tell(Happened::Rewound {
            reason: cut(reason.to_owned()),
        });
        self.touch(world.now);
        for (operation, completion) in point.completions {
            self.operations.complete(operation, completion);
        }
        for (operation, call) in point.failed.into_iter().chain(point.pending) {
            if !self.operations.is_pending(operation) {
                self.make_again(operation, call, reason, world, asks);
            }
        }
        self.waits = point.waits;
        let operations = &self.operations;
        self.groups = Groups::new(&self.waits, |operation| operations.has_completed(operation));
        Ok(())
    }

    fn make_again(
        &mut self,
        operation: u64,
        mut call: Operation,
        reason: &str,
        world: World<'_>,
        asks: &mut Asks,
    ) {
        match &mut call {
            Operation::Activity(call) => call.renew(world.now),
            Operation::Timer { due } => asks.arm.push((*due, operation)),
            Operation::Child { id, name } => asks.messages.push(Message::RewindChild {
                parent: Parent {
                    number: self.number,
                    operation,
                },
                id: id.clone(),
                name: name.clone().into_owned(),
                reason: reason.to_owned(),
            }),
            _ => {}
        }
        if self.history.is_on() {
            self.history
                .add(&Happened::called(operation, &call, "".into()));
        }
        let is_activity = matches!(call, Operation::Activity(_));
        self.operations.add(operation, call);
        if is_activity {
            self.start_attempt(operation, world, asks);
        }
    }

    /// An attempt that was stopped belongs to a call that has been made again since.
    pub(super) fn attempt_stopped(&mut self, operation: u64, world: World<'_>, asks: &mut Asks) {
        self.change_activity(operation, |call| call.renew(call.made_at));
        self.start_attempt(operation, world, asks);
    }
}

impl super::operation::ActivityCall {
    /// Its next attempt is the first one again, under a number that was not used.
    fn renew(&mut self, now: Timestamp) {
        self.before = self.attempt;
        self.attempt = self.attempt.saturating_add(1);
        self.made_at = now;
        self.retry_at = None;
        self.restarts = 0;
        self.halted = false;
    }
}

/// Whether a call can be made again from what is known of it: the arguments of a call of an entity
/// left with its message, and what was asked of it may have been done.
fn can_be_made_again(call: &Operation) -> bool {
    matches!(
        call,
        Operation::Activity(_)
            | Operation::Timer { .. }
            | Operation::Child { .. }
            | Operation::Event { .. }
    )
}
