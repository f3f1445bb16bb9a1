//! `timeout`: an await that is given up after a while.

use std::task::Poll;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    AwaitsTimers, Durable, Either, Loader, Pending, Racing, Refusal, Saver, Ticket, Turn, Waits,
    sleep,
};

/// The time of a [`timeout`] had passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("the time given to `timeout` has passed")]
pub struct Elapsed;

/// A call with a time limit. See [`timeout`].
#[must_use = "nothing runs until this is awaited"]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Timeout<D> {
    after: Duration,
    call: D,
}

/// Awaits `call` for at most `after`; then it is cancelled and `.await` gives `Err(Elapsed)`.
///
/// To limit each attempt of an activity, and not the whole call with its retries, give the activity
/// a timeout of its own.
///
/// ```
/// use undying::prelude::*;
///
/// #[activity]
/// async fn price(shop: String) -> u64 {
///     shop.len() as u64
/// }
///
/// #[orchestration]
/// async fn price_today(shop: String) -> Option<u64> {
///     timeout(hours(24), price(shop)).await.ok()
/// }
/// ```
pub fn timeout<D>(after: Duration, call: D) -> Timeout<D> {
    Timeout { after, call }
}

impl<C: AwaitsTimers, D: Durable<C>> Durable<C> for Timeout<D> {
    type Output = Result<D::Output, Elapsed>;
    type Pending = TimingOut<D::Pending>;

    fn begin(self, turn: &mut Turn) -> Self::Pending {
        let call = self.call.begin(turn);
        let timer = Durable::<C>::begin(sleep(self.after), turn);
        TimingOut(Racing((call, timer)))
    }
}

/// A [`Timeout`] under way.
#[derive(Debug)]
pub struct TimingOut<P>(Racing<(P, Ticket<()>)>);

impl<P: Pending> Pending for TimingOut<P> {
    type Output = Result<P::Output, Elapsed>;

    fn poll(&mut self, turn: &mut Turn) -> Poll<Self::Output> {
        self.0.poll(turn).map(|first| match first {
            Either::First(value) => Ok(value),
            Either::Second(()) => Err(Elapsed),
        })
    }

    fn cancel(&mut self, turn: &mut Turn) {
        self.0.cancel(turn);
    }

    fn waits(&self, out: &mut Waits) {
        self.0.waits(out);
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        self.0.save(saver)
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        Racing::load(loader).map(TimingOut)
    }
}
