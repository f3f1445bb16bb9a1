//! What arrives at a shard besides commands: ended attempts, messages, timers; and what follows.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::asks::WaitOver;
use super::super::format::ReadError;
use super::super::happened::Happened;
use super::super::instance::Instance;
use super::super::limits::INSTANCE_BYTES_ASSUMED;
use super::super::manage::{EXPIRY, REST};
use super::super::message::{Envelope, Message, MessageKey};
use super::super::once::Told;
use super::super::operation::Operation;
use super::super::rows::Rows;
use super::super::timers::Due;
use super::super::{Answer, AttemptEnded, Number, Parent, Starter};
use super::unborn::Sought;
use super::{Reply, Shard};
use crate::durable::{Letter, Timestamp};
use crate::planted::planted;
use crate::schema::Stored;

impl<R: Reply> Shard<R> {
    /// An attempt has ended. One that nobody waits for is dropped (rules 17 and 20).
    ///
    /// # Errors
    /// The instance cannot be read.
    pub fn ended(
        &mut self,
        ended: AttemptEnded,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), ReadError> {
        let AttemptEnded {
            instance: number,
            operation,
            attempt,
            outcome,
        } = ended;
        match self.load(number, now, rows) {
            Ok(true) => {
                let bytes = outcome.bytes();
                let counts = self.with(number, now, |instance, world, asks| {
                    instance.attempt_ended(operation, attempt, outcome, world, asks)
                });
                if counts == Some(true) {
                    self.bytes += bytes;
                }
                Ok(())
            }
            Ok(false) => Ok(()),
            Err(error) => set_aside(error, number),
        }
    }

    /// Fires what is due and reads ahead.
    pub(super) fn tick(&mut self, now: Timestamp, rows: &dyn Rows) -> Result<(), ReadError> {
        if self.timers.want_refill(now) {
            self.timers.refill(now, rows)?;
        }
        if !self.is_full() {
            self.bytes += self.onces.sweep(now, rows)?;
        }
        // Those who had to be purged while the program did not run can be very many.
        while !self.is_full()
            && let Some(due) = self.timers.pop_due(now)
        {
            if let Err(error) = self.fire(due, now, rows) {
                set_aside(error, due.1)?;
            }
        }
        Ok(())
    }

    fn fire(&mut self, due: Due, now: Timestamp, rows: &dyn Rows) -> Result<(), ReadError> {
        let (at, number, operation) = due;
        let there = self.load(number, now, rows)?;
        if operation == REST {
            self.timers.disarm(due);
            self.with(number, now, |instance, _, _| {
                instance.resting = instance.resting.filter(|until| *until > at);
            });
            return Ok(());
        }
        if operation == EXPIRY {
            self.timers.disarm(due);
            self.expire(number, at, now);
            return Ok(());
        }
        let call = self
            .residents
            .get(number)
            .and_then(|instance| instance.operations.get(operation));
        // An attempt to be made again has no row.
        let fired = !there || !matches!(call, Some(Operation::Activity(_)));
        if fired && !planted!(TimerRowKept) {
            self.timers.disarm(due);
        }
        self.with(number, now, |instance, world, asks| {
            instance.due(operation, at, world, asks)
        });
        Ok(())
    }

    /// Takes one message. Its row is deleted in the commit that has its effect.
    pub(super) fn take_message(
        &mut self,
        envelope: Envelope,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), ReadError> {
        let Envelope {
            key,
            message,
            has_row,
        } = envelope;
        let to = Number {
            partition: key.partition,
            n: 0,
        };
        if !has_row {
            self.unwritten -= 1;
        }
        match self.act_on(message, now, rows) {
            Ok(()) if has_row && !planted!(AckNotInBatch) => self.deletes.push(key),
            Ok(()) => {}
            // It stays in the store, to be taken when its instance can be read again.
            Err((error, message)) => {
                set_aside(error, to)?;
                if !has_row {
                    self.puts.push((key, message.write()));
                }
            }
        }
        Ok(())
    }

