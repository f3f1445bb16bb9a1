//! The timers of one machine: named, one-shot or periodic; which run, and which have run out.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::durable::Timestamp;
use crate::durable::limits::{TIMER_NAME_BYTES_MAX, TIMERS_MAX};
use crate::planted::planted;

/// When a timer runs out: [`every`] or [`once`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    after: Duration,
    periodic: bool,
}

/// A timer that runs out again and again, so long after its last timeout was handled.
#[must_use]
pub fn every(period: Duration) -> Timer {
    Timer {
        after: period,
        periodic: true,
    }
}

/// A timer that runs out once.
#[must_use]
pub fn once(after: Duration) -> Timer {
    Timer {
        after,
        periodic: false,
    }
}

/// See the module.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Timers {
    running: Vec<Running>,
    /// Operations that are not wanted any more.
    #[serde(skip)]
    stopped: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Running {
    name: String,
    timer: Timer,
    /// The operation that completes when it runs out, and when; none before the turn ends that
    /// starts it.
    armed: Option<(u64, Timestamp)>,
}

impl Timers {
    /// Whether none runs.
    pub(super) fn are_none(&self) -> bool {
        self.running.is_empty()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.running.iter().any(|running| running.name == name)
    }

    pub(super) fn start(&mut self, name: String, timer: Timer) -> Result<(), String> {
        if self.has(&name) {
            return Err(format!(
                "the timer `{name}` runs already: stop it before you start it again"
            ));
        }
        if name.len() > TIMER_NAME_BYTES_MAX {
            return Err(format!(
                "the name of a timer has {} bytes, more than {TIMER_NAME_BYTES_MAX}",
                name.len()
            ));
        }
        if self.running.len() >= TIMERS_MAX {
            return Err(format!("{TIMERS_MAX} timers of this machine run already"));
        }
        let armed = None;
        self.running.push(Running { name, timer, armed });
        Ok(())
    }

    pub(super) fn stop(&mut self, name: &str) -> Result<(), String> {
        let at = self.running.iter().position(|running| running.name == name);
        let Some(at) = at else {
            return Err(format!(
                "the timer `{name}` does not run: it was not started, or it ran out"
            ));
        };
        let stopped = self.running.remove(at);
        self.stopped
            .extend(stopped.armed.map(|(operation, _)| operation));
        Ok(())
    }

    /// Stops all of them.
    pub(super) fn stop_all(&mut self) {
        let armed = self.running.drain(..).filter_map(|running| running.armed);
        self.stopped.extend(armed.map(|(operation, _)| operation));
    }

    /// The one that ran out first, if any has: its name and its operation. A periodic one is armed
    /// again at the end of this turn, unless it is stopped before.
    pub(super) fn run_out(&mut self, has: impl Fn(u64) -> bool) -> Option<(String, u64)> {
        let first = self
            .running
            .iter()
            .enumerate()
            .filter_map(|(at, running)| Some((running.armed?, at)))
            .filter(|((operation, _), _)| has(*operation))
            .min_by_key(|((operation, due), _)| (*due, *operation));
        let ((operation, _), at) = first?;
        let again = self.running[at].timer.periodic || planted!(MachineTimerTwice);
        let name = match again {
            true => {
                self.running[at].armed = None;
                self.running[at].name.clone()
            }
            false => self.running.remove(at).name,
        };
        Some((name, operation))
    }

    /// What this turn arms: `arm` is given a time and gives the operation that completes then.
    pub(super) fn arm(&mut self, now: Timestamp, mut arm: impl FnMut(Timestamp) -> u64) {
        for running in &mut self.running {
            if running.armed.is_none() {
                let due = now.after(running.timer.after);
                running.armed = Some((arm(due), due));
            }
        }
    }

    /// The operations that are not wanted any more.
    pub(super) fn take_stopped(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.stopped)
    }

    /// The operations that complete when one runs out.
    pub(super) fn operations(&self) -> impl Iterator<Item = u64> {
        let armed = self.running.iter().filter_map(|running| running.armed);
        armed.map(|(operation, _)| operation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(timers: &[(&str, Timer)]) -> Timers {
        let mut all = Timers::default();
        for (name, timer) in timers {
            all.start((*name).to_owned(), *timer).unwrap();
        }
        let mut next = 0;
        all.arm(Timestamp(100), |_| {
            next += 1;
            next
        });
        all
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn timers_that_ran_out_come_in_the_order_of_their_times() {
        let mut timers = started(&[("late", once(2 * SECOND)), ("early", once(SECOND))]);
        let mut out = || timers.run_out(|_| true).map(|(name, _)| name);
        assert_eq!(out().as_deref(), Some("early"));
        assert_eq!(out().as_deref(), Some("late"));
        assert_eq!(out(), None);
    }

    #[test]
    fn a_periodic_timer_is_armed_again_only_after_its_timeout_was_taken() {
        let mut timers = started(&[("tick", every(SECOND))]);
        assert_eq!(timers.run_out(|_| true), Some(("tick".to_owned(), 1)));
        assert_eq!(timers.run_out(|_| true), None, "no timeouts pile up");
        timers.arm(Timestamp(5_000), |due| due.0);
        assert_eq!(timers.operations().collect::<Vec<_>>(), [6_000]);
    }

    #[test]
    fn a_timer_that_ran_out_once_is_gone() {
        let mut timers = started(&[("alarm", once(SECOND))]);
        assert_eq!(timers.run_out(|_| true), Some(("alarm".to_owned(), 1)));
        timers.arm(Timestamp(5_000), |_| unreachable!("it does not run again"));
        assert!(!timers.has("alarm"));
    }

    #[test]
    fn a_timer_is_not_started_twice_and_not_stopped_twice() {
        let mut timers = started(&[("tick", every(SECOND))]);
        assert!(timers.start("tick".to_owned(), once(SECOND)).is_err());
        timers.stop("tick").unwrap();
        assert!(timers.stop("tick").is_err());
        assert_eq!(timers.take_stopped(), [1]);
    }

    #[test]
    fn a_timer_that_is_stopped_in_the_handler_of_its_timeout_is_not_armed_again() {
        let mut timers = started(&[("tick", every(SECOND))]);
        timers.run_out(|_| true);
        timers.stop("tick").unwrap();
        timers.arm(Timestamp(5_000), |_| unreachable!("nothing is armed"));
        assert!(timers.take_stopped().is_empty());
    }
}
