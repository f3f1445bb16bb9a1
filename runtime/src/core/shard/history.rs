//! Reading the history of an instance, as of the last commit.

use super::super::Answer;
use super::super::format::ReadError;
use super::super::limits::HISTORY_PAGE;
use super::super::rows::Rows;
use super::open::read_instance;
use super::{Reply, Shard};
use crate::store::keys::Row;

impl<R: Reply> Shard<R> {
    /// One page. Only what is durable is told, so nothing has to be waited for (rule 11): whoever
    /// was told of something before finds it here.
    pub(super) fn history(
        &mut self,
        id: &str,
        from: u64,
        rows: &dyn Rows,
    ) -> Result<(Answer, u64), ReadError> {
        let Some(number) = self.find(id, rows)? else {
            return Ok(self.absent(id));
        };
        let Some(instance) = read_instance(number, self.bounds.mailbox_in_memory, rows)? else {
            return Ok((Answer::NotFound, 0));
        };
        let (vp, n) = (number.partition, number.n);
        let (entries, next) = instance.history.read(from, HISTORY_PAGE, |seq| {
            let key = Row::Hist { vp, n, seq }.key();
            let row = rows.get(&key)?;
            Ok(row.map(|row| (key, row)))
        })?;
        Ok((Answer::History(entries, next), 0))
    }
}
