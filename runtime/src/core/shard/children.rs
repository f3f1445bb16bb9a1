//! Children: instances that the messages of others start, and of whose ends they hear.

use super::super::format::ReadError;
use super::super::message::Message;
use super::super::rows::Rows;
use super::super::{Ending, Parent, Starter};
use super::unborn::Sought;
use super::{Reply, Shard};
use crate::durable::{Failure, Timestamp, reserved_id};
use crate::schema::Stored;

impl<R: Reply> Shard<R> {
    /// A child has ended. Its ending is given back if its parent cannot be read.
    pub(super) fn child_ended(
        &mut self,
        parent: Parent,
        ending: Ending,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), (ReadError, Box<Message>)> {
        match self.load(parent.number, now, rows) {
            Ok(_) => {
                self.with(parent.number, now, |instance, world, _| {
                    instance.child_ended(parent.operation, ending, world)
                });
                Ok(())
            }
            Err(error) => Err((error, Box::new(Message::ChildEnded { parent, ending }))),
        }
    }

    /// Whether a child can have this id at once, as most can: there is nothing under it.
    pub(super) fn is_unused(&mut self, id: &str, name: &str, rows: &dyn Rows) -> bool {
        reserved_id(id, name).is_none() && matches!(self.seek(id, rows), Ok(Sought::Nothing))
    }

    /// Starts a child, whatever there is under its id.
    pub(super) fn start_child(
        &mut self,
        parent: Parent,
        id: String,
        name: String,
        args: Stored,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), ReadError> {
        if let Some(message) = reserved_id(&id, &name) {
            let call = name;
            let ending = Ending::Failed(Failure::Failed { call, message });
            self.send(Message::ChildEnded { parent, ending });
            return Ok(());
        }
        let mut sought = self.seek(&id, rows)?;
        if let Sought::Born(number) = sought {
            let known = self.look(number, rows, |child| child.parent)?;
            if known == Some(Some(parent)) {
                return Ok(());
            }
            if !self.replace_child(number, parent, &id, now, rows)? {
                let ending = Ending::Failed(Failure::Failed {
                    call: name,
                    message: format!("there is another instance with the id `{id}`"),
                });
                self.send(Message::ChildEnded { parent, ending });
                return Ok(());
            }
            sought = Sought::Nothing;
        }
        let (name, by) = (name.into(), Starter::Parent(parent));
        self.create_at(sought, id, name, Some(parent), args, by, now, rows)?;
        Ok(())
    }
}
