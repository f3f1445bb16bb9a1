//! What goes wrong: crashes around commits and during recovery, commits that fail, time that jumps, a disk
//! that is full, turns that panic.

use rand::RngExt;
use undying::core::Status;
use undying::durable::{Refusal, Timestamp};
use undying::store::Pressure;
use undying::store::memory::Fault;

use crate::life::{Legacy, Life};
use crate::support::bodies::{PANICS, UNSAVED};
use crate::world::World;

/// Where the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CrashPoint {
    /// At so many commits from now.
    Commit(u32, Moment),
    /// After so many steps.
    Step(u32),
}

/// When the process dies, seen from a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// All is sealed, nothing is written.
    Before,
    /// It was written, and nobody in the process knows; or it was not.
    Inside { landed: bool },
    /// It is durable, and nobody has been told.
    After,
}

impl Moment {
    pub(crate) const ALL: [Moment; 4] = [
        Moment::Before,
        Moment::Inside { landed: false },
        Moment::Inside { landed: true },
        Moment::After,
    ];
}

const SECOND: u64 = 1_000;
const JUMPS_MS: [u64; 7] = [
    SECOND,
    60 * SECOND,
    3_600 * SECOND,
    86_400 * SECOND,
    30 * 86_400 * SECOND,
    365 * 86_400 * SECOND,
    3_650 * 86_400 * SECOND,
];

/// Most crashes of a run: fewer than an activity survives (rule 18).
const CRASHES_MAX: u32 = 16;

impl World {
    /// Where the process that begins will die, if it does not live to the end.
    pub(crate) fn draw_crash_point(&mut self) {
        self.crash_point = None;
        if !self.plan.crashes || self.calm || self.crashes >= CRASHES_MAX {
            return;
        }
        let rng = &mut self.scheduler.rng;
        let moment = Moment::ALL[rng.random_range(0..4)];
        self.crash_point = match rng.random_range(0..6) {
            0 => Some(CrashPoint::Step(rng.random_range(1..20))),
            1 => Some(CrashPoint::Commit(1, moment)),
            2..5 => Some(CrashPoint::Commit(rng.random_range(1..40), moment)),
            _ => None,
        };
    }

    /// It dies before it has recovered.
    pub(crate) fn crash_while_recovering(&mut self) {
        match &mut self.crash_point {
            Some(CrashPoint::Step(0)) => self.crash(),
            Some(CrashPoint::Step(left)) => *left -= 1,
            _ => {}
        }
    }

    /// The committer goes on, and the process may die there.
    pub(crate) fn commit(&mut self) -> bool {
        let moment = match &mut self.crash_point {
            Some(CrashPoint::Commit(left, moment))
                if self.life.as_ref().is_some_and(Life::is_sealed) =>
            {
                *left -= 1;
                (*left == 0).then_some(*moment)
            }
            _ => None,
        };
        let Some(moment) = moment else {
            return self.try_step(Life::commit);
        };
        if let Moment::Inside { landed } = moment {
            let fault = if landed { Fault::Landed } else { Fault::Lost };
            self.disk.fail_commit(self.disk.sequence() + 1, fault);
        }
        if moment != Moment::Before {
            let now = self.now;
            // Whatever comes of it, nobody lives to tell.
            let _ = self.life().commit(now);
        }
        self.crash();
        true
    }

    pub(crate) fn fault(&mut self) {
        let plan = self.plan;
        match self.scheduler.rng.random_range(0..7) {
            0 if plan.crashes && self.crashes < CRASHES_MAX => self.crash(),
            1 if plan.crashes => self.close(),
            2 | 3 if plan.commits => {
                let faults = [Fault::Lost, Fault::Landed, Fault::Full];
                let fault = faults[self.scheduler.rng.random_range(0..3)];
                let sequence = self.disk.sequence() + self.scheduler.rng.random_range(1..4);
                self.disk.fail_commit(sequence, fault);
            }
            4 if plan.turns => PANICS.set(self.scheduler.rng.random_range(1..5)),
            5 if plan.turns => UNSAVED.set(self.scheduler.rng.random_range(1..3)),
            6 if plan.pressure => {
                let (free, short) = (1, 2);
                let pressure = match self.scheduler.rng.random_range(0..4) {
                    0 => Pressure::RefuseStarts {
                        free,
                        wanted: short,
                    },
                    1 => Pressure::Stop {
                        free,
                        needed: short,
                    },
                    _ => Pressure::None,
                };
                self.disk.set_pressure(pressure);
            }
            _ => {}
        }
    }

