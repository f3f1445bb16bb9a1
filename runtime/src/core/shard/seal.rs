//! Sealing: what an epoch changed, encoded once; and what leaves when it is durable.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::super::Number;
use super::super::books::Books;
use super::super::ids::Ids;
use super::super::instance::{Instance, State};
use super::super::message::MessageKey;
use super::super::operation::OperationRowRef;
use super::super::record::{self, Body, Head, Progress, Raw};
use super::super::rewind::REWIND_PART;
use super::{Effects, Reply, Shard, Waiting};
use crate::durable::{Refusal, Writing};
use crate::planted::planted;
use crate::schema::Stored;
use crate::store::keys::Row;
use crate::store::{Batch, Bytes, Caps, Key};

/// One shard's part of an epoch.
#[derive(Debug)]
pub struct Sealed {
    /// Which epoch.
    pub epoch: u64,
    batch: Batch,
    puts: Vec<(MessageKey, Bytes)>,
    deletes: Vec<MessageKey>,
    books: Vec<(Key, Bytes)>,
}

/// An instance cannot be written: the engine goes back to what is durable and the instance becomes
/// a suspect, whose next such turn fails alone.
#[derive(Debug, thiserror::Error)]
#[error("instance {number} (`{id}`) cannot be written: {why}")]
pub struct CannotSeal {
    /// The instance.
    pub number: Number,
    /// Its id.
    pub id: Arc<str>,
    /// Why.
    pub why: Box<Refusal>,
}

/// Makes one batch of what all shards sealed. A message's put and delete cancel, whatever their
/// order (rule 4); `books` are the schemas and layouts written in this life.
pub fn merge(sealed: Vec<Sealed>, books: &mut FxHashSet<Key>) -> Batch {
    let mut batch = Batch::new();
    let mut deletes: FxHashSet<MessageKey> = FxHashSet::default();
    let mut puts = Vec::new();
    for shard in sealed {
        batch.append(shard.batch);
        deletes.extend(shard.deletes);
        puts.extend(shard.puts);
        for (key, value) in shard.books {
            if books.insert(key.clone()) {
                batch.put(key, value);
            }
        }
    }
    for (key, value) in puts {
        if !deletes.remove(&key) || planted!(PutSurvivesDelete) {
            batch.put(key.key(), value);
        }
    }
    for key in deletes {
        batch.delete(key.key());
    }
    batch
}

impl<R: Reply> Shard<R> {
    /// Ends the open epoch and begins the next. Everything of it must have been taken from
    /// [`take_outgoing`](Self::take_outgoing).
    ///
    /// # Errors
    /// This life of the shard is over.
    pub fn seal(&mut self) -> Result<Sealed, CannotSeal> {
        debug_assert!(
            self.outgoing.iter().all(Vec::is_empty),
            "messages have left"
        );
        assert!(self.sealed.is_none(), "one epoch commits at a time");
        debug_assert!(self.is_weighed(), "all work is counted");
        if let Some(failed) = self.cannot_seal.take() {
            return Err(failed);
        }
        let mut batch = std::mem::take(&mut self.early);
        let mut twice = false;
        let next = Vec::with_capacity(self.dirty.len());
        let written = std::mem::replace(&mut self.dirty, next);
        let mut purged: FxHashSet<Number> = FxHashSet::default();
        for number in &written {
            let Some(instance) = self.residents.get_mut(*number) else {
                continue;
            };
            let is_early = instance.marks.written == self.epoch;
            if is_early && !instance.marks.listed {
                continue;
            }
            twice |= is_early;
            if instance.marks.purged {
                purged.insert(*number);
                let named = self.residents.is_named(*number);
                if let Some(purged) = self.residents.get_mut(*number) {
                    let names = named.then_some(&mut self.names);
                    delete_instance(purged, names, self.epoch, &mut batch);
                }
                continue;
            }
            self.write(*number, &mut batch)?;
        }
        if twice {
            batch.keep_last();
        }
        for envelope in self.mailbox.iter_mut().rev() {
            if self.unwritten == 0 {
                break;
            }
            if !envelope.has_row {
                envelope.has_row = true;
                self.puts.push((envelope.key, envelope.message.write()));
                self.unwritten -= 1;
            }
        }
        if !purged.is_empty() {
            // What would start with this commit has no instance any more.
            let starts = &mut self.effects.starts;
            starts.retain(|start| !purged.contains(&start.instance));
        }
        self.timers.seal(&mut batch);
        self.numbers.seal(&mut batch);
        self.onces.seal(&mut batch);
        self.early = batch.next();
        self.sealed = Some(Waiting {
            epoch: self.epoch,
            effects: self.effects.take(),
            written,
        });
        let sealed = Sealed {
            epoch: self.epoch,
            batch,
            puts: std::mem::take(&mut self.puts),
            deletes: std::mem::take(&mut self.deletes),
            books: self.books.take_new(),
        };
        self.epoch += 1;
        self.sent = 0;
        self.bytes = 0;
        Ok(sealed)
    }

