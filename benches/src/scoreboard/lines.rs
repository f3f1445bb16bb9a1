//! The lines of the scoreboard: what is tried, where, and how often at each size.

use clap::ValueEnum;

use super::Build;

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Size {
    /// What takes minutes
    Pr,
    /// What a night has time for
    Night,
}

/// One line. A line may have several suites, a suite may tally for several lines.
#[derive(Debug)]
pub struct Line {
    /// Its number, by which `--lines` names it.
    pub number: u32,
    /// What is tried.
    pub title: &'static str,
    /// What tries it.
    pub suites: &'static [Suite],
}

/// Tests of one target.
#[derive(Clone, Copy, Debug)]
pub struct Suite {
    /// The package.
    pub package: &'static str,
    /// The test target; `lib` for the unit tests.
    pub target: &'static str,
    /// What the names of the tests contain: one of these words.
    pub filter: &'static str,
    /// How it is built.
    pub build: Build,
    /// How often each of them tries, at [`Size::Pr`] and at [`Size::Night`]; 0 for not at all.
    pub tries: [u64; 2],
}

impl Suite {
    /// Tests of the library.
    const fn new(target: &'static str, filter: &'static str, tries: [u64; 2]) -> Suite {
        Suite {
            package: "undying",
            target,
            filter,
            build: Build::Ordinary,
            tries,
        }
    }

    const fn of(mut self, package: &'static str) -> Suite {
        self.package = package;
        self
    }

    const fn built(mut self, build: Build) -> Suite {
        self.build = build;
        self
    }

    /// How often each of its tests tries.
    #[must_use]
    pub fn tries(&self, size: Size) -> u64 {
        match size {
            Size::Pr => self.tries[0],
            Size::Night => self.tries[1],
        }
    }
}

/// All lines.
pub const LINES: &[Line] = &[
    Line {
        number: 1,
        title: "kill -9 at boundaries of the store",
        suites: &[Suite::new("crashes", "survives_a_kill", [560, 5_000])],
    },
    Line {
        number: 2,
        title: "kill -9 while the store is opened again",
        suites: &[Suite::new("crashes", "survives_kills", [50, 1_000])],
    },
    Line {
        number: 3,
        title: "loss of power",
        suites: &[Suite::new("power", "", [200, 5_000])
            .of("undying-benches")
            .built(Build::Fuse)],
    },
    Line {
        number: 4,
        title: "seeds of the simulation",
        suites: &[
            Suite::new("sim", "what_was_accepted", [1_000, 100_000]),
            Suite::new("sim", "each_commit", [4, 100]),
        ],
    },
    Line {
        number: 5,
        title: "the same seed twice",
        suites: &[Suite::new("sim", "the_same_seed", [200, 2_000])],
    },
    Line {
        number: 7,
        title: "a bank, exactly once",
        suites: &[Suite::new("bank", "", [20_000, 2_000_000])],
    },
    Line {
        number: 8,
        title: "linearizable histories",
        suites: &[
            Suite::new("linearizable", "are_linearizable", [400, 10_000]),
            Suite::new("linearizable", "is_linearizable", [400, 10_000]),
        ],
    },
    Line {
        number: 11,
        title: "I/O errors at the n-th call",
        suites: &[Suite::new("disk", "an_io_error", [100, 2_500])],
    },
    Line {
        number: 12,
        title: "a full disk",
        suites: &[Suite::new("disk", "a_disk_that", [1, 25])],
    },
    Line {
        number: 13,
        title: "damaged files",
        suites: &[Suite::new("disk", "damage_to_any_file", [500, 10_000])],
    },
    Line {
        number: 14,
        title: "random and damaged bytes",
        suites: &[
            Suite::new("fuzzed", "", [200, 10_000]),
            Suite::new("lib", "fuzzed", [500, 20_000]).of("undying-macros"),
        ],
    },
    Line {
        number: 15,
        title: "input at its limits",
        suites: &[Suite::new("disk", "limits", [1, 1])],
    },
    Line {
        number: 22,
        title: "schedules of the locks",
        suites: &[Suite::new("lib", "under_shuttle", [0, 1_000_000]).built(Build::Shuttle)],
    },
    Line {
        number: 23,
        title: "states of the lock protocol",
        suites: &[Suite::new(
            "lib",
            "the_lock_protocol",
            [1_000_000, 100_000_000],
        )],
    },
    Line {
        number: 24,
        title: "the core, interpreted by Miri",
        suites: &[Suite::new("lib", "core:: durable::", [0, 1]).built(Build::Miri)],
    },
    Line {
        number: 26,
        title: "random programs and the models",
        suites: &[Suite::new("model", "after_every", [1_000, 50_000])],
    },
];
