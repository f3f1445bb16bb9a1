//! Finding instances: by their ids, in memory or where they are stored.

use super::super::asks::{Asks, WaitOver, World};
use super::super::format::ReadError;
use super::super::instance::Instance;
use super::super::record::Progress;
use super::super::rows::Rows;
use super::super::{Number, record};
use super::open::read_instance;
use super::unborn::Sought;
use super::{Reply, Shard};
use crate::durable::Timestamp;
use crate::store::keys::Row;

impl<R: Reply> Shard<R> {
    /// The number of the instance with this id.
    pub(super) fn find(&mut self, id: &str, rows: &dyn Rows) -> Result<Option<Number>, ReadError> {
        Ok(match self.seek(id, rows)? {
            Sought::Born(number) => Some(number),
            Sought::Nothing | Sought::Unborn(_) => None,
        })
    }

    /// The same of one in memory.
    pub(super) fn here(&self, id: &str) -> Option<Number> {
        let number = self.residents.number_of(id)?;
        let instance = self.residents.get(number)?;
        (instance.is_born() && !instance.marks.purged).then_some(number)
    }

    /// The same, brought into memory.
    pub(super) fn find_loaded(
        &mut self,
        id: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Option<Number>, ReadError> {
        let Some(number) = self.find(id, rows)? else {
            return Ok(None);
        };
        Ok(self.load(number, now, rows)?.then_some(number))
    }

    /// Changes the instance with this id, if there is one.
    pub(super) fn with_found(
        &mut self,
        id: &str,
        now: Timestamp,
        rows: &dyn Rows,
        change: impl FnOnce(&mut Instance, World<'_>, &mut Asks),
    ) -> Result<(), ReadError> {
        if let Some(number) = self.find_loaded(id, now, rows)? {
            self.with(number, now, change);
        }
        Ok(())
    }

    /// Looks at an instance without bringing it into memory.
    pub(super) fn look<T>(
        &self,
        number: Number,
        rows: &dyn Rows,
        look: impl FnOnce(&Instance) -> T,
    ) -> Result<Option<T>, ReadError> {
        match self.residents.get(number) {
            Some(instance) => Ok(Some(look(instance))),
            None => {
                let read = read_instance(number, self.bounds.mailbox_in_memory, rows)?;
                Ok(read.as_ref().map(look))
            }
        }
    }

    /// Whether waiting for an instance is over. Of one that is not in memory only its row is read.
    pub(super) fn over(
        &self,
        number: Number,
        rows: &dyn Rows,
    ) -> Result<Option<Option<WaitOver>>, ReadError> {
        if let Some(instance) = self.residents.get(number) {
            return Ok(Some(instance.wait_over()));
        }
        let Number { partition: vp, n } = number;
        let key = Row::Inst { vp, n }.key();
        let Some(row) = rows.get(&key)? else {
            return Ok(None);
        };
        let (head, body) = record::read(&row).map_err(|why| ReadError::row(&key, why))?;
        Ok(Some(match (body.progress, head.parked) {
            (Progress::Ended(ending), _) => Some(WaitOver::Ended(ending.into_owned())),
            (_, Some(why)) => Some(WaitOver::Parked(why.into_owned())),
            (_, None) => None,
        }))
    }

    /// What there is under an id, started or not.
    pub(super) fn seek(&mut self, id: &str, rows: &dyn Rows) -> Result<Sought, ReadError> {
        if let Some(number) = self.residents.number_of(id) {
            let born = self.residents.get(number).is_none_or(Instance::is_born);
            return Ok(self.sought(number, born));
        }
        self.names.read_on(self.durable, rows);
        let (vp, name) = (self.partitions.of_id(id), id.as_bytes());
        let key = || Row::Name { vp, id: name }.key();
        if !self.names.may_have(id) {
            debug_assert!(
                !matches!(rows.get(&key()), Ok(Some(_))),
                "a name that has a row is known: {id}"
            );
            return Ok(Sought::Nothing);
        }
        let key = key();
        let Some(row) = rows.get(&key)? else {
            return Ok(Sought::Nothing);
        };
        let n = record::read_name(&row).map_err(|why| ReadError::row(&key, why))?;
        Ok(self.sought(Number { partition: vp, n }, record::is_born(&row)))
    }

    fn sought(&self, number: Number, born: bool) -> Sought {
        match (self.is_there(number), born) {
            (false, _) => Sought::Nothing,
            (true, false) => Sought::Unborn(number),
            (true, true) => Sought::Born(number),
        }
    }
}
