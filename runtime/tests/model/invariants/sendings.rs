//! I1: what is sent is named by its epoch, the names of later epochs are larger, and none is used again.

use std::collections::BTreeSet;

use undying::core::standing::{Sending, Standing};

#[derive(Debug, Default)]
pub(crate) struct Sendings {
    /// The messages of the last commit.
    before: BTreeSet<Sending>,
    /// The largest epoch that a message was sent in.
    epoch: u64,
}

impl Sendings {
    pub(crate) fn check(&mut self, standing: &Standing) {
        let now: BTreeSet<Sending> = standing.messages.keys().copied().collect();
        let new: BTreeSet<u64> = now
            .difference(&self.before)
            .map(|(epoch, ..)| *epoch)
            .collect();
        assert!(
            new.len() <= 1,
            "I1: one commit sends in one epoch, not in {new:?}"
        );
        for epoch in new {
            assert!(
                epoch > self.epoch,
                "I1: after epoch {} something is sent in epoch {epoch}",
                self.epoch
            );
            self.epoch = epoch;
        }
        self.before = now;
    }
}
