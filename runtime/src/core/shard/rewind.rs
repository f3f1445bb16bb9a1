//! Rewinding what has failed, down the tree.

use super::super::asks::WaitOver;
use super::super::format::{self, ReadError};
use super::super::message::Message;
use super::super::rewind::{REWIND_PART, RewindPoint};
use super::super::rows::Rows;
use super::super::{Answer, Ending, Number, Parent, Starter, Status};
use super::{Reply, Shard};
use crate::durable::limits::REASON_BYTES_MAX;
use crate::durable::{Failure, Timestamp};
use crate::store::keys::Row;

impl<R: Reply> Shard<R> {
    /// A client rewinds an instance that has been rewound `count` times before: it is not done
    /// twice.
    pub(super) fn rewind(
        &mut self,
        id: &str,
        reason: &str,
        count: u64,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(Answer, u64), ReadError> {
        if reason.len() > REASON_BYTES_MAX {
            let bytes = reason.len();
            let why = format!("the reason is {bytes} bytes, more than {REASON_BYTES_MAX}");
            return Ok((Answer::Invalid { why }, 0));
        }
        let Some(number) = self.find_loaded(id, now, rows)? else {
            return Ok(self.absent(id));
        };
        let instance = self.residents.get(number);
        let answer = match instance.map(|it| (it.rewinds.count, it.status())) {
            Some((done, _)) if done > count => Answer::Done,
            Some((_, Status::Failed)) if let Some(busy) = self.busy() => return Ok((busy, 0)),
            Some((_, Status::Failed)) => match self.rewind_point(number, rows)? {
                None => Answer::NoRewindPoint,
                Some(point) => self.rewind_to(number, point, reason, now),
            },
            Some((_, status)) => Answer::WrongStatus { status },
            None => Answer::NotFound,
        };
        Ok((answer, self.stamp(number)))
    }

    fn rewind_point(
        &self,
        number: Number,
        rows: &dyn Rows,
    ) -> Result<Option<RewindPoint>, ReadError> {
        let rewinds = self.residents.get(number).map(|it| &it.rewinds);
        let Some(rewinds) = rewinds.filter(|it| it.stored) else {
            return Ok(None);
        };
        let (vp, n, part) = (number.partition, number.n, REWIND_PART);
        let key = Row::Part { vp, n, part }.key();
        let row = match &rewinds.row {
            Some(row) => Some(row.bytes.clone()),
            None => rows.get(&key)?,
        };
        let point = row.map(|row| format::read(&row)).transpose();
        point.map_err(|why| ReadError::row(&key, why))
    }

    fn rewind_to(
        &mut self,
        number: Number,
        point: RewindPoint,
        reason: &str,
        now: Timestamp,
    ) -> Answer {
        let done = self.with(number, now, |instance, world, asks| {
            instance.rewind(point, reason, world, asks)
        });
        if let Some(instance) = self.residents.get_mut(number) {
            // It has no durable frame to go back to before that is durable (rule 23).
            instance.marks.frame = self.epoch;
        }
        match done {
            Some(Err(why)) => Answer::Invalid {
                why: why.to_string(),
            },
            Some(Ok(())) | None => Answer::Done,
        }
    }

    /// The call of a child that failed is made again: it is rewound, or begins again if it cannot
    /// be; one that has come to its result since tells that.
    pub(super) fn rewind_child(
        &mut self,
        parent: Parent,
        id: &str,
        name: String,
        reason: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), ReadError> {
        let fail = |message| {
            Ending::Failed(Failure::Failed {
                call: name,
                message,
            })
        };
        let Some(number) = self.find_loaded(id, now, rows)? else {
            let ending = fail(format!("`{id}` was purged and cannot be made again"));
            self.send(Message::ChildEnded { parent, ending });
            return Ok(());
        };
        let Some(child) = self.residents.get(number) else {
            return Ok(());
        };
        if child.parent != Some(parent) {
            let ending = fail(format!("there is another instance with the id `{id}`"));
            self.send(Message::ChildEnded { parent, ending });
            return Ok(());
        }
        match child.wait_over() {
            Some(WaitOver::Ended(ending @ Ending::Completed(_))) => {
                self.send(Message::ChildEnded { parent, ending });
            }
            Some(WaitOver::Ended(_)) => {
                let point = self.rewind_point(number, rows)?;
                let rewound = point.map(|point| self.rewind_to(number, point, reason, now));
                if rewound != Some(Answer::Done) {
                    self.begin_child_again(number, parent, now, rows)?;
                }
            }
            // It tells its end when it comes to it.
            Some(WaitOver::Parked(_)) | None => {}
        }
        Ok(())
    }

    fn begin_child_again(
        &mut self,
        number: Number,
        parent: Parent,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), ReadError> {
        let id = self.residents.get(number).map(|child| child.id.to_string());
        if let Some(origin) = self.origin_of(number, rows)?
            && let Some(id) = id
        {
            let version = self.residents.get(number).and_then(|it| it.version.clone());
            self.delete(number, now);
            let (name, by) = (origin.orchestration.into(), Starter::Parent(parent));
            let number = self.create(id, name, Some(parent), origin.args, by, now);
            if let Some(child) = self.residents.get_mut(number) {
                // Whatever is rewound stays what it was.
                child.version = version;
            }
        }
        Ok(())
    }
}
