//! Requests with an idempotency key: at the home of the key, and at the instance they are for.

use smallvec::smallvec;

use super::super::format::ReadError;
use super::super::limits::INSTANCE_BYTES_ASSUMED;
use super::super::message::Message;
use super::super::once::{Ask, OnceRow, Told};
use super::super::operation::Caller;
use super::super::rows::Rows;
use super::super::{Answer, Number};
use super::requests::Asked;
use super::{Reply, Shard};
use crate::durable::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use crate::durable::{Refusal, Timestamp};

impl<R: Reply> Shard<R> {
    /// A client asks for something that is to be done once. The answer comes as to a
    /// [`command`](Self::command): that of the first who asked with this key.
    pub(super) fn once(
        &mut self,
        key: &str,
        ask: Ask<'_>,
        reply: R,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), (R, ReadError)> {
        if key.is_empty() || key.len() > IDEMPOTENCY_KEY_BYTES_MAX {
            let why = format!(
                "an idempotency key has 1 to {IDEMPOTENCY_KEY_BYTES_MAX} bytes, this one {}",
                key.len()
            );
            self.answer(reply, Answer::Invalid { why }, 0);
            return Ok(());
        }
        let found = match self.onces.find(key, now, rows) {
            Ok(found) => found,
            Err(error) => return Err((reply, error)),
        };
        match found {
            None if let Some(busy) = self.busy() => self.answer(reply, busy, 0),
            None => {
                self.bytes += key.len() + ask.args().bytes.len() + INSTANCE_BYTES_ASSUMED;
                if self.owns(ask.target()) {
                    return self.ask_here(key, ask, reply, now, rows);
                }
                let row = Box::new(OnceRow::asked(&ask, now));
                self.onces.begin(key, row, self.epoch);
                self.listen(key, reply);
                let (key, ask) = (key.to_owned(), Box::new(ask.into_owned()));
                self.send(Message::Ask { key, ask });
            }
            Some(found) if !found.row.is_of(&ask) => {
                let (id, what) = (found.row.target, found.row.what.into_owned());
                let key = key.to_owned();
                let answer = Answer::AnotherRequest { key, id, what };
                self.answer(reply, answer, found.after);
            }
            Some(found) => match found.row.told {
                Some(told) => self.answer(reply, told.into(), found.after),
                None => {
                    // Whoever waits for an instance that is parked is told so.
                    let id = found.row.target;
                    self.listen(key, reply);
                    let key = key.to_owned();
                    self.send(Message::AskAgain { key, id });
                }
            },
        }
        Ok(())
    }

    /// Whether this shard is the home of an id.
    fn owns(&self, id: &str) -> bool {
        self.partitions.shards() == 1
            || self.partitions.shard(self.partitions.of_id(id)) == self.index
    }

    /// Home and instance are of one shard: what is done at once is filed with its answer.
    fn ask_here(
        &mut self,
        key: &str,
        ask: Ask<'_>,
        reply: R,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), (R, ReadError)> {
        let told = match self.ask(key, ask.clone(), now, rows) {
            Ok(told) => told,
            Err(error) => return Err((reply, error)),
        };
        if told.as_ref().is_none_or(Told::stays) {
            let mut row = Box::new(OnceRow::asked(&ask, now));
            if let Some(told) = told.as_ref().filter(|told| told.is_final()) {
                row.answer(told.clone(), now);
            }
            self.onces.begin(key, row, self.epoch);
        }
        match told {
            Some(told) => self.effects.replies.push((reply, told.into())),
            None => self.listen(key, reply),
        }
        Ok(())
    }

    fn listen(&mut self, key: &str, reply: R) {
        match self.listeners.get_mut(key) {
            Some(listeners) => {
                // Those who gave up are forgotten whenever the list would grow.
                if listeners.len() == listeners.capacity() {
                    listeners.retain(|listener| !listener.is_gone());
                }
                listeners.push(reply);
            }
            None => {
                self.listeners.insert(key.to_owned(), smallvec![reply]);
            }
        }
    }

    /// At the home of the key: its request was done, or not. What cannot be filed is given back.
    pub(super) fn told(
        &mut self,
        key: &str,
        told: Box<Told>,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), (ReadError, Box<Told>)> {
        if !matches!(*told, Told::Parked(_)) {
            match self.onces.recall(key, self.epoch, rows) {
                Err(error) => return Err((error, told)),
                Ok(false) => {}
                Ok(true) => self.filed(key, &told, now),
            }
        }
        self.pass_on(key, *told);
        Ok(())
    }

