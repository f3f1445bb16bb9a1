//! Events that come before their instance is started, and those that nobody can take any more.

use std::borrow::Cow;

use super::super::entity::ENTITY_PREFIX;
use super::super::format::ReadError;
use super::super::instance::Instance;
use super::super::limits::CREATION_MS_MAX;
use super::super::rows::Rows;
use super::super::{Number, Parent, Starter};
use super::{Reply, Shard};
use crate::durable::Timestamp;
use crate::durable::limits::INSTANCE_ID_BYTES_MAX;
use crate::durable::{Letter, is_created_id};
use crate::planted::planted;
use crate::schema::Stored;

/// What there is under an id.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sought {
    Nothing,
    /// Events wait for somebody to start it.
    Unborn(Number),
    Born(Number),
}

impl<R: Reply> Shard<R> {
    /// Files an event that an instance has raised. What nobody can take is a dead letter: its sender
    /// does not wait. Gives it back if whom it is for cannot be read.
    pub(super) fn file(
        &mut self,
        id: &str,
        name: &str,
        letter: Letter,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), Box<(ReadError, Letter)>> {
        let is_here = |instance: &&mut Instance| instance.is_born() && !instance.marks.purged;
        let mut addressee = self.residents.named_mut(id).filter(is_here);
        if addressee.is_none() {
            match self.addressee(id, now, rows) {
                Ok(number) => addressee = number.and_then(|it| self.residents.get_mut(it)),
                Err(error) => return Err(Box::new((error, letter))),
            }
        }
        let filed = addressee.and_then(|instance| {
            instance.history.now = now;
            instance.event(name, letter).ok()?;
            Some(instance.number)
        });
        match filed {
            Some(number) => {
                self.list(number);
            }
            None => self.bury(id, name, 1),
        }
        Ok(())
    }

    /// Whom an event is for, in memory; nobody, if nobody can ever take it.
    fn addressee(
        &mut self,
        id: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Option<Number>, ReadError> {
        Ok(match self.seek(id, rows)? {
            Sought::Born(number) => self.load(number, now, rows)?.then_some(number),
            Sought::Nothing if !may_be_started(id) || planted!(EarlyEventDropped) => None,
            sought => Some(self.unborn(sought, id, now, rows)?),
        })
    }

    /// The instance that waits for somebody to start it, in memory; it is kept from now on as if it
    /// were new.
    pub(super) fn unborn(
        &mut self,
        sought: Sought,
        id: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Number, ReadError> {
        let number = match sought {
            Sought::Unborn(number) | Sought::Born(number) => {
                self.load(number, now, rows)?;
                number
            }
            Sought::Nothing => {
                let number = self.numbers.give(self.partitions.of_id(id));
                let mut instance = Instance::unborn(number, id.into(), now);
                self.measure(&mut instance);
                self.residents.insert(instance);
                number
            }
        };
        let kept_ms = self.early_events_kept_ms(id);
        self.with(number, now, |instance, world, asks| {
            instance.keep_unborn(world.now, kept_ms, asks);
        });
        Ok(number)
    }

    /// Makes an instance, or starts the one that events wait for.
    #[expect(clippy::too_many_arguments, reason = "all of one start")]
    pub(super) fn create_at(
        &mut self,
        sought: Sought,
        id: String,
        name: Cow<'static, str>,
        parent: Option<Parent>,
        args: Stored,
        by: Starter,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Number, ReadError> {
        if let Sought::Unborn(number) = sought
            && self.load(number, now, rows)?
        {
            self.books.stored(&args);
            self.bytes += 2 * args.bytes.len();
            let entries = self.bounds.history_entries;
            self.with(number, now, |instance, world, asks| {
                instance.history.keep(entries, true, world.now);
                instance.be_born(name, parent, args, by, world, asks);
            });
            return Ok(number);
        }
        Ok(self.create(id, name, parent, args, by, now))
    }

    /// Nobody has started it for too long.
    pub(super) fn expire_unborn(&mut self, number: Number, now: Timestamp) {
        let id = self
            .residents
            .get(number)
            .map(|instance| instance.id.clone());
        let kept_ms = id.map_or(0, |id| self.early_events_kept_ms(&id));
        let over = self.with(number, now, |instance, world, asks| {
            let over = instance.expire_unborn(world.now, kept_ms, asks);
            if over {
                instance.answer_nothing("there is no such machine", asks);
            }
            over.then(|| (instance.id.clone(), instance.events.count()))
        });
        if let Some(Some((id, events))) = over {
            self.bury(&id, "", events);
            self.delete(number, now);
        }
    }

    /// How long events wait for somebody to start their instance. The creation of a machine is on
    /// its way before anybody can know its id, unless that was promised: one that is not there for
    /// long has halted.
    fn early_events_kept_ms(&self, id: &str) -> u64 {
        match is_created_id(id) {
            true => self.bounds.early_events_kept_ms.min(CREATION_MS_MAX),
            false => self.bounds.early_events_kept_ms,
        }
    }

    /// Counts messages that nobody can take.
    fn bury(&mut self, id: &str, event: &str, count: usize) {
        tracing::warn!(instance = id, event, count, "events came for nobody");
        self.dead_letters += count;
    }

    /// Whether clients can raise an event of an instance that nobody has started.
    pub(super) fn event_before_start(
        &mut self,
        id: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Option<Number>, ReadError> {
        match self.seek(id, rows)? {
            sought @ (Sought::Nothing | Sought::Unborn(_)) if may_be_started(id) => {
                self.unborn(sought, id, now, rows).map(Some)
            }
            _ => Ok(None),
        }
    }
}

fn may_be_started(id: &str) -> bool {
    !id.is_empty() && id.len() <= INSTANCE_ID_BYTES_MAX && !id.starts_with(ENTITY_PREFIX)
}