    pub(crate) fn pressure(&mut self) -> Pressure {
        self.life().store.pressure()
    }

    /// Time passes, or stands still, or comes to just where a timer is due, or jumps ahead.
    pub(crate) fn time_passes(&mut self) {
        if self.frozen > 0 {
            self.frozen -= 1;
            return;
        }
        let next = self.life().next_wake();
        let rng = &mut self.scheduler.rng;
        match (rng.random_range(0..40), next) {
            (0..6, Some(at)) => {
                let around =
                    at.0.saturating_add(rng.random_range(0..3))
                        .saturating_sub(1);
                // What is read ahead is no timer: nobody waits that long.
                if around < self.now.0 + 1_000_000 {
                    self.now.0 = self.now.0.max(around);
                }
            }
            (6, _) if self.plan.clocks => self.frozen = rng.random_range(1..20),
            (7, _) if self.plan.clocks => {
                self.now.0 += JUMPS_MS[rng.random_range(0..JUMPS_MS.len())];
                self.done.clock_jumps += 1;
            }
            _ => self.now.0 += rng.random_range(0..40),
        }
        self.scheduler.trace.note(self.now.0);
    }

    /// What the wall clock says when the next process begins.
    pub(crate) fn wall_clock(&mut self) -> Timestamp {
        let rng = &mut self.scheduler.rng;
        let jump = JUMPS_MS[rng.random_range(0..JUMPS_MS.len())];
        let soon = self.now.0 + rng.random_range(0..100);
        if !self.plan.clocks {
            return Timestamp(soon);
        }
        self.done.clock_jumps += 1;
        match rng.random_range(0..4) {
            0 => Timestamp(self.now.0 + jump),
            1 | 2 => Timestamp(self.now.0.saturating_sub(jump)),
            _ => Timestamp(soon),
        }
    }

    /// The next process.
    fn begin_again(&mut self) {
        self.running.clear();
        self.told.clear();
        self.suspects.clear();
        self.clients.forget();
        self.change_program();
        self.open(Legacy::default());
    }

    /// The process dies: memory, attempts and questions are gone.
    pub(crate) fn crash(&mut self) {
        self.crashes += 1;
        self.disk.crash();
        self.life = None;
        self.dead.append(&mut self.latest);
        self.begin_again();
    }

    /// The engine is shut down: the last commit, then the marker.
    pub(crate) fn close(&mut self) {
        self.disk.set_pressure(Pressure::None);
        self.settle();
        self.check_equality();
        let closed = self.life().store.close();
        assert!(closed.is_ok());
        self.life = None;
        self.begin_again();
    }

    /// All that was done becomes durable, and nothing else is done.
    fn settle(&mut self) {
        for _ in 0..1_000 {
            let (now, mut busy) = (self.now, false);
            // A commit may fail even now, and the next life has to read what is runnable too.
            self.life().finish_recovery(now);
            for shard in 0..self.life().shards.len() {
                busy |= self.try_step(|life, now| life.deliver(shard, now));
                busy |= self.try_step(|life, _| life.seal_if_asked(shard));
            }
            busy |= self.try_step(Life::commit);
            self.effects();
            if !busy {
                break;
            }
        }
    }

    /// Nothing goes wrong any more.
    pub(crate) fn calm(&mut self) {
        self.calm = true;
        self.crash_point = None;
        PANICS.set(0);
        UNSAVED.set(0);
        self.disk.set_pressure(Pressure::None);
        if !self.plan.versions {
            return;
        }
        // The last program takes all that the others did not.
        self.close();
        self.settle();
        for one in self.list(Some(Status::Parked)) {
            let waits = matches!(one.parked, Some(Refusal::AnotherVersion { .. }));
            assert!(!waits, "its version fits now: {one:?}");
        }
    }
}
