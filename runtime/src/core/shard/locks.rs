//! What critical sections and entities say to each other.

use super::super::format::ReadError;
use super::super::rows::Rows;
use super::super::section::LockMessage;
use super::{Reply, Shard};
use crate::durable::Timestamp;

impl<R: Reply> Shard<R> {
    /// Takes a message about a lock.
    pub(super) fn lock(
        &mut self,
        message: LockMessage,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), ReadError> {
        match message {
            LockMessage::Ask {
                owner,
                mut entities,
            } => {
                let Some(next) = entities.pop() else {
                    return Ok(());
                };
                let number = self.entity(next.id, next.name.into_owned(), now, rows)?;
                if let Some(number) = number {
                    self.with(number, now, |entity, _, _| {
                        entity.lock_asked(owner, entities);
                    });
                }
                Ok(())
            }
            LockMessage::Cancel {
                owner,
                mut entities,
            } => {
                let Some(next) = entities.pop() else {
                    return Ok(());
                };
                self.with_found(&next.id, now, rows, |entity, world, asks| {
                    entity.cancel_lock(owner, entities, world, asks);
                })
            }
            LockMessage::Unlock { owner, entity } => {
                self.with_found(&entity, now, rows, |entity, world, asks| {
                    entity.unlock(owner, world, asks);
                })
            }
            LockMessage::Granted { owner } => {
                if self.load(owner.number, now, rows)? {
                    self.with(owner.number, now, |instance, _, _| {
                        instance.granted(owner.operation);
                    });
                }
                Ok(())
            }
        }
    }
}
