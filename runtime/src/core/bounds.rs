//! What a turn asks for and leaves behind is held against the limits before it counts.

use super::asks::World;
use super::instance::{Instance, unregistered};
use super::limits::INSTANCE_BYTES_ASSUMED;
use super::targets::{args_of, known, registered};
use crate::durable::{Refusal, Turn, limits};
use crate::planted::planted;
use crate::schema::Stored;
use crate::store::Caps;

impl Instance {
    /// What the turn asks for has to be known, and to fit.
    pub(super) fn asked(&self, turn: &Turn, caps: Caps, world: World<'_>) -> Result<(), Refusal> {
        let mut bytes = 0;
        for request in &turn.requests {
            bytes += args_of(request);
            registered(request, world)?;
        }
        for (_, signal) in &turn.signals {
            bytes += signal.args.bytes.len();
            if world.program.entity(signal.name).is_none() {
                return Err(unregistered("entity", signal.name));
            }
        }
        for (_, start) in &turn.detached {
            bytes += start.args.bytes.len();
            known(&start.target, "orchestration", world)?;
        }
        for (_, raised) in &turn.raised {
            bytes += raised.id.len() + raised.name.len() + raised.value.bytes.len();
            bytes += INSTANCE_BYTES_ASSUMED;
        }
        for (_, answer) in &turn.answers {
            bytes += answer.bytes();
        }
        self.bounded(bytes, caps)
    }

    /// A result has to fit into a payload.
    pub(super) fn sized(&self, value: Stored) -> Result<Stored, Refusal> {
        if value.bytes.len() <= limits::PAYLOAD_BYTES_MAX {
            return Ok(value);
        }
        Err(Refusal::Stuck {
            body: self.orchestration.clone().into_owned(),
            why: format!(
                "its result is {} bytes, more than {}: return a reference to it instead",
                value.bytes.len(),
                limits::PAYLOAD_BYTES_MAX
            ),
        })
    }

    /// A turn whose requests would not fit into a batch fails alone (rule 33).
    fn bounded(&self, bytes: usize, caps: Caps) -> Result<(), Refusal> {
        let max = caps.turn_bytes();
        if bytes <= max || planted!(TurnUnlimited) {
            return Ok(());
        }
        Err(Refusal::Stuck {
            body: self.orchestration.clone().into_owned(),
            why: format!(
                "one turn makes calls with {bytes} bytes of arguments, more than {max}: make fewer \
                 at once, or give them references"
            ),
        })
    }

    /// Its status lies in its row, and in every list.
    pub(super) fn told(&self, status: Option<&str>) -> Result<(), Refusal> {
        let bytes = status.map_or(0, str::len);
        if bytes <= limits::STATUS_BYTES_MAX {
            return Ok(());
        }
        Err(Refusal::Stuck {
            body: self.orchestration.clone().into_owned(),
            why: format!(
                "its status is {bytes} bytes, more than {}: say it in a line",
                limits::STATUS_BYTES_MAX
            ),
        })
    }
}