    /// Does what a message says, or gives it back. The most frequent ones are not copied for that.
    fn act_on(
        &mut self,
        message: Message,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), (ReadError, Box<Message>)> {
        match message {
            Message::Event {
                id,
                name,
                value,
                reply_to,
            } => {
                let filed = self.file(&id, &name, Letter { value, reply_to }, now, rows);
                filed.map_err(|refused| {
                    let (error, Letter { value, reply_to }) = *refused;
                    let message = Message::Event {
                        id,
                        name,
                        value,
                        reply_to,
                    };
                    (error, Box::new(message))
                })
            }
            Message::Operate {
                entity,
                name,
                request,
            } => match self.entity(&entity, &name, now, rows) {
                Ok(number) => {
                    if let Some(number) = number {
                        self.with(number, now, |entity, world, asks| {
                            entity.receive(request, world, asks);
                        });
                    }
                    Ok(())
                }
                Err(error) => {
                    let message = Message::Operate {
                        entity,
                        name,
                        request,
                    };
                    Err((error, Box::new(message)))
                }
            },
            Message::Operated { parent, completion } => match self.load(parent.number, now, rows) {
                Ok(_) => {
                    self.with(parent.number, now, |instance, _, _| {
                        instance.operated(parent.operation, completion)
                    });
                    Ok(())
                }
                Err(error) => {
                    let message = Message::Operated { parent, completion };
                    Err((error, Box::new(message)))
                }
            },
            Message::Told { key, told } => {
                let filed = self.told(&key, told, now, rows);
                filed.map_err(|(error, told)| (error, Box::new(Message::Told { key, told })))
            }
            Message::Lock(message) => self.lock(message, now, rows),
            Message::ChildEnded { parent, ending } => self.child_ended(parent, ending, now, rows),
            Message::StartChild {
                parent,
                id,
                name,
                args,
            } if self.is_unused(&id, &name, rows) => {
                let (name, by) = (name.into(), Starter::Parent(parent));
                self.create(id, name, Some(parent), args, by, now);
                Ok(())
            }
            message => {
                let copy = Box::new(message.clone());
                let acted = self.act_on_others(message, now, rows);
                acted.map_err(|error| (error, copy))
            }
        }
    }

    fn act_on_others(
        &mut self,
        message: Message,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), ReadError> {
        match message {
            Message::StartChild {
                parent,
                id,
                name,
                args,
            } => self.start_child(parent, id, name, args, now, rows)?,
            Message::CancelChild { parent, id } => {
                self.with_found(&id, now, rows, |child, world, asks| {
                    if child.parent == Some(parent) {
                        child.cancel(world.now, asks);
                    }
                })?;
            }
            Message::TerminateChild { parent, id, reason } => {
                self.with_found(&id, now, rows, |child, world, asks| {
                    if child.parent == Some(parent) {
                        child.terminate(reason, world.now, asks);
                    }
                })?;
            }
            Message::RewindChild {
                parent,
                id,
                name,
                reason,
            } => self.rewind_child(parent, &id, name, &reason, now, rows)?,
            Message::Start { id, name, args } => match self.seek(&id, rows)? {
                Sought::Born(_) => {}
                sought => {
                    let by = Starter::Instance;
                    self.create_at(sought, id, name.into(), None, args, by, now, rows)?;
                }
            },
            Message::Event { .. }
            | Message::Operate { .. }
            | Message::Operated { .. }
            | Message::Told { .. }
            | Message::Lock(_)
            | Message::ChildEnded { .. } => unreachable!("these are not copied"),
            Message::Answer { to, completion } => self.answered(to, completion, now, rows)?,
            Message::Ask { key, ask } => self.asked(key, *ask, now, rows)?,
            Message::AskAgain { key, id } => self.asked_again(key, &id, now, rows)?,
        }
        Ok(())
    }

