//! What clients ask of entities.

use super::super::entity::ENTITY_PREFIX;
use super::super::format::ReadError;
use super::super::instance::{Instance, State};
use super::super::limits::MAILBOX_MAX;
use super::super::operation::EntityRequest;
use super::super::rows::Rows;
use super::super::{Answer, Number};
use super::{Reply, Shard};
use crate::durable::limits::{INSTANCE_ID_BYTES_MAX, PAYLOAD_BYTES_MAX};
use crate::durable::{EntryKind, Refusal, Timestamp, stored_state};
use crate::schema::Stored;

/// Where a client's request went.
pub(super) enum Asked {
    /// Into the mailbox of this entity, under this number.
    At(Number, u64),
    Refused(Answer),
}

impl<R: Reply> Shard<R> {
    /// Puts a request of a client into the mailbox of an entity, if that has room (rule 29).
    pub(super) fn request(
        &mut self,
        id: String,
        name: String,
        request: EntityRequest,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Asked, ReadError> {
        if let Some(why) = self.not_an_operation(&id, &name, &request) {
            return Ok(Asked::Refused(Answer::Invalid { why }));
        }
        let Some(number) = self.entity(id, name, now, rows)? else {
            return Ok(Asked::Refused(Answer::NotFound));
        };
        let Some(entity) = self.residents.get(number) else {
            return Ok(Asked::Refused(Answer::NotFound));
        };
        let waiting = entity.requests();
        if waiting >= MAILBOX_MAX {
            let why = format!("{waiting} requests wait for the entity `{}`", entity.id);
            return Ok(Asked::Refused(Answer::Busy { why }));
        }
        let operation = entity.next_operation;
        self.bytes += request.args.bytes.len();
        self.books.stored(&request.args);
        self.with(number, now, |entity, world, asks| {
            entity.receive(request, world, asks);
        });
        Ok(Asked::At(number, operation))
    }

    fn not_an_operation(&self, id: &str, name: &str, request: &EntityRequest) -> Option<String> {
        if id.len() > INSTANCE_ID_BYTES_MAX {
            return Some(format!(
                "an entity's name and key have at most {INSTANCE_ID_BYTES_MAX} bytes, these {}",
                id.len()
            ));
        }
        let bytes = request.args.bytes.len();
        if bytes > PAYLOAD_BYTES_MAX {
            return Some(format!(
                "the arguments are {bytes} bytes, more than {PAYLOAD_BYTES_MAX}"
            ));
        }
        let entry = self.program.entity(name);
        let Some(EntryKind::Entity(entity)) = entry.as_ref().map(|entry| &entry.kind) else {
            return Some(super::super::instance::unregistered("entity", name).to_string());
        };
        let known = id.starts_with(ENTITY_PREFIX) && entity.method(&request.method).is_some();
        (!known).then(|| format!("`{name}` has no operation `{}`", request.method))
    }

    /// The state of an entity after everything it has done so far.
    pub(super) fn state(&mut self, id: &str, rows: &dyn Rows) -> Result<(Answer, u64), ReadError> {
        let Some(number) = self.find(id, rows)? else {
            // One that was deleted is gone when that is durable.
            return Ok((Answer::State(None), self.absent(id).1));
        };
        let read = self.look(number, rows, state_of)?;
        let answer = match read {
            None => Answer::State(None),
            Some(Ok(state)) => Answer::State(state),
            Some(Err(why)) => Answer::Parked(why),
        };
        Ok((answer, self.stamp(number)))
    }
}

/// The state of an entity as of the last operation that ended, if it has one.
pub(super) fn state_of(entity: &Instance) -> Result<Option<Stored>, Refusal> {
    match &entity.state {
        State::Entity(machine) if machine.is_blank() => Ok(None),
        State::Entity(machine) => machine.state().map(Some),
        State::Cold(frame) => stored_state(frame).map(Some),
        State::Begun(_) | State::Hot(_) | State::Undone | State::Ended(_) | State::Unborn => {
            Ok(None)
        }
    }
}
