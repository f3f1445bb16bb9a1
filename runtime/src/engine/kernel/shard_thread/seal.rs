//! The end of an epoch on a shard's thread: messages leave, it is sealed, and committed if nobody else will.

use super::{Over, ShardThread};
use crate::core::Sealed;
use crate::engine::sync::atomic::Ordering;

impl ShardThread {
    /// Seals and commits on this thread, if nobody else is expected who could run meanwhile or share the
    /// fsync: who is alone does not wait until another thread has woken up, twice. Returns whether it
    /// did.
    pub(super) fn commits_itself(&mut self) -> Result<bool, Over> {
        let alone = self
            .life
            .as_ref()
            .is_some_and(|life| life.alone && !life.shard.is_committing() && life.shard.is_dirty());
        if !alone || self.stopping || self.has_work() {
            return Ok(false);
        }
        let Some(committer) = self.committer.clone() else {
            return Ok(false);
        };
        // Who has it is about to ask for a cut.
        let Ok(mut committer) = committer.try_lock() else {
            return Ok(false);
        };
        self.leave();
        let Some(sealed) = self.sealed()? else {
            return Ok(false);
        };
        self.hub.desk.lay(sealed);
        committer.catch_up();
        Ok(true)
    }

    /// Lets messages leave.
    fn leave(&mut self) {
        let Some(life) = &mut self.life else {
            return;
        };
        let shards = 0..self.hub.partitions.shards();
        let shard = &mut life.shard;
        self.hub
            .publish(shards.filter_map(|to| Some((to, shard.take_outgoing(to)?))));
    }

    /// Lets messages leave, and tells the committer that there is something to commit.
    pub(super) fn publish(&mut self) {
        self.leave();
        let Some(life) = &mut self.life else {
            return;
        };
        let epoch = life.shard.epoch();
        if epoch > life.announced && life.shard.is_dirty() {
            life.announced = epoch;
            self.hub
                .desk
                .put(|papers| papers.dirty = papers.dirty.max(epoch));
        }
    }

    pub(super) fn seal(&mut self) -> Result<(), Over> {
        self.publish();
        if let Some(sealed) = self.sealed()? {
            self.hub.desk.put(|papers| papers.sealed.push(sealed));
        }
        Ok(())
    }

    /// Ends the epoch, whose messages have left.
    fn sealed(&mut self) -> Result<Option<Sealed>, Over> {
        let Some(life) = &mut self.life else {
            return Ok(None);
        };
        let sealed = life.shard.seal().map_err(Over::Seal)?;
        life.cut = None;
        let waiting = self.hub.waiting[self.index].load(Ordering::Relaxed);
        let shard = &life.shard;
        self.metrics.sealed(shard.resident(), shard.work(), waiting);
        Ok(Some(sealed))
    }
}
