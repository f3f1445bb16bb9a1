//! What operators ask of a shard: to end, hold, delete and begin again.

use super::super::asks::Asks;
use super::super::format::ReadError;
use super::super::instance::Instance;
use super::super::manage::EXPIRY;
use super::super::rows::Rows;
use super::super::{Answer, Number, Origin, Parent, Starter, Tags, record};
use super::{Reply, Shard};
use crate::durable::Timestamp;
use crate::durable::limits::{REASON_BYTES_MAX, TAG_NAME_BYTES_MAX, TAG_VALUE_BYTES_MAX, TAGS_MAX};
use crate::planted::planted;
use crate::schema::Stored;
use crate::store::keys::Row;

impl<R: Reply> Shard<R> {
    /// There is no instance of this id, or none once its purge is durable.
    pub(super) fn absent(&self, id: &str) -> (Answer, u64) {
        let purged = self.residents.number_of(id);
        (
            Answer::NotFound,
            purged.map_or(0, |number| self.stamp(number)),
        )
    }

    /// Whether an instance that was found has not been purged meanwhile.
    pub(super) fn is_there(&self, number: Number) -> bool {
        self.residents
            .get(number)
            .is_none_or(|instance| !instance.marks.purged)
    }

    /// Changes an instance, unless its status does not allow that.
    pub(super) fn manage(
        &mut self,
        id: &str,
        reason: &str,
        now: Timestamp,
        rows: &dyn Rows,
        change: impl FnOnce(&mut Instance, &mut Asks) -> bool,
    ) -> Result<(Answer, u64), ReadError> {
        if reason.len() > REASON_BYTES_MAX {
            let why = format!(
                "the reason is {} bytes, more than {REASON_BYTES_MAX}",
                reason.len()
            );
            return Ok((Answer::Invalid { why }, 0));
        }
        let Some(number) = self.find_loaded(id, now, rows)? else {
            return Ok(self.absent(id));
        };
        let changed = self.with(number, now, |instance, _, asks| {
            let changed = change(instance, asks);
            (changed, instance.status())
        });
        let answer = match changed {
            Some((false, status)) => Answer::WrongStatus { status },
            Some((true, _)) | None => Answer::Done,
        };
        Ok((answer, self.stamp(number)))
    }

