//! Answers of machines.

use super::super::format::ReadError;
use super::super::once::Told;
use super::super::rows::Rows;
use super::super::{Answer, Number};
use super::{Reply, Shard};
use crate::durable::rsm::ReplyTo;
use crate::durable::{Completion, Timestamp};

impl<R: Reply> Shard<R> {
    /// A machine has answered.
    pub(super) fn answered(
        &mut self,
        to: ReplyTo,
        completion: Completion,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), ReadError> {
        match to {
            ReplyTo::Nobody => {}
            ReplyTo::Key(key) => {
                let told = Box::new(Told::Operated(completion));
                let told = self.told(&key, told, now, rows);
                told.map_err(|(error, _)| error)?;
            }
            ReplyTo::Call {
                partition,
                n,
                operation,
            } => {
                let number = Number { partition, n };
                if self.load(number, now, rows)? {
                    self.with(number, now, |instance, _, _| {
                        instance.machine_answered(operation, completion)
                    });
                }
            }
            ReplyTo::Client {
                partition,
                n,
                event,
            } => {
                if let Some(asker) = self.askers.remove(&(Number { partition, n }, event)) {
                    self.answer(asker, Answer::Operated(completion), self.epoch);
                }
            }
        }
        Ok(())
    }
}
