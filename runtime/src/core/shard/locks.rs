//! What critical sections and entities say to each other.

use super::super::format::ReadError;
use super::super::message::Message;
use super::super::rows::Rows;
use super::super::section::LockMessage;
use super::{Reply, Shard};
use crate::durable::Timestamp;

impl<R: Reply> Shard<R> {
    /// Takes a message about a lock, or gives it back.
    pub(super) fn lock(
        &mut self,
        message: LockMessage,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), (ReadError, Box<Message>)> {
        match message {
            LockMessage::Ask {
                owner,
                mut entities,
            } => {
                let Some(next) = entities.pop() else {
                    return Ok(());
                };
                match self.entity(&next.id, &next.name, now, rows) {
                    Ok(Some(number)) => {
                        self.with(number, now, |entity, _, _| {
                            entity.lock_asked(owner, entities);
                        });
                    }
                    Ok(None) => {}
                    Err(error) => {
                        entities.push(next);
                        return Err(back(error, LockMessage::Ask { owner, entities }));
                    }
                }
            }
            LockMessage::Cancel {
                owner,
                mut entities,
            } => {
                let Some(next) = entities.pop() else {
                    return Ok(());
                };
                match self.find_loaded(&next.id, now, rows) {
                    Ok(Some(number)) => {
                        self.with(number, now, |entity, world, asks| {
                            entity.cancel_lock(owner, entities, world, asks);
                        });
                    }
                    Ok(None) => {}
                    Err(error) => {
                        entities.push(next);
                        return Err(back(error, LockMessage::Cancel { owner, entities }));
                    }
                }
            }
            LockMessage::Unlock { owner, entity } => match self.find_loaded(&entity, now, rows) {
                Ok(Some(number)) => {
                    self.with(number, now, |entity, world, asks| {
                        entity.unlock(owner, world, asks);
                    });
                }
                Ok(None) => {}
                Err(error) => return Err(back(error, LockMessage::Unlock { owner, entity })),
            },
            LockMessage::Granted { owner } => {
                if let Err(error) = self.load(owner.number, now, rows) {
                    return Err(back(error, LockMessage::Granted { owner }));
                }
                self.with(owner.number, now, |instance, _, _| {
                    instance.granted(owner.operation);
                });
            }
        }
        Ok(())
    }
}

/// What could not be taken, and why.
fn back(error: ReadError, message: LockMessage) -> (ReadError, Box<Message>) {
    (error, Box::new(message.into()))
}
