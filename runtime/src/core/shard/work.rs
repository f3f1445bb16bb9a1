//! How much a shard has to do, and whether it takes more.

use super::super::instance::Instance;
use super::super::{Answer, Number};
use super::{Reply, Shard};
use crate::planted::planted;

/// Beyond so many instances in memory it is not checked how they were counted.
const CHECKED: usize = 64;

impl<R: Reply> Shard<R> {
    /// How much there is to do now: turns that are ready, messages that wait, activities under way.
    #[must_use]
    pub fn work(&self) -> usize {
        self.work.all() + self.mailbox.len()
    }

    /// What a client is told that asks for more work than the shard takes (rule 29).
    pub(super) fn busy(&self) -> Option<Answer> {
        let (work, max) = (self.work(), self.bounds.work);
        (work >= max && !planted!(WorkUnlimited)).then(|| Answer::busy_with(self.index, work, max))
    }

    /// An instance was read.
    pub(super) fn weigh(&mut self, number: Number) {
        if let Some(instance) = self.residents.get_mut(number) {
            let is_ready = instance.is_ready();
            self.work.weigh(instance, is_ready);
        }
    }

    /// Whether all is counted as it is, if that is soon found out.
    pub(super) fn is_weighed(&self) -> bool {
        let here = || self.residents.iter().map(|instance| instance.marks.work);
        self.residents.len() > CHECKED
            || self.residents.iter().all(Instance::is_weighed)
                && self.work.all() == here().sum::<usize>() + self.work.away()
    }
}