    /// Writes an instance that nothing makes ready again before this epoch is durable: it has ended, or
    /// waits for nothing but the activities that start with the commit. All of it is in the caches of the
    /// processor now, and what is left for the seal, for which the committer waits, is short. If it changes
    /// nevertheless, it is written again.
    pub(super) fn write_early(&mut self, number: Number, starts: usize) {
        let is_careful = self.is_careful();
        let Some(instance) = self.residents.get(number) else {
            return;
        };
        let rests = match &instance.state {
            State::Ended(_) => true,
            State::Hot(_) => starts > 0 && instance.operations.pending() == starts,
            _ => false,
        };
        let marks = &instance.marks;
        // What is told of a commit that is under way counts for all that was written.
        let is_durable = marks.written <= self.durable;
        if !rests || !marks.listed || marks.purged || marks.suspect || !is_durable || is_careful {
            return;
        }
        let mut batch = std::mem::take(&mut self.early);
        // The seal says so: what was tried is never tried again in this life, for a part of it was taken.
        if let Err(failed) = self.write(number, &mut batch) {
            self.cannot_seal.get_or_insert(failed);
        }
        self.early = batch;
    }

    /// Writes what changed of an instance, and notes its size.
    fn write(&mut self, number: Number, batch: &mut Batch) -> Result<(), CannotSeal> {
        let Some(instance) = self.residents.get_mut(number) else {
            return Ok(());
        };
        let before = instance.marks.bytes;
        let mut sealing = Sealing {
            epoch: self.epoch,
            caps: self.caps,
            books: &mut self.books,
            names: &mut self.names,
            writing: &mut self.writing,
            batch,
        };
        write_instance(instance, &mut sealing).map_err(|why| CannotSeal {
            number,
            id: instance.id.clone(),
            why: Box::new(why),
        })?;
        let after = instance.marks.bytes;
        self.residents.resize(before, after);
        Ok(())
    }

    /// The sealed epoch is durable: what waited for that may leave. What follows for the memory can wait
    /// until [`tidy`](Self::tidy).
    pub fn durable(&mut self, epoch: u64) -> Effects<R> {
        let Some(mut sealed) = self.sealed.take_if(|sealed| sealed.epoch == epoch) else {
            return Effects::default();
        };
        if planted!(StartBeforeDurable) {
            sealed.effects.starts.append(&mut self.effects.starts);
        }
        self.durable = epoch;
        self.timers.durable(epoch);
        self.onces.durable();
        self.ready.extend(self.postponed.drain(..));
        self.rested.append(&mut sealed.written);
        sealed.effects
    }

    /// Forgets what need not be in memory now that it is durable. It takes a while: the driver does it
    /// when nobody waits for it, which is after the next seal rather than before.
    pub fn tidy(&mut self) {
        self.onces.tidy();
        let (mark, durable) = (self.bounds.mailbox_in_memory, self.durable);
        if !self.rested.is_empty() {
            for number in self.ended.drain(..) {
                self.residents.rests(number, durable);
            }
        }
        let has_room = self.residents.len() <= self.bounds.idle_instances;
        for number in self.rested.drain(..) {
            let Some(instance) = self.residents.get_mut(number) else {
                continue;
            };
            // One that was sealed again comes once more.
            if instance.marks.written > durable {
                continue;
            }
            instance.was_committed(mark);
            // Of a long mailbox less is in memory.
            let is_ready = instance.is_ready();
            self.work.weigh(instance, is_ready);
            // Who is told that it is durable may ask for its result at once.
            if has_room && instance.has_ended() && !instance.marks.purged {
                self.ended.push(number);
            } else {
                self.residents.rests(number, durable);
            }
        }
        // What is read while others are recovered is taken for what an earlier life left.
        if self.recovery.is_none() {
            self.residents.evict(durable, &self.bounds, &mut self.work);
        }
    }
}