    /// Deletes an instance that has ended, in one commit (rule 26).
    pub(super) fn purge(
        &mut self,
        id: &str,
        only: Option<Number>,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(Answer, u64), ReadError> {
        let found = self.find_loaded(id, now, rows)?;
        let Some(number) = found.filter(|number| only.is_none_or(|only| only == *number)) else {
            return Ok(self.absent(id));
        };
        if let Some(refused) = self.refuse_unless_ended(number) {
            return Ok(refused);
        }
        self.delete(number, now);
        Ok((Answer::Done, self.stamp(number)))
    }

    fn refuse_unless_ended(&self, number: Number) -> Option<(Answer, u64)> {
        let status = self.residents.get(number)?.status();
        let refused = Answer::WrongStatus { status };
        (!status.has_ended() && !planted!(PurgeWhileRunning)).then(|| (refused, self.stamp(number)))
    }

    /// Whether nothing happens any more to an instance that was found; it is loaded then.
    pub(super) fn has_ended(
        &mut self,
        number: Number,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<bool, ReadError> {
        Ok(self.load(number, now, rows)? && self.refuse_unless_ended(number).is_none())
    }

    pub(super) fn delete(&mut self, number: Number, now: Timestamp) {
        self.with(number, now, |instance, _, asks| instance.purge(asks));
    }

    /// Makes room for a child whose id an earlier incarnation of its parent gave to one of its own
    /// (rule 24). Returns whether the instance that was found is such a child.
    ///
    /// A parent keeps its partition, and incarnations their order. Only an id that was derived from
    /// the parent's tells beyond doubt whose child it is: one that was chosen gives way when it has
    /// ended.
    pub(super) fn replace_child(
        &mut self,
        number: Number,
        parent: Parent,
        id: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<bool, ReadError> {
        if !self.load(number, now, rows)? {
            return Ok(false);
        }
        let derived = id
            .rsplit_once('/')
            .is_some_and(|(_, operation)| operation == parent.operation.to_string());
        let earlier = self.residents.get(number).is_some_and(|child| {
            child.parent.is_some_and(|before| {
                before.operation == parent.operation
                    && before.number.partition == parent.number.partition
                    && before.number.n < parent.number.n
                    && (derived || child.has_ended())
            })
        });
        if earlier {
            self.with(number, now, |child, world, asks| {
                child.cancel(world.now, asks)
            });
            self.delete(number, now);
        }
        Ok(earlier)
    }

    /// The time for which it was kept is over.
    pub(super) fn expire(&mut self, number: Number, at: Timestamp, now: Timestamp) {
        let Some(instance) = self.residents.get(number) else {
            return;
        };
        if instance.expires != Some(at) {
            return;
        }
        if !instance.is_born() {
            self.expire_unborn(number, now);
        } else if instance.has_ended() {
            self.delete(number, now);
        }
    }

    /// It has ended: if its orchestration says so it is purged later.
    pub(super) fn keep_for_a_while(&mut self, number: Number) {
        let Some(instance) = self.residents.get_mut(number) else {
            return;
        };
        if instance.marks.purged {
            return;
        }
        if let Some(time) = self.program.retention(&instance.orchestration) {
            let at = instance.updated.after(time);
            instance.expires = Some(at);
            self.timers.arm((at, number, EXPIRY), self.epoch);
        }
    }

    /// Begins again with the same id and arguments, as another instance (rule 24).
    pub(super) fn restart(
        &mut self,
        id: &str,
        number: Number,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(Answer, u64), ReadError> {
        let Some(found) = self.find_loaded(id, now, rows)? else {
            return Ok(self.absent(id));
        };
        if found != number {
            // It was done before.
            let (number, fresh) = (found, false);
            return Ok((Answer::Started { number, fresh }, self.stamp(found)));
        }
        if let Some(refused) = self.refuse_unless_ended(number) {
            return Ok(refused);
        }
        if let Some(busy) = self.busy() {
            return Ok((busy, 0));
        }
        let Some(origin) = self.origin_of(number, rows)? else {
            return Ok(self.absent(id));
        };
        let name = origin.orchestration;
        if self.program.orchestration(&name).is_none() {
            let why = super::super::instance::unregistered("orchestration", &name).to_string();
            return Ok((Answer::Invalid { why }, 0));
        }
        self.delete(number, now);
        let by = Starter::Restart;
        let number = self.create(id.to_owned(), name.into(), None, origin.args, by, now);
        self.tag(number, origin.tags);
        let fresh = true;
        Ok((Answer::Started { number, fresh }, self.epoch))
    }

    /// Tells what an instance was started with.
    pub(super) fn origin(&mut self, id: &str, rows: &dyn Rows) -> Result<(Answer, u64), ReadError> {
        let Some(number) = self.find(id, rows)? else {
            return Ok(self.absent(id));
        };
        Ok(match self.origin_of(number, rows)? {
            Some(origin) => (Answer::Origin(Box::new(origin)), self.stamp(number)),
            None => self.absent(id),
        })
    }

    pub(super) fn origin_of(
        &self,
        number: Number,
        rows: &dyn Rows,
    ) -> Result<Option<Origin>, ReadError> {
        let looked = self.look(number, rows, |instance| {
            let orchestration = instance.orchestration.clone().into_owned();
            let (id, args) = (instance.id.clone(), instance.origin.clone());
            (
                id,
                orchestration,
                instance.status(),
                instance.tags.clone(),
                args,
            )
        })?;
        let Some((id, orchestration, status, tags, args)) = looked else {
            return Ok(None);
        };
        let args = match args {
            Some(args) => args,
            None => read_args(number, &id, rows)?,
        };
        Ok(Some(Origin {
            number,
            status,
            orchestration,
            args,
            tags,
        }))
    }

    /// Gives a new instance its tags.
    pub(super) fn tag(&mut self, number: Number, tags: Tags) {
        if let Some(instance) = self.residents.get_mut(number) {
            instance.tags = tags;
        }
    }
}

pub(super) fn read_args(number: Number, id: &str, rows: &dyn Rows) -> Result<Stored, ReadError> {
    let (vp, id) = (number.partition, id.as_bytes());
    let key = Row::Name { vp, id }.key();
    let row = rows.get(&key)?.unwrap_or_default();
    record::read_origin(&row).map_err(|why| ReadError::row(&key, why))
}

/// What is wrong with these tags, if anything.
pub(super) fn untaggable(tags: &Tags) -> Option<String> {
    if tags.len() > TAGS_MAX {
        return Some(format!("{} tags are more than {TAGS_MAX}", tags.len()));
    }
    tags.iter().find_map(|(name, value)| {
        let bad = |what: &str, bytes: usize, max: usize| {
            let start: String = name.chars().take(32).collect();
            format!("the {what} of the tag `{start}` is {bytes} bytes, it may be 1 to {max}")
        };
        if name.is_empty() || name.len() > TAG_NAME_BYTES_MAX {
            Some(bad("name", name.len(), TAG_NAME_BYTES_MAX))
        } else if value.len() > TAG_VALUE_BYTES_MAX {
            Some(bad("value", value.len(), TAG_VALUE_BYTES_MAX))
        } else {
            None
        }
    })
}
