//! What may go wrong in a run. Each seed has its own choice, so that faults meet in all combinations,
//! and some hide no others.

use rand::RngExt;
use rand::rngs::StdRng;

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Plan {
    /// The process dies, or is closed and opened with another number of shards.
    pub(crate) crashes: bool,
    /// Commits fail, or nobody knows whether they did.
    pub(crate) commits: bool,
    /// Turns panic, frames cannot be saved.
    pub(crate) turns: bool,
    /// Attempts fail, answers come twice.
    pub(crate) attempts: bool,
    /// The wall clock jumps: forward while the process runs, both ways while it does not.
    pub(crate) clocks: bool,
    /// The next process runs another version of the program.
    pub(crate) versions: bool,
    /// The disk is nearly full, or full.
    pub(crate) pressure: bool,
    /// The engine has soon too much to do, and clients are told that it is busy.
    pub(crate) busy: bool,
}

impl Plan {
    pub(crate) const ALL: Plan = Plan {
        crashes: true,
        commits: true,
        turns: true,
        attempts: true,
        clocks: true,
        versions: true,
        pressure: true,
        busy: true,
    };

    /// Of ten runs one is without faults and four have all of them, but that of three runs two take
    /// whatever they are asked: clients can ask more at once then.
    pub(crate) fn draw(rng: &mut StdRng) -> Plan {
        let busy = rng.random_ratio(1, 3);
        let plan = match rng.random_range(0..10) {
            0 => return Plan::default(),
            1..5 => Plan::ALL,
            _ => Plan {
                crashes: rng.random(),
                commits: rng.random(),
                turns: rng.random(),
                attempts: rng.random(),
                clocks: rng.random(),
                versions: rng.random(),
                pressure: rng.random(),
                busy,
            },
        };
        Plan { busy, ..plan }
    }
}
