//! Requests of clients: operations of entities, and events.

use std::borrow::Cow;

use super::super::entity::ENTITY_PREFIX;
use super::super::events::{self, Unwanted};
use super::super::format::ReadError;
use super::super::limits::MAILBOX_MAX;
use super::super::once::Ask;
use super::super::operation::{Caller, EntityRequest};
use super::super::rows::Rows;
use super::super::{Answer, Number};
use super::{Reply, Shard};
use crate::durable::limits::{INSTANCE_ID_BYTES_MAX, PAYLOAD_BYTES_MAX};
use crate::durable::rsm::ReplyTo;
use crate::durable::{EntryKind, Letter, Timestamp};
use crate::schema::Stored;

/// What came of a client's request so far.
pub(super) enum Asked {
    /// It is in the mailbox of this entity, under this number.
    At(Number, u64),
    /// This is to be said when that epoch is durable.
    Said(Answer, u64),
}

impl<R: Reply> Shard<R> {
    /// A client asks for something, as often as it asks.
    pub(super) fn request(
        &mut self,
        ask: Ask<'_>,
        reply: R,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), (R, ReadError)> {
        let waits = ask.waits();
        let (answer, after) = match self.apply(ask, Caller::Client, now, rows) {
            Ok(Asked::At(number, operation)) if waits => match self.parked(number) {
                Some(why) => (Answer::Parked(why), self.stamp(number)),
                None => {
                    self.askers.insert((number, operation), reply);
                    return Ok(());
                }
            },
            Ok(Asked::At(number, _)) => (Answer::Done, self.stamp(number)),
            Ok(Asked::Said(answer, after)) => (answer, after),
            Err(error) => return Err((reply, error)),
        };
        self.answer(reply, answer, after);
        Ok(())
    }

    /// Does what a client asks for, or puts it where it will be done for `caller`, if that waits.
    pub(super) fn apply(
        &mut self,
        ask: Ask<'_>,
        caller: Caller,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Asked, ReadError> {
        if let Some(busy) = self.busy() {
            return Ok(Asked::Said(busy, 0));
        }
        match ask {
            Ask::Operate {
                entity,
                name,
                method,
                args,
                due,
                waits,
            } => {
                let request = EntityRequest {
                    method,
                    args: args.into_owned(),
                    caller: match waits {
                        true => caller,
                        false => Caller::Nobody,
                    },
                    from: None,
                    due,
                };
                self.operate(&entity, &name, request, now, rows)
            }
            Ask::Raise {
                id,
                name,
                value,
                early,
                waits,
            } => {
                let caller = match waits {
                    true => caller,
                    false => Caller::Nobody,
                };
                let value = value.into_owned();
                self.raise(&id, (&name, value), early, caller, now, rows)
            }
        }
    }

    /// Puts a request of a client into the mailbox of an entity, if that has room (rule 29).
    fn operate(
        &mut self,
        id: &str,
        name: &str,
        mut request: EntityRequest,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Asked, ReadError> {
        match self.operation(id, name, &request) {
            Ok(method) => request.method = Cow::Borrowed(method),
            Err(why) => return Ok(Asked::Said(Answer::Invalid { why }, 0)),
        }
        let Some(number) = self.entity(id, name, now, rows)? else {
            return Ok(Asked::Said(Answer::NotFound, 0));
        };
        let Some(entity) = self.residents.get(number) else {
            return Ok(Asked::Said(Answer::NotFound, 0));
        };
        let waiting = entity.requests();
        if waiting >= MAILBOX_MAX {
            let why = format!("{waiting} requests wait for the entity `{}`", entity.id);
            return Ok(Asked::Said(Answer::Busy { why }, 0));
        }
        let operation = entity.next_operation;
        self.bytes += request.args.bytes.len();
        self.books.stored(&request.args);
        self.with(number, now, |entity, world, asks| {
            entity.receive(Box::new(request), world, asks);
        });
        Ok(Asked::At(number, operation))
    }

    /// The stored name of the operation that is asked for, or why there is none.
    fn operation(
        &self,
        id: &str,
        name: &str,
        request: &EntityRequest,
    ) -> Result<&'static str, String> {
        if id.len() > INSTANCE_ID_BYTES_MAX {
            return Err(format!(
                "an entity's name and key have at most {INSTANCE_ID_BYTES_MAX} bytes, these {}",
                id.len()
            ));
        }
        let bytes = request.args.bytes.len();
        if bytes > PAYLOAD_BYTES_MAX {
            return Err(format!(
                "the arguments are {bytes} bytes, more than {PAYLOAD_BYTES_MAX}"
            ));
        }
        let entry = self.program.entity(name);
        let Some(EntryKind::Entity(entity)) = entry.as_ref().map(|entry| &entry.kind) else {
            return Err(super::super::instance::unregistered("entity", name).to_string());
        };
        let method = entity.method(&request.method);
        match method.filter(|_| id.starts_with(ENTITY_PREFIX)) {
            Some(method) => Ok(method.name),
            None => Err(format!("`{name}` has no operation `{}`", request.method)),
        }
    }

    fn raise(
        &mut self,
        id: &str,
        (name, value): (&str, Stored),
        early: bool,
        caller: Caller,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Asked, ReadError> {
        if let Some(why) = events::invalid(id, name, &value) {
            return Ok(Asked::Said(Answer::Invalid { why }, 0));
        }
        let found = match self.find(id, rows)? {
            None if early => self.event_before_start(id, now, rows)?,
            found => found,
        };
        let there = match found {
            Some(number) if self.load(number, now, rows)? => Some(number),
            _ => None,
        };
        let Some(number) = there else {
            let (answer, after) = self.absent(id);
            return Ok(Asked::Said(answer, after));
        };
        let bytes = value.bytes.len();
        let event = self.residents.get(number).map_or(0, |it| it.next_operation);
        let waits = caller != Caller::Nobody;
        let reply_to = reply_to(caller, number, event);
        let answer = self.with(number, now, |instance, _, _| {
            match instance.event_from_outside(name, Letter { value, reply_to }) {
                Ok(()) => Answer::Done,
                Err(Unwanted::Ended) => Answer::WrongStatus {
                    status: instance.status(),
                },
                Err(Unwanted::Full) => Answer::MailboxFull {
                    events: instance.events.count(),
                },
            }
        });
        if answer == Some(Answer::Done) {
            self.bytes += bytes;
            if waits {
                return Ok(Asked::At(number, event));
            }
        }
        let answer = answer.unwrap_or(Answer::NotFound);
        Ok(Asked::Said(answer, self.stamp(number)))
    }
}

/// Where the answer to the event of this number goes.
fn reply_to(caller: Caller, number: Number, event: u64) -> ReplyTo {
    let (partition, n) = number.pair();
    match caller {
        Caller::Nobody => ReplyTo::Nobody,
        Caller::Client => ReplyTo::Client {
            partition,
            n,
            event,
        },
        Caller::Key(key) => ReplyTo::Key(key),
        Caller::Instance(asker) => asker.into(),
    }
}
