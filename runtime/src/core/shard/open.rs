//! Opening a shard: what an earlier life left, read back; only what is runnable is loaded.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::asks::{Asks, World};
use super::super::books::Books;
use super::super::events::Events;
use super::super::format::{ReadError, Unreadable};
use super::super::groups::Groups;
use super::super::history::History;
use super::super::ids::{Ids, Of};
use super::super::instance::{Instance, Marks, State};
use super::super::limits::{Bounds, CAREFUL_EPOCHS};
use super::super::message::{Envelope, Message, MessageKey};
use super::super::numbers::Numbers;
use super::super::onces::Onces;
use super::super::operation::OperationRow;
use super::super::operations::Operations;
use super::super::queue::Queue;
use super::super::record::{self, Progress};
use super::super::rewind::Rewinds;
use super::super::rows::{Rows, each_row, scan_past_damage};
use super::super::timers::Timers;
use super::super::work::Work;
use super::super::{Number, Partitions, Program, Status};
use super::residents::Residents;
use super::{Effects, Reply, Shard};
use crate::durable::{Letter, Timestamp, Writing};
use crate::planted::planted;
use crate::store::keys::{self, Row, Tag};
use crate::store::{Batch, Caps, Key};

/// Ids of instances whose turn failed while their state was not durable, with their failures in a
/// row. An instance that was never durable gets another number when it is made again.
pub type Suspects = FxHashMap<Arc<str>, u32>;

/// What a shard is opened with.
#[allow(missing_debug_implementations)]
pub struct Opening<'a> {
    /// Which shard it is.
    pub index: usize,
    /// How the partitions are divided.
    pub partitions: Partitions,
    /// The program.
    pub program: Arc<dyn Program>,
    /// The limits of the store.
    pub caps: Caps,
    /// What it keeps in memory and does at a time.
    pub bounds: Bounds,
    /// The epoch that begins; all earlier ones are durable or lost.
    pub epoch: u64,
    /// Numbers given in earlier lives of this process (rule 6).
    pub floors: &'a [(u16, u64)],
    /// Whether attempts under way were ended in order (rule 37).
    pub clean: bool,
    /// Suspects of earlier lives of this process (rule 23).
    pub suspects: Suspects,
    /// Everybody is a suspect: an epoch was too large for the store, so each turn is measured.
    pub careful: bool,
    /// Instances that ran when the process died (rule 19).
    pub deaths: Vec<Number>,
    /// Engine time.
    pub now: Timestamp,
}

/// What is left to be read of an earlier life.
#[derive(Debug)]
pub(super) struct Recovery {
    from: Key,
    to: Key,
    clean: bool,
    deaths: Vec<Number>,
}

impl<R: Reply> Shard<R> {
    /// Opens a shard on what is durable.
    ///
    /// # Errors
    /// The store fails, or a row cannot be read.
    pub fn open(opening: Opening<'_>, rows: &dyn Rows) -> Result<Self, ReadError> {
        let owned = opening.partitions.owned(opening.index);
        let numbers = Numbers::open(owned.clone(), opening.floors, rows)?;
        let mailbox = read_mailbox(owned.start, owned.end - 1, rows)?;
        let mut timers = Timers::new(owned.clone(), &opening.bounds);
        timers.refill(opening.now, rows)?;
        let keep_ms = opening.bounds.answers_kept_ms;
        let onces = Onces::open(opening.partitions, owned.clone(), keep_ms, rows)?;
        let names = Ids::open(Of::Instances, owned.clone(), rows);
        let (from, _) = keys::partition_range(Tag::Run, owned.start);
        let (_, to) = keys::partition_range(Tag::Run, owned.end - 1);
        let recovery = Recovery {
            from,
            to,
            clean: opening.clean,
            deaths: opening.deaths,
        };
        // An epoch goes over this by one turn, which is bounded too.
        let share = opening.caps.max_batch_bytes / opening.partitions.shards() / 2;
        let share = share.min(opening.bounds.epoch_bytes);
        Ok(Shard {
            index: opening.index,
            partitions: opening.partitions,
            program: opening.program,
            epoch: opening.epoch,
            durable: opening.epoch - 1,
            residents: Residents::default(),
            work: Work::default(),
            mailbox,
            unwritten: 0,
            ready: VecDeque::new(),
            postponed: Vec::new(),
            outgoing: (0..opening.partitions.shards())
                .map(|_| Vec::new())
                .collect(),
            sent: 0,
            puts: Vec::new(),
            deletes: Vec::new(),
            timers,
            numbers,
            books: Books::default(),
            writing: Writing::default(),
            dirty: Vec::new(),
            early: Batch::new(),
            cannot_seal: None,
            waiters: FxHashMap::default(),
            askers: FxHashMap::default(),
            listeners: FxHashMap::default(),
            onces,
            names,
            dead_letters: 0,
            answers: Vec::new(),
            effects: Effects::default(),
            sealed: None,
            rested: Vec::new(),
            ended: Vec::new(),
            bytes: 0,
            bytes_max: share,
            bounds: opening.bounds,
            caps: opening.caps,
            asks: Asks::default(),
            recovery: Some(recovery),
            recovered: 0,
            suspects: opening.suspects,
            careful_until: match opening.careful {
                true => opening.epoch + CAREFUL_EPOCHS,
                false => 0,
            },
        })
    }