/// What instances are written with.
struct Sealing<'a> {
    epoch: u64,
    caps: Caps,
    books: &'a mut Books,
    names: &'a mut Ids,
    writing: &'a mut Writing,
    batch: &'a mut Batch,
}

/// Writes what changed of an instance.
fn write_instance(instance: &mut Instance, sealing: &mut Sealing<'_>) -> Result<(), Refusal> {
    let Number { partition: vp, n } = instance.number;
    let is_changed = instance.marks.dirty;
    if is_changed {
        instance.marks.bytes = encode(instance, sealing)?;
    }
    let Sealing { books, batch, .. } = sealing;
    if is_changed {
        instance.history.write_rows(|seq, row| {
            let key = Row::Hist { vp, n, seq };
            match row {
                Some(row) => {
                    batch.put_row(key, |out| out.extend_from_slice(&row));
                }
                None => batch.delete_row(key),
            }
        });
        for (part, bytes) in instance.part_writes.drain() {
            let key = Row::Part { vp, n, part };
            match bytes {
                Some(bytes) => {
                    batch.put_row(key, |out| out.extend_from_slice(&bytes));
                }
                None => batch.delete_row(key),
            }
        }
    }
    let (carried, history) = (instance.history.take_loose(), &instance.history);
    let mut write = |op, row: Option<OperationRowRef<'_>>| {
        let key = Row::Op { vp, n, op };
        match row {
            Some(mut row) => {
                match &mut row {
                    OperationRowRef::Done(completion, _, entry) => {
                        books.completion(completion);
                        *entry = history.carried(&carried, op);
                    }
                    OperationRowRef::Event(_, value, _, entry) => {
                        books.stored(value);
                        *entry = history.carried(&carried, op);
                    }
                    OperationRowRef::Pending(_) => {}
                }
                batch.put_row(key, |out| row.write(out));
            }
            None => batch.delete_row(key),
        }
    };
    instance.operations.write_rows(&mut write);
    instance.events.write_rows(&mut write);
    if instance.marks.fresh || instance.marks.born {
        let id = instance.id.as_bytes();
        let origin = instance.origin.as_ref();
        batch.put_row(Row::Name { vp, id }, |out| {
            record::write_name(n, origin, out)
        });
        sealing.names.insert(&instance.id);
    }
    let runnable = instance.is_runnable();
    if runnable != instance.marks.run_row && !planted!(RunMarkForgotten) {
        let key = Row::Run { vp, n };
        if runnable {
            batch.put_row(key, |_| {});
        } else {
            batch.delete_row(key);
        }
        instance.marks.run_row = runnable;
    }
    instance.marks.dirty = false;
    instance.marks.listed = false;
    instance.marks.fresh = false;
    instance.marks.born = false;
    instance.marks.written = sealing.epoch;
    Ok(())
}

