//! I4: nothing leaves before its commit: an attempt begins when the call that it is for is durable.
//!
//! What clients are told is compared with what is durable by who knows what it means.

use std::collections::BTreeSet;

use undying::core::standing::{Call, Standing};
use undying::core::{Number, StartAttempt};

#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// The calls of activities that are under way, as of the last commit.
    durable: BTreeSet<(Number, u64)>,
}

impl Effects {
    pub(crate) fn committed(&mut self, standing: &Standing) {
        let calls = standing.instances.iter().flat_map(|(number, one)| {
            let calls = one.calls.iter();
            let activities = calls.filter(|(_, call)| matches!(call, Call::Activity { .. }));
            activities.map(|(operation, _)| (*number, *operation))
        });
        self.durable = calls.collect();
    }

    pub(crate) fn begins(&self, start: &StartAttempt) {
        let call = (start.instance, start.operation);
        assert!(
            self.durable.contains(&call),
            "I4: an attempt for {} begins, and its call is not durable",
            start.instance_id
        );
    }
}
