//! Simple timers: a machine with two states, each with a timer of its own.

use undying::prelude::*;

/// How often a timer runs out before the machine goes to its other state.
pub const TIMEOUTS: u64 = 5;
/// How long a timer runs.
pub const PERIOD_MS: u64 = 10;

/// What a machine is created with: how often it changes its state.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Changes(pub u64);

/// Asks a machine when it is done, and how many timeouts it had in each state.
#[derive(Debug, Serialize, Deserialize)]
pub struct HowMany;
impl Question for HowMany {
    type Answer = [u64; 2];
}

/// Counts timeouts in turns.
#[rsm]
#[derive(Debug)]
pub struct TwoTimers {
    changes: Changes,
    changed: u64,
    /// Since the state was entered.
    here: u64,
    /// In both states.
    counts: [u64; 2],
}

#[rsm]
impl TwoTimers {
    chart! {
        /// Which timer runs.
        pub enum TwoTimersState;
        /// The one named `A`.
        start A {
            entry   => start,
            exit    => stop,
            Timeout => count,
            HowMany => defer,
        }
        /// The one named `B`.
        B {
            entry   => start,
            exit    => stop,
            Timeout => count,
            HowMany => defer,
        }
        /// None. A timeout that was not handled has gone with its timer.
        Over {
            HowMany => answer,
        }
    }

    fn new(changes: Changes) -> Self {
        TwoTimers {
            changes,
            changed: 0,
            here: 0,
            counts: [0; 2],
        }
    }

    fn start(&mut self, cx: &mut Cx<Self>) {
        self.here = 0;
        cx.start_timer(name(cx.state()), every(millis(PERIOD_MS)));
    }

    fn stop(&mut self, cx: &mut Cx<Self>) {
        cx.stop_timer(&name(cx.state()));
    }

    fn count(&mut self, timeout: Timeout, cx: &mut Cx<Self>) -> Next<Self> {
        let (state, timer) = (name(cx.state()), timeout.timer);
        cx.monitor::<TimerOfState, _>(|| RanOut { state, timer });
        self.here += 1;
        self.counts[usize::from(cx.state() == TwoTimersState::B)] += 1;
        if self.here < TIMEOUTS {
            return Next::stay();
        }
        self.changed += 1;
        Next::goto(match cx.state() {
            _ if self.changed > self.changes.0 => TwoTimersState::Over,
            TwoTimersState::A => TwoTimersState::B,
            TwoTimersState::B | TwoTimersState::Over => TwoTimersState::A,
        })
    }

    fn answer(&mut self, asked: Asked<HowMany>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.counts);
    }
}

fn name(state: TwoTimersState) -> String {
    format!("{state:?}")
}

/// A timer has run out.
#[derive(Debug, Serialize, Deserialize)]
pub struct RanOut {
    state: String,
    timer: String,
}

/// In each state only its own timer runs out.
#[monitor]
#[derive(Debug, Default)]
pub struct TimerOfState {
    /// How many timeouts there were.
    pub timeouts: u64,
}

#[monitor]
impl TimerOfState {
    chart! {
        /// How it is.
        pub enum TimerOfStateState;
        /// As it should be.
        start cold Good {
            RanOut => ran_out,
        }
    }

    fn ran_out(&mut self, event: RanOut, cx: &mut Cx<Self>) {
        let RanOut { state, timer } = event;
        let why = format!("the timer `{timer}` ran out in the state `{state}`");
        cx.assert(timer == state, why);
        self.timeouts += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::violation;
    use super::*;

    #[tokio::test]
    async fn a_timeout_in_another_state_is_noticed() {
        let event = RanOut {
            state: "A".to_owned(),
            timer: "B".to_owned(),
        };
        let why = violation::<TimerOfState, _>(event).await;
        assert!(
            why.contains("the timer `B` ran out in the state `A`"),
            "{why}"
        );
    }
}