/// Deletes every row of a purged instance (rule 26); its name too, unless another instance has it.
fn delete_instance(
    instance: &mut Instance,
    names: Option<&mut Ids>,
    epoch: u64,
    batch: &mut Batch,
) {
    let Number { partition: vp, n } = instance.number;
    // One that was never written has no rows.
    if !instance.marks.fresh {
        batch.delete_row(Row::Inst { vp, n });
        if let Some(names) = names {
            let id = instance.id.as_bytes();
            batch.delete_row(Row::Name { vp, id });
            names.removed(epoch);
        }
        let mut parts = std::mem::take(&mut instance.parts);
        parts.extend(instance.part_writes.drain().map(|(part, _)| part));
        parts.extend(instance.rewinds.stored.then_some(REWIND_PART));
        parts.sort_unstable();
        parts.dedup();
        for part in parts {
            batch.delete_row(Row::Part { vp, n, part });
        }
        for seq in instance.history.chunks() {
            if planted!(PurgeLeavesHistory) {
                break;
            }
            batch.delete_row(Row::Hist { vp, n, seq });
        }
    }
    let mut delete = |op, _: Option<OperationRowRef<'_>>| {
        batch.delete_row(Row::Op { vp, n, op });
    };
    instance.operations.write_rows(&mut delete);
    instance.events.write_rows(&mut delete);
    if std::mem::take(&mut instance.marks.run_row) {
        batch.delete_row(Row::Run { vp, n });
    }
    instance.marks.dirty = false;
    instance.marks.listed = false;
    instance.marks.written = epoch;
}

/// Writes the row of an instance, and returns how long it is.
fn encode(instance: &mut Instance, sealing: &mut Sealing<'_>) -> Result<usize, Refusal> {
    let Sealing {
        caps,
        books,
        writing,
        batch,
        ..
    } = sealing;
    writing.clear();
    instance.save(writing)?;
    instance.fits(writing, *caps)?;
    for schema in writing.schemas.drain(..) {
        books.schema(schema);
    }
    for layout in writing.layouts.drain(..) {
        books.layout(layout);
    }
    instance.file_parts(&mut writing.parts);
    let frame = &writing.bytes;
    if instance.has_ended() {
        for part in std::mem::take(&mut instance.parts) {
            instance.part_writes.insert(part, None);
        }
    }
    let progress = match &instance.state {
        State::Begun(args) => {
            books.stored(args);
            Progress::Begun(Cow::Borrowed(args))
        }
        State::Entity(_) if instance.is_blank() => {
            let nothing = Stored::write(&()).expect("the unit can be stored");
            Progress::Begun(Cow::Owned(nothing))
        }
        State::Entity(_) => Progress::Suspended(Raw(Cow::Borrowed(frame))),
        State::Hot(_) => {
            let point = super::super::frames::point_of(frame);
            if std::mem::replace(&mut instance.marks.point, point) != point {
                instance.tell_point();
            }
            Progress::Suspended(Raw(Cow::Borrowed(frame)))
        }
        State::Cold(frame) => Progress::Suspended(Raw(Cow::Borrowed(frame))),
        State::Ended(ending) => {
            books.ending(ending);
            Progress::Ended(Cow::Borrowed(ending))
        }
        State::Unborn => Progress::Unborn,
        State::Undone => unreachable!("a failed turn is undone before anything is sealed"),
    };
    instance.history.file();
    if let Some(row) = &instance.rewinds.row {
        row.book(books);
    }
    let head = Head {
        number: instance.number,
        id: Cow::Borrowed(&instance.id),
        orchestration: Cow::Borrowed(&instance.orchestration),
        version: instance.version.as_deref().map(Cow::Borrowed),
        status: instance.status(),
        parent: instance.parent,
        created: instance.created,
        updated: instance.updated,
        custom_status: instance.custom_status.as_deref().map(Cow::Borrowed),
        parked: instance.parked.as_ref().map(Cow::Borrowed),
        reason: instance.reason().map(Cow::Borrowed),
        tags: Cow::Borrowed(&instance.tags),
        continued: instance.continued,
        rewound: instance.rewinds.count,
    };
    let inline = instance.operations.inline();
    let body = Body {
        next_operation: instance.next_operation,
        waits: Cow::Borrowed(&instance.waits),
        inline: inline
            .map(|(number, operation)| (number, Cow::Borrowed(operation)))
            .collect(),
        parts: Cow::Borrowed(&instance.parts),
        deaths: instance.deaths,
        expires: instance.expires,
        serving: instance.serving,
        history: instance.history.kept(),
        sections: Cow::Borrowed(&instance.sections),
        lock: instance.queue.owner(),
        rewindable: instance.rewinds.stored,
        progress,
    };
    let Number { partition: vp, n } = instance.number;
    Ok(batch.put_row(Row::Inst { vp, n }, |out| {
        record::write(&head, &body, out);
    }))
}
