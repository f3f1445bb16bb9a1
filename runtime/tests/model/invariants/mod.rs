//! What holds of every durable state, one property a module: the invariants I1 to I5 of Reliable State Machines, in the
//! words of this kernel.

use undying::core::StartAttempt;
use undying::core::standing::Standing;

mod causes;
mod effects;
mod refused;
mod rest;
mod sendings;
mod waits;

/// What is known of the commits before.
#[derive(Debug, Default)]
pub(crate) struct Invariants {
    sendings: sendings::Sendings,
    effects: effects::Effects,
    pub(crate) commits: u64,
}

impl Invariants {
    /// Those that hold of any program.
    pub(crate) fn committed(&mut self, standing: &Standing) {
        self.commits += 1;
        self.sendings.check(standing);
        self.effects.committed(standing);
        waits::check(standing);
    }

    /// An attempt begins.
    pub(crate) fn begins(&self, start: &StartAttempt) {
        self.effects.begins(start);
    }
}

/// Those about what the random functions say.
pub(crate) fn functions(standing: &Standing) {
    causes::check(standing);
}

/// I5, in a world at rest.
pub(crate) fn at_rest(standing: &Standing) {
    rest::check(standing);
}
