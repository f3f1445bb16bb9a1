//! What clients ask of a shard.

use super::super::asks::WaitOver;
use super::super::entity::ENTITY_PREFIX;
use super::super::format::ReadError;
use super::super::instance::Instance;
use super::super::limits::LIST_ROWS_MAX;
use super::super::rows::Rows;
use super::super::{Answer, Command, Number, Starter, Tags};
use super::list_entities::list_entities;
use super::manage::untaggable;
use super::unborn::Sought;
use super::{Reply, Shard};
use crate::durable::Timestamp;
use crate::durable::limits::{INSTANCE_ID_BYTES_MAX, PAYLOAD_BYTES_MAX};
use crate::durable::{EntryKind, RSM_PREFIX, invalid_id};
use crate::planted::planted;
use crate::schema::Stored;

impl<R: Reply> Shard<R> {
    /// A client asks. The answer comes with [`take_answers`](Self::take_answers), or with the
    /// effects of the commit it depends on.
    ///
    /// # Errors
    /// A row cannot be read; the reply is handed back.
    pub fn command(
        &mut self,
        command: &Command,
        reply: R,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), (R, ReadError)> {
        if let Some((ask, key)) = command.request() {
            return match key {
                Some(key) => self.once(key, ask, reply, now, rows),
                None => self.request(ask, reply, now, rows),
            };
        }
        let done = match command {
            Command::Start {
                id,
                name,
                args,
                tags,
                replaces,
            } => {
                let (id, name, args) = (id.clone(), name.clone(), args.clone());
                self.start(id, name, args, tags.clone(), *replaces, now, rows)
            }
            Command::Describe { id } => self.describe(id, rows),
            Command::Inspect { id } => self.inspect(id, rows),
            Command::Result { id } => match self.outcome(id, rows) {
                Ok(Outcome::Said(answer, after)) => Ok((answer, after)),
                Ok(Outcome::Wait(number)) => {
                    self.wait(number, reply);
                    return Ok(());
                }
                Err(error) => Err(error),
            },
            // An entity never ends.
            Command::Cancel { id } | Command::Terminate { id, .. }
                if id.starts_with(ENTITY_PREFIX) =>
            {
                Ok((Answer::NotFound, 0))
            }
            Command::Cancel { id } => self.change(id, now, rows, |instance, world, asks| {
                instance.cancel(world.now, asks);
            }),
            Command::Retry { id } => self.change(id, now, rows, |instance, world, asks| {
                instance.retry(world, asks);
            }),
            Command::Terminate { id, reason } => self.manage(id, reason, now, rows, |one, asks| {
                one.terminate(reason.clone(), now, asks);
                true
            }),
            Command::Suspend { id, reason } => self.manage(id, reason, now, rows, |one, _| {
                one.suspend(reason.clone(), now)
            }),
            Command::Resume { id } => {
                self.manage(id, "", now, rows, |instance, _| instance.go_on(now))
            }
            Command::Purge { id, number } => self.purge(id, *number, now, rows),
            Command::Restart { id, number } => self.restart(id, *number, now, rows),
            Command::Rewind { id, reason, count } => self.rewind(id, reason, *count, now, rows),
            Command::Origin { id } => self.origin(id, rows),
            Command::History { id, from } => self.history(id, *from, rows),
            Command::Entities(query) => {
                list_entities(query, self.partitions, rows).map(|answer| (answer, 0))
            }
            Command::Count(filter) => {
                super::list::count(filter, rows, LIST_ROWS_MAX).map(|answer| (answer, 0))
            }
            Command::Operate { .. } | Command::Raise { .. } => {
                unreachable!("these are requests")
            }
            Command::State { entity } => self.state(entity, rows),
            Command::List(filter) => {
                super::list::list(filter, rows, LIST_ROWS_MAX).map(|answer| (answer, 0))
            }
        };
        match done {
            Ok((answer, after)) => {
                self.answer(reply, answer, after);
                Ok(())
            }
            Err(error) => Err((reply, error)),
        }
    }

    /// Answers when the epoch `after` is durable (rules 10 and 11).
    pub(super) fn answer(&mut self, reply: R, answer: Answer, after: u64) {
        if after <= self.durable || planted!(AnswerBeforeDurable) {
            self.answers.push((reply, answer));
        } else if after == self.epoch {
            self.effects.replies.push((reply, answer));
        } else if let Some(sealed) = &mut self.sealed {
            debug_assert_eq!(sealed.epoch, after, "one sealed epoch is not durable");
            sealed.effects.replies.push((reply, answer));
        }
    }

