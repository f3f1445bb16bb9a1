//! `sleep` and `sleep_until`: durable timers.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::{AwaitsTimers, Durable, Request, Ticket, Timestamp, Turn};

/// Waits for a while, across crashes and restarts. See [`sleep`].
#[must_use = "nothing sleeps until this is awaited"]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sleep(Duration);

/// Waits until an instant, across crashes and restarts. See [`sleep_until`].
#[must_use = "nothing sleeps until this is awaited"]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SleepUntil(Timestamp);

/// A durable timer: `sleep(days(3)).await`. Millisecond resolution; late after downtime, never early.
///
/// ```
/// use undying::prelude::*;
///
/// #[activity]
/// async fn remind(person: String) -> bool {
///     person.is_empty()
/// }
///
/// #[orchestration]
/// async fn reminders(person: String) {
///     while !remind(person.clone()).await {
///         sleep(days(7)).await;
///     }
/// }
/// ```
pub fn sleep(duration: Duration) -> Sleep {
    Sleep(duration)
}

/// A durable timer to an instant; one in the past is ready at the next turn.
pub fn sleep_until(at: SystemTime) -> SleepUntil {
    SleepUntil(at.into())
}

/// A durable timer to an instant of engine time.
pub(super) fn sleep_to(at: Timestamp) -> SleepUntil {
    SleepUntil(at)
}

/// So many milliseconds.
#[must_use]
pub const fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// So many seconds.
#[must_use]
pub const fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// So many minutes; saturates.
#[must_use]
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(60))
}

/// So many hours; saturates.
#[must_use]
pub const fn hours(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(3_600))
}

/// So many days of 24 hours; saturates.
#[must_use]
pub const fn days(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(86_400))
}

fn timer(turn: &mut Turn, due: Timestamp) -> Ticket<()> {
    let operation = turn.operation();
    turn.requests.push(Request::Timer { operation, due });
    Ticket::new(operation)
}

impl<C: AwaitsTimers> Durable<C> for Sleep {
    type Output = ();
    type Pending = Ticket<()>;
    fn begin(self, turn: &mut Turn) -> Ticket<()> {
        let due = turn.context.now.after(self.0);
        timer(turn, due)
    }
}

impl<C: AwaitsTimers> Durable<C> for SleepUntil {
    type Output = ();
    type Pending = Ticket<()>;
    fn begin(self, turn: &mut Turn) -> Ticket<()> {
        timer(turn, self.0)
    }
}
