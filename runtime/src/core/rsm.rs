//! A state machine's instance: its turns, what wakes it, and the answers that others wait for.

use super::advance::{Came, Failed, guard};
use super::asks::{Asks, World};
use super::happened::{Happened, error_of};
use super::happened_brief::Brief;
use super::instance::Instance;
use super::message::Message;
use super::operation::Operation;
use crate::durable::{Completion, Failure, Parts, RSM_PREFIX, Turn};
use crate::store::Caps;

impl Instance {
    /// Advances a machine by one event.
    pub(super) fn handle(
        &mut self,
        parts: Parts,
        world: World<'_>,
        caps: Caps,
        asks: &mut Asks,
    ) -> Result<(), Failed> {
        if let Some(why) = self.of_another_version(world) {
            return Err(Failed::at_once(why));
        }
        let machine = self.machine(parts, world).map_err(Failed::at_once)?;
        let mut turn = self.turn(None, world, asks);
        let (machine, came) = self.polled(machine, &mut turn, world, caps)?;
        let awaits = self.events.give_back(&mut turn.mailbox);
        debug_assert!(awaits.is_empty(), "a machine takes events, and awaits none");
        if turn.only_sends() && turn.next_operation == self.next_operation {
            self.hand_over(&mut turn, world, asks);
        } else {
            let status = turn.context.status.take();
            turn.context.status = status.or_else(|| self.custom_status.take());
            self.take_over(&mut turn, world, asks);
        }
        asks.turn_is_over(turn);
        match came {
            Came::Waiting(wait, writing) => self.wait(machine, wait, writing),
            Came::Ended(ending) => {
                let _ = guard(&self.orchestration, || drop(machine));
                self.end(ending, world.now, asks);
            }
            Came::Again(_) => unreachable!("a machine does not begin again"),
        }
        Ok(())
    }

    /// Takes over what a turn did that made no calls: most of them.
    fn hand_over(&mut self, turn: &mut Turn, world: World<'_>, asks: &mut Asks) {
        if let Some(states) = turn.context.status.take() {
            self.custom_status = Some(states);
        }
        self.touch(world.now);
        (self.failures, self.deaths) = (0, 0);
        if let Some(event) = turn.handled.take() {
            let states = self.custom_status.as_deref().unwrap_or_default();
            self.history.add_briefly(&Brief::Handled {
                event: &event,
                states,
            });
        }
        for (_, raised) in turn.raised.drain(..) {
            self.raise(raised, asks);
        }
        if !turn.answers.is_empty() {
            asks.answer(turn.answers.drain(..));
        }
    }

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
