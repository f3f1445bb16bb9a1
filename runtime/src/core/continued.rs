//! Beginning again: an instance whose turn ended its run with `continue_as_new`.

use super::asks::{Asks, World};
use super::groups::Groups;
use super::happened::Happened;
use super::instance::{Instance, State, unregistered};
use crate::durable::limits::PAYLOAD_BYTES_MAX;
use crate::durable::{Again, Refusal, Timestamp, Waits};
use crate::schema::Stored;

impl Instance {
    /// The arguments it begins again with, if they are its own orchestration's.
    pub(super) fn again(&self, again: Again, world: World<'_>) -> Result<Stored, Refusal> {
        let why = match world.program.by_call(again.call) {
            Some(entry) if entry.name == self.orchestration => {
                let bytes = again.args.bytes.len();
                if bytes <= PAYLOAD_BYTES_MAX {
                    return Ok(again.args);
                }
                format!(
                    "it begins again with {bytes} bytes of arguments, more than {}: keep large \
                     data elsewhere and pass a reference to it",
                    PAYLOAD_BYTES_MAX
                )
            }
            Some(entry) => format!(
                "it cannot begin again as a `{}`: continue as what was started, or start the other \
                 one",
                entry.name
            ),
            None => return Err(unregistered("orchestration", again.name)),
        };
        Err(Refusal::Stuck {
            body: self.orchestration.clone().into_owned(),
            why,
        })
    }

    /// It begins again. Events that nobody has taken stay; what is under way is given up.
    pub(crate) fn begin_again(&mut self, args: Stored, now: Timestamp, asks: &mut Asks) {
        for operation in self.operations.numbers() {
            self.drop_operation(operation, asks);
        }
        self.leave_all(asks);
        self.operations.drop_completions();
        self.events.forget_awaits();
        self.waits = Waits::default();
        self.groups = Groups::default();
        for part in std::mem::take(&mut self.parts) {
            self.part_writes.insert(part, None);
        }
        let args_bytes = args.bytes.len() as u64;
        self.tell(Happened::ContinuedAsNew { args_bytes });
        self.marks.point = None;
        self.state = State::Begun(args);
        self.continued += 1;
        self.touch(now);
    }
}