    /// The entity of this id in memory; it is made when it is used first.
    pub(super) fn entity(
        &mut self,
        id: &str,
        name: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Option<Number>, ReadError> {
        if let Some(number) = self.here(id) {
            return Ok(Some(number));
        }
        if let Some(number) = self.find(id, rows)? {
            return Ok(self.load(number, now, rows)?.then_some(number));
        }
        let name = match self.program.entity(name) {
            Some(entry) => Cow::Borrowed(entry.name),
            None => Cow::Owned(name.to_owned()),
        };
        let nothing = Stored::write(&()).expect("the unit can be stored");
        let (id, by) = (id.to_owned(), Starter::FirstUse);
        Ok(Some(self.create(id, name, None, nothing, by, now)))
    }

    /// Makes an instance.
    pub(super) fn create(
        &mut self,
        id: String,
        name: Cow<'static, str>,
        parent: Option<Parent>,
        args: Stored,
        by: Starter,
        now: Timestamp,
    ) -> Number {
        let number = self.numbers.give(self.partitions.of_id(&id));
        self.books.stored(&args);
        // The row of its name keeps them, and its own has them until it runs.
        self.bytes += 2 * args.bytes.len();
        let id: Arc<str> = id.into();
        let args_bytes = args.bytes.len() as u64;
        let mut instance = Instance::begin(number, id, name, parent, args, now);
        instance.stamp(self.program.versioning());
        self.measure(&mut instance);
        instance.history.now = now;
        instance.tell(Happened::Started { by, args_bytes });
        self.residents.insert(instance);
        self.settle(number, now);
        number
    }

    /// Sends a message: at once, tagged with this epoch (rule 3). It never blocks (rule 29).
    pub(super) fn send(&mut self, message: Message) {
        match &message {
            Message::StartChild { args, .. } => self.books.stored(args),
            Message::ChildEnded { ending, .. } => self.books.ending(ending),
            Message::Event { value, .. } => self.books.stored(value),
            Message::CancelChild { .. }
            | Message::TerminateChild { .. }
            | Message::RewindChild { .. }
            | Message::Lock(_) => {}
            Message::Start { args, .. } => self.books.stored(args),
            Message::Operate { request, .. } => self.books.stored(&request.args),
            Message::Operated { completion, .. } | Message::Answer { completion, .. } => {
                self.books.completion(completion);
            }
            Message::Ask { ask, .. } => self.books.stored(ask.args()),
            Message::Told { told, .. } => {
                if let Told::Operated(completion) = &**told {
                    self.books.completion(completion);
                }
            }
            Message::AskAgain { .. } => {}
        }
        assert!(self.sent < 1 << 24, "an epoch's bytes bound its messages");
        let partition = message.partition(self.partitions);
        let key = MessageKey {
            partition,
            epoch: self.epoch,
            index: self.sent << 8 | self.index as u32,
        };
        self.sent += 1;
        let shard = self.partitions.shard(partition);
        if shard == self.index {
            self.unwritten += 1;
            self.bytes += INSTANCE_BYTES_ASSUMED;
            self.mailbox.push_back(Envelope {
                key,
                message,
                has_row: false,
            });
        } else {
            let row = message.write();
            self.bytes += row.len();
            self.puts.push((key, row));
            self.outgoing[shard].push(Envelope {
                key,
                message,
                has_row: true,
            });
        }
    }

    /// Does what a transition asked for, and notes what it changed. Returns whether the instance is
    /// ready.
    pub(super) fn settle(&mut self, number: Number, now: Timestamp) -> bool {
        self.carry_out(number, now);
        let is_ready = self.list(number);
        self.tell_askers(number);
        is_ready
    }

    /// Does what a transition asked for.
    fn carry_out(&mut self, number: Number, now: Timestamp) {
        let asks = &mut self.asks;
        for start in &asks.starts {
            self.books.stored(&start.args);
            self.bytes += start.args.bytes.len();
        }
        if !asks.starts.is_empty() {
            self.effects.starts.append(&mut asks.starts);
        }
        while let Some(operation) = asks.cancels.pop() {
            self.effects.cancels.push((number, operation));
        }
        while let Some((due, operation)) = asks.arm.pop() {
            self.timers.arm((due, number, operation), self.epoch);
        }
        // After that: what a turn sets is taken back if it ends the instance.
        while let Some((due, operation)) = asks.disarm.pop() {
            self.timers.disarm((due, number, operation));
        }
        while let Some((due, operation)) = asks.remind.pop() {
            self.timers.remind((due, number, operation));
        }
        let outcome = asks.outcome.take();
        if !asks.messages.is_empty() {
            let mut messages = std::mem::take(&mut asks.messages);
            for message in messages.drain(..) {
                match message {
                    Message::Told { key, told } if self.hears(&key) => self.hear(&key, *told, now),
                    message => self.send(message),
                }
            }
            self.asks.messages = messages;
        }
        if let Some(outcome) = outcome {
            if matches!(outcome, WaitOver::Ended(_)) {
                self.keep_for_a_while(number);
            }
            let answer = match outcome {
                WaitOver::Ended(ending) => Answer::Ended(ending),
                WaitOver::Parked(why) => {
                    self.askers_hear(number, &why);
                    Answer::Parked(why)
                }
            };
            for waiter in self.waiters.remove(&number).into_iter().flatten() {
                if planted!(WaiterForgotten) {
                    continue;
                }
                self.effects.replies.push((waiter, answer.clone()));
            }
        }
    }

    /// What an operation only read may be told as soon as that is durable (rule 11).
    fn tell_askers(&mut self, number: Number) {
        if self.asks.answers.is_empty() {
            return;
        }
        for (operation, completion) in std::mem::take(&mut self.asks.answers) {
            if let Some(asker) = self.askers.remove(&(number, operation)) {
                let after = self.stamp(number);
                self.answer(asker, Answer::Operated(completion), after);
            }
        }
    }
}

/// One instance that cannot be read does not hold up the others: what arrived for it is left where
/// it is stored. Every other failure ends this life.
pub(super) fn set_aside(error: ReadError, number: Number) -> Result<(), ReadError> {
    if error.is_of_one_row() {
        tracing::error!(%number, %error, "an instance cannot be read");
        Ok(())
    } else {
        Err(error)
    }
}
