//! A state machine's instance: what wakes it, and the answers that others wait for.

use super::asks::Asks;
use super::happened::{Happened, error_of};
use super::instance::Instance;
use super::message::Message;
use super::operation::Operation;
use crate::durable::{Completion, Failure, RSM_PREFIX};

impl Instance {
    pub(crate) fn is_rsm(&self) -> bool {
        self.id.starts_with(RSM_PREFIX)
    }

    /// Whether a machine that waits for events has something to handle.
    pub(super) fn has_letter(&self) -> bool {
        let besides = self.waits.besides().unwrap_or_default();
        self.waits.is_at_once() || self.groups.hold() || self.events.has_besides(besides)
    }

    /// Nobody will answer what waits in its mailbox.
    pub(crate) fn answer_nothing(&self, why: &str, asks: &mut Asks) {
        for (name, to) in self.events.asked() {
            let failure = Failure::Failed {
                call: name.to_string(),
                message: format!("`{}` does not answer: {why}", self.id),
            };
            let (to, completion) = (to.clone(), Completion::Failed(failure));
            asks.messages.push(Message::Answer { to, completion });
        }
    }

    /// A machine has answered a question of this instance.
    pub(crate) fn machine_answered(&mut self, operation: u64, completion: Completion) -> bool {
        let Some(Operation::Ask { id }) = self.operations.get(operation) else {
            return false;
        };
        if self.history.is_on() {
            let answered = Happened::MachineAnswered {
                operation,
                machine: id.clone(),
                error: error_of(&completion),
            };
            self.tell_with(operation, answered);
        }
        self.complete(operation, completion);
        true
    }
}