    /// Loads a few of the instances that were left runnable.
    pub(super) fn recover(&mut self, now: Timestamp, rows: &dyn Rows) -> Result<(), ReadError> {
        let Some(recovery) = &mut self.recovery else {
            return Ok(());
        };
        let slice = self.bounds.recovery_slice;
        // Its mark says all by its key.
        let page = scan_past_damage(rows, &recovery.from, &recovery.to, slice)?;
        let complete = page.len() < slice;
        if let Some((last, _)) = page.last() {
            recovery.from = keys::after(last);
        }
        for (key, _) in page {
            let Some(Row::Run { vp, n }) = Row::parse(&key) else {
                return Err(ReadError::row(&key, Unreadable::damaged("its key")));
            };
            let number = Number { partition: vp, n };
            if self.residents.get(number).is_some() {
                // It was loaded, or made, in this life: it knows better whether its mark stays.
                continue;
            }
            match self.load(number, now, rows) {
                Ok(true) => {}
                Ok(false) => tracing::warn!(%number, "a runnable instance has no row"),
                Err(error) => super::events::set_aside(error, number)?,
            }
            if let Some(instance) = self.residents.get_mut(number) {
                instance.marks.run_row = true;
                // One that is not runnable after all loses its mark with the next seal.
                if !instance.is_runnable() && !instance.marks.listed {
                    instance.marks.listed = true;
                    self.dirty.push(number);
                }
            }
        }
        if complete {
            self.recovery = None;
            self.recovered = self.epoch;
        }
        Ok(())
    }

    /// Whether some of the instances that were left runnable have not been read, or what was
    /// counted of them is not durable.
    #[must_use]
    pub fn is_recovering(&self) -> bool {
        self.recovery.is_some() || self.recovered > self.durable
    }

    /// Loads all that was left runnable, so that a clean close does not forget what an unclean one
    /// left to be counted (rules 18 and 37).
    ///
    /// # Errors
    /// The store fails, or a row cannot be read.
    pub fn finish_recovery(&mut self, now: Timestamp, rows: &dyn Rows) -> Result<(), ReadError> {
        while self.recovery.is_some() && !planted!(CloseForgetsToCount) {
            self.recover(now, rows)?;
        }
        Ok(())
    }