    /// Whether this is the home of a key whose request is in memory: its answer needs no message.
    pub(super) fn hears(&self, key: &str) -> bool {
        self.onces.is_here(key)
    }

    /// The same as [`told`](Self::told), by an instance of this shard.
    pub(super) fn hear(&mut self, key: &str, told: Told, now: Timestamp) {
        if !matches!(told, Told::Parked(_)) {
            if let Told::Operated(completion) = &told {
                self.books.completion(completion);
            }
            self.filed(key, &told, now);
        }
        self.pass_on(key, told);
    }

    fn filed(&mut self, key: &str, told: &Told, now: Timestamp) {
        self.bytes += key.len() + told.bytes();
        self.onces.answered(key, told.clone(), now, self.epoch);
    }

    /// Tells those who wait for it, when that is durable.
    fn pass_on(&mut self, key: &str, told: Told) {
        let Some(mut listeners) = self.listeners.remove(key) else {
            return;
        };
        let answer = Answer::from(told);
        let last = listeners.pop();
        for listener in listeners {
            self.effects.replies.push((listener, answer.clone()));
        }
        if let Some(last) = last {
            self.effects.replies.push((last, answer));
        }
    }

    /// At the instance: what a client asks for arrives.
    pub(super) fn asked(
        &mut self,
        key: String,
        ask: Ask<'static>,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), ReadError> {
        if let Some(told) = self.ask(&key, ask, now, rows)? {
            self.tell_home(key, told);
        }
        Ok(())
    }

    /// Does what a client asks for, or puts it where it will be done. Gives what comes of it, if that
    /// is known.
    fn ask(
        &mut self,
        key: &str,
        ask: Ask<'_>,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Option<Told>, ReadError> {
        let waits = ask.waits();
        let caller = match waits {
            true => Caller::Key(key.to_owned()),
            false => Caller::Nobody,
        };
        match self.apply(ask, caller, now, rows) {
            Ok(Asked::Said(answer, _)) => Ok(Some(answer.into())),
            Ok(Asked::At(number, _)) if waits => Ok(self.parked(number).map(Told::Parked)),
            Ok(Asked::At(..)) => Ok(Some(Told::Done)),
            // Nothing was done.
            Err(error) if error.is_of_one_row() => Ok(Some(Told::Unreadable(error.to_string()))),
            Err(error) => Err(error),
        }
    }

    /// At the instance: somebody else waits for what was asked for before.
    pub(super) fn asked_again(
        &mut self,
        key: String,
        id: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), ReadError> {
        let Some(number) = self.find(id, rows)? else {
            return Ok(());
        };
        let why = match self.load(number, now, rows) {
            Ok(_) => self.parked(number),
            Err(error) if error.is_of_one_row() => Some(Refusal::Unreadable {
                why: error.to_string(),
            }),
            Err(error) => return Err(error),
        };
        if let Some(why) = why {
            self.tell_home(key, Told::Parked(why));
        }
        Ok(())
    }

    /// Tells the home of a key what came of its request.
    fn tell_home(&mut self, key: String, told: Told) {
        let told = Box::new(told);
        self.send(Message::Told { key, told });
    }

    /// Why an instance in memory is parked, if it is.
    pub(super) fn parked(&self, number: Number) -> Option<Refusal> {
        self.residents.get(number)?.parked.clone()
    }

    /// Tells all who wait for an entity that it is parked. Their requests stay in its mailbox.
    pub(super) fn askers_hear(&mut self, number: Number, why: &Refusal) {
        let waiting = self.askers.extract_if(|(entity, _), _| *entity == number);
        let told = waiting.map(|(_, asker)| (asker, Answer::Parked(why.clone())));
        self.effects.replies.extend(told);
        let Some(entity) = self.residents.get(number) else {
            return;
        };
        let operations = &entity.operations;
        let pending = operations.numbers().into_iter();
        let here = pending.filter_map(|operation| operations.get(operation)?.key());
        let keys: Vec<_> = here
            .chain(entity.queue.keys_away())
            .chain(entity.events.keys())
            .map(str::to_owned)
            .collect();
        for key in keys {
            self.tell_home(key, Told::Parked(why.clone()));
        }
    }
}
