//! What clients see of entities.

use super::super::Answer;
use super::super::format::ReadError;
use super::super::instance::{Instance, State};
use super::super::rows::Rows;
use super::{Reply, Shard};
use crate::durable::rsm::stored_fields;
use crate::durable::{Refusal, stored_state};
use crate::schema::Stored;

impl<R: Reply> Shard<R> {
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

/// The state of an entity as of the last operation that ended, or the fields of a machine, if it has
/// any.
pub(super) fn state_of(entity: &Instance) -> Result<Option<Stored>, Refusal> {
    match &entity.state {
        State::Entity(machine) if machine.is_blank() => Ok(None),
        State::Entity(machine) => machine.state().map(Some),
        State::Hot(machine) => machine.fields().transpose(),
        State::Cold(frame) if entity.is_rsm() => stored_fields(frame).map(Some),
        State::Cold(frame) => stored_state(frame),
        State::Begun(_) | State::Undone | State::Ended(_) | State::Unborn => Ok(None),
    }
}
