//! The attempts of activities: when each begins, and what it comes to.

use rand::RngExt;
use undying::core::{AttemptEnded, Outcome, StartAttempt};

use crate::support::bodies::ATTEMPTS;
use crate::support::failing::{paid, shut_for_good};
use crate::support::step_of;
use crate::world::World;

impl World {
    pub(crate) fn begin(&mut self, start: StartAttempt) {
        assert!(
            self.is_durable(start.instance),
            "an activity starts after its request is durable (rule 15)"
        );
        let attempt = (start.instance, start.operation, start.attempt);
        self.scheduler.trace.note(attempt);
        assert!(
            self.begun.insert(attempt),
            "an attempt begins once in a life: {attempt:?}"
        );
        let call = (start.instance, start.operation);
        if let Some(died) = self.dead.get(&call) {
            let counted = start.attempt > *died;
            assert!(
                counted,
                "an attempt that died is counted before the next begins (rule 18): {died} {start:?}"
            );
        }
        self.latest.insert(call, start.attempt);
        self.running.push(start);
    }

    /// One of those under way ends, and may be told once more later.
    pub(crate) fn end_attempt(&mut self) {
        if self.running.is_empty() {
            return;
        }
        let which = self.scheduler.rng.random_range(0..self.running.len());
        let start = self.running.swap_remove(which);
        let outcome = self.outcome(&start);
        self.tell(&start, outcome);
        if self.plan.attempts && self.scheduler.odds(4) {
            self.told.push(start);
        }
        if self.plan.attempts && !self.told.is_empty() && self.scheduler.odds(4) {
            let which = self.scheduler.rng.random_range(0..self.told.len());
            let again = self.told.swap_remove(which);
            let outcome = self.outcome(&again);
            self.tell(&again, outcome);
        }
    }

    fn tell(&mut self, start: &StartAttempt, outcome: Outcome) {
        self.life().ended(AttemptEnded {
            instance: start.instance,
            operation: start.operation,
            attempt: start.attempt,
            outcome,
        });
    }

    fn outcome(&mut self, start: &StartAttempt) -> Outcome {
        let fails = self.plan.attempts && !self.calm;
        let drawn = self.scheduler.rng.random_range(0..8);
        if start.entry.name == "pay" {
            return match drawn {
                0..4 if fails => shut_for_good(),
                _ => paid(&start.args),
            };
        }
        let may_fail = fails && start.attempt < ATTEMPTS;
        match drawn {
            0 if may_fail => Outcome::Panicked("it broke".to_owned()),
            1 if may_fail => Outcome::TimedOut { after_ms: 5 },
            // An error's value is right as well: it may be the last attempt.
            2 if self.plan.attempts => Outcome::Error(step_of(start)),
            _ => Outcome::Done(step_of(start)),
        }
    }
}