    /// The epoch that has to be durable before anything may be said about an instance.
    pub(super) fn stamp(&self, number: Number) -> u64 {
        match self.residents.get(number) {
            _ if planted!(ReadBeforeDurable) => 0,
            Some(instance) if instance.marks.listed && instance.is_changed() => self.epoch,
            Some(instance) => instance.marks.written,
            None => 0,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all of one start")]
    fn start(
        &mut self,
        id: String,
        name: String,
        args: Stored,
        tags: Tags,
        replaces: Option<Number>,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(Answer, u64), ReadError> {
        let mut sought = self.seek(&id, rows)?;
        if let Sought::Born(number) = sought
            && !planted!(DuplicateStartsAnew)
        {
            let before = self.started_before(number, &name, rows)?;
            let same = matches!(before.0, Answer::Started { .. });
            let gives_way = same && replaces == Some(number);
            if !gives_way || !self.has_ended(number, now, rows)? {
                return Ok(before);
            }
        }
        if let Some(why) = self
            .invalid(&id, &name, &args)
            .or_else(|| untaggable(&tags))
        {
            return Ok((Answer::Invalid { why }, 0));
        }
        if let Some(busy) = self.busy() {
            return Ok((busy, 0));
        }
        let name = self
            .program
            .orchestration(&name)
            .map_or(name.into(), |entry| entry.name.into());
        if let Sought::Born(number) = sought {
            self.delete(number, now);
            sought = Sought::Nothing;
        }
        let by = Starter::Client;
        let number = self.create_at(sought, id, name, None, args, by, now, rows)?;
        self.tag(number, tags);
        let fresh = true;
        Ok((Answer::Started { number, fresh }, self.epoch))
    }

    fn started_before(
        &mut self,
        number: Number,
        name: &str,
        rows: &dyn Rows,
    ) -> Result<(Answer, u64), ReadError> {
        let answer = self.look(number, rows, |instance| {
            if instance.orchestration == name {
                let fresh = false;
                Answer::Started { number, fresh }
            } else {
                let name = instance.orchestration.clone().into_owned();
                Answer::AnotherOrchestration { name }
            }
        })?;
        Ok((answer.unwrap_or(Answer::NotFound), self.stamp(number)))
    }

    fn invalid(&self, id: &str, name: &str, args: &Stored) -> Option<String> {
        let entry = self.program.orchestration(name);
        let is_rsm = matches!(
            entry.as_ref().map(|entry| &entry.kind),
            Some(EntryKind::Rsm(_))
        );
        match is_rsm {
            true if id.len() > INSTANCE_ID_BYTES_MAX => {
                return Some(format!(
                    "the id of a machine has at most {INSTANCE_ID_BYTES_MAX} bytes, this one {}",
                    id.len()
                ));
            }
            true if id.starts_with(RSM_PREFIX) => {}
            true => {
                return Some(format!(
                    "`{name}` is a state machine: it is created, not started"
                ));
            }
            false => {
                if let Some(why) = invalid_id(id, name) {
                    return Some(why);
                }
            }
        }
        if args.bytes.len() > PAYLOAD_BYTES_MAX {
            return Some(format!(
                "the arguments are {} bytes, more than {PAYLOAD_BYTES_MAX}",
                args.bytes.len()
            ));
        }
        entry
            .is_none()
            .then(|| super::super::instance::unregistered("orchestration", name).to_string())
    }

    fn outcome(&mut self, id: &str, rows: &dyn Rows) -> Result<Outcome, ReadError> {
        if id.starts_with(ENTITY_PREFIX) {
            return Ok(Outcome::Said(Answer::NotFound, 0));
        }
        let Some(number) = self.find(id, rows)? else {
            let (answer, after) = self.absent(id);
            return Ok(Outcome::Said(answer, after));
        };
        let over = self.over(number, rows)?;
        Ok(match over {
            None => Outcome::Said(Answer::NotFound, 0),
            Some(None) => Outcome::Wait(number),
            Some(Some(WaitOver::Ended(ending))) => {
                Outcome::Said(Answer::Ended(ending), self.stamp(number))
            }
            Some(Some(WaitOver::Parked(why))) => {
                Outcome::Said(Answer::Parked(why), self.stamp(number))
            }
        })
    }

    fn change(
        &mut self,
        id: &str,
        now: Timestamp,
        rows: &dyn Rows,
        change: impl FnOnce(&mut Instance, super::super::asks::World<'_>, &mut super::super::asks::Asks),
    ) -> Result<(Answer, u64), ReadError> {
        let Some(number) = self.find_loaded(id, now, rows)? else {
            return Ok(self.absent(id));
        };
        self.with(number, now, change);
        Ok((Answer::Done, self.stamp(number)))
    }

    /// Remembers who waits for an instance. Waiting is a read that can be repeated (rule 12):
    /// this list may be lost.
    fn wait(&mut self, number: Number, reply: R) {
        let waiters = self.waiters.entry(number).or_default();
        // Those who gave up are forgotten whenever the list would grow.
        if waiters.len() == waiters.capacity() {
            waiters.retain(|waiter| !waiter.is_gone());
        }
        waiters.push(reply);
    }
}

enum Outcome {
    Said(Answer, u64),
    Wait(Number),
}