    /// Brings an instance into memory. Returns whether there is one of this number.
    pub(super) fn load(
        &mut self,
        number: Number,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<bool, ReadError> {
        if self.residents.get(number).is_some() {
            return Ok(true);
        }
        self.work.returns(number);
        let mark = self.bounds.mailbox_in_memory;
        let Some(mut instance) = read_instance(number, mark, rows)? else {
            return Ok(false);
        };
        instance.marks.written = self.durable;
        instance.marks.frame = self.durable;
        self.measure(&mut instance);
        let mut resume = None;
        // What is read now was left by an earlier life, or it has ended: nothing that can go on is
        // forgotten before all is recovered.
        if let Some(recovery) = &mut self.recovery {
            resume = Some(recovery.clean);
            instance.marks.probation = !recovery.clean;
            if let Some(at) = recovery.deaths.iter().position(|dead| *dead == number) {
                recovery.deaths.swap_remove(at);
                instance.deaths += 1;
                instance.marks.dirty = true;
                // It runs again when that is durable, else it could kill the process for ever.
                instance.marks.suspect = true;
                instance.marks.frame = self.epoch;
            }
        }
        self.residents.insert(instance);
        if let Some(clean) = resume {
            self.with(number, now, |instance, world, asks| {
                instance.resume(clean, world, asks);
                instance.check_deaths(asks);
            });
        }
        let parked = self.residents.get(number);
        if parked.is_some_and(Instance::waits_for_a_version) {
            self.with(number, now, Instance::compare_version);
        }
        self.weigh(number);
        self.residents.idles(number, self.durable);
        Ok(true)
    }

    /// Marks an instance that comes into memory as a suspect, if it is one.
    pub(super) fn measure(&mut self, instance: &mut Instance) {
        let (entries, rows) = (self.bounds.history_entries, !instance.is_entity());
        if instance.is_born() {
            instance.history.keep(entries, rows, instance.created);
        }
        instance.marks.suspect = self.is_careful();
        if let Some(failures) = self.suspects.remove(&instance.id) {
            instance.marks.suspect = true;
            instance.failures = failures;
        }
    }

    /// Changes an instance that is in memory, and does what it asks for.
    pub(super) fn with<T>(
        &mut self,
        number: Number,
        now: Timestamp,
        change: impl FnOnce(&mut Instance, World<'_>, &mut Asks) -> T,
    ) -> Option<T> {
        let instance = self.residents.get_mut(number)?;
        let world = World {
            program: self.program.as_ref(),
            now,
        };
        instance.history.now = now;
        let out = change(instance, world, &mut self.asks);
        self.settle(number, now);
        Some(out)
    }
}

fn read_mailbox(first: u16, last: u16, rows: &dyn Rows) -> Result<VecDeque<Envelope>, ReadError> {
    let mut mailbox = VecDeque::new();
    let (from, _) = keys::partition_range(Tag::Msg, first);
    let (_, to) = keys::partition_range(Tag::Msg, last);
    each_row(rows, from, &to, |key, value| {
        let Some(Row::Msg { vp, seq, idx }) = Row::parse(&key) else {
            return Err(ReadError::row(&key, Unreadable::damaged("its key")));
        };
        let message = Message::read(&value).map_err(|why| ReadError::row(&key, why))?;
        mailbox.push_back(Envelope {
            key: MessageKey {
                partition: vp,
                epoch: seq,
                index: idx,
            },
            message,
            has_row: true,
        });
        Ok(())
    })?;
    if planted!(RecoveredOutOfOrder) {
        mailbox.make_contiguous().reverse();
    }
    Ok(mailbox)
}

/// Reads an instance as of the last commit, with so many of the requests that wait for it.
pub(super) fn read_instance(
    number: Number,
    mark: usize,
    rows: &dyn Rows,
) -> Result<Option<Instance>, ReadError> {
    let Number { partition: vp, n } = number;
    let key = Row::Inst { vp, n }.key();
    let Some(row) = rows.get(&key)? else {
        return Ok(None);
    };
    let (head, body) = record::read(&row).map_err(|why| ReadError::row(&key, why))?;
    let (mut own, mut events, mut loose) = (Vec::new(), Vec::new(), Vec::new());
    let mut next_operation = body.next_operation;
    let mut queue = Queue::owned_by(body.lock);
    let (from, to) = keys::instance_range(Tag::Op, vp, n);
    each_row(rows, from, &to, |key, value| {
        let Some(Row::Op { op, .. }) = Row::parse(&key) else {
            return Err(ReadError::row(&key, Unreadable::damaged("its key")));
        };
        // Filing an event or a request does not write the instance.
        next_operation = next_operation.max(op + 1);
        match OperationRow::read(&value).map_err(|why| ReadError::row(&key, why))? {
            OperationRow::Event(name, value, reply_to, entry) => {
                events.push((op, name, Letter { value, reply_to }));
                loose.extend(entry);
            }
            OperationRow::Done(completion, call, entry) => {
                own.push((op, OperationRow::Done(completion, call, None)));
                loose.extend(entry);
            }
            OperationRow::Pending(call) => {
                if Some(op) == body.serving || queue.load(op, &call, mark) {
                    own.push((op, OperationRow::Pending(call)));
                }
            }
        }
        Ok(())
    })?;
    let inline = body
        .inline
        .into_iter()
        .map(|(op, call)| (op, call.into_owned()));
    let operations = Operations::load(inline, own);
    let events = Events::load(events, &operations);
    let waits = body.waits.into_owned();
    let groups = Groups::new(&waits, |operation| {
        operations.has_completed(operation) || events.has(operation)
    });
    let mut instance = Instance {
        number,
        id: head.id.into(),
        orchestration: head.orchestration,
        version: head.version.map(Into::into),
        parent: head.parent,
        created: head.created,
        updated: head.updated,
        custom_status: head.custom_status.map(Cow::into_owned),
        tags: head.tags.into_owned(),
        origin: None,
        next_operation,
        state: match body.progress {
            Progress::Begun(args) => State::Begun(args.into_owned()),
            Progress::Suspended(frame) => State::Cold(frame.0.into_owned()),
            Progress::Ended(ending) => State::Ended(ending.into_owned()),
            Progress::Unborn => State::Unborn,
        },
        parked: head.parked.map(Cow::into_owned),
        suspended: head
            .reason
            .filter(|_| head.status == Status::Suspended)
            .map(Cow::into_owned),
        expires: body.expires,
        operations,
        events,
        waits,
        groups,
        sections: body.sections.into_owned(),
        queue,
        serving: body.serving,
        parts: body.parts.into_owned(),
        part_writes: FxHashMap::default(),
        failures: 0,
        resting: None,
        deaths: body.deaths,
        continued: head.continued,
        rewinds: Rewinds {
            count: head.rewound,
            stored: body.rewindable,
            row: None,
        },
        history: History::load(body.history, head.created, loose),
        marks: Marks {
            bytes: row.len(),
            ..Marks::default()
        },
    };
    if let State::Cold(frame) = &instance.state {
        instance.marks.point = super::super::frames::point_of(frame);
    }
    // The mark is written and deleted with every change of this.
    instance.marks.run_row = instance.is_runnable();
    Ok(Some(instance))
}
