//! `VirtualClock`: the time of an engine, in the hands of a test.

use std::fmt;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use super::bell::Bell;
use super::link::Link;
use crate::durable::Timestamp;

/// A clock that a test moves, so that nobody waits for a timer of three days: given to an engine by
/// [`EngineBuilder::clock`](crate::EngineBuilder::clock).
///
/// ```standalone_crate
/// use undying::prelude::*;
/// use undying::testing::VirtualClock;
///
/// #[activity]
/// async fn remind(order: String) {}
///
/// #[orchestration]
/// async fn follow_up(order: String) -> u32 {
///     let mut reminders = 0;
///     while timeout(days(3), event::<()>("paid")).await.is_err() {
///         remind(order.clone()).await;
///         reminders += 1;
///     }
///     reminders
/// }
///
/// # #[tokio::main]
/// # async fn main() -> undying::Result<()> {
/// let clock = VirtualClock::new();
/// let engine = Engine::builder().clock(&clock).open_in_memory().await?;
/// let handle = engine.start("order-17", follow_up("order-17".into())).await?;
///
/// clock.advance(days(7)).await; // two reminders, after 3 and 6 days
/// handle.raise("paid", &()).await?;
/// assert_eq!(handle.result().await?, 2);
/// # Ok(())
/// # }
/// ```
///
/// What goes by it: sleeps, timeouts of awaits, pauses before retries, delayed signals, retention. What does
/// not: the time an activity takes, and its `timeout`. An activity runs on the tokio runtime as it
/// does in production, and the clock stands still meanwhile.
///
/// An engine is *at rest* when no instance is ready for a turn, no commit is under way, and no activity
/// is running or queued. An activity that never ends, or is held back by the test, therefore holds back
/// [`settle`](Self::settle), [`advance`](Self::advance) and the jumps of [`run_until`](Self::run_until).
///
/// Cloning gives another name of the same clock. It may serve several engines, also one after the
/// other on the same store: it is never before what that store has seen, and never goes backwards.
#[derive(Clone)]
pub struct VirtualClock(Arc<Inner>);

struct Inner {
    now_ms: AtomicU64,
    engines: Mutex<Vec<Weak<Link>>>,
    bell: Bell,
}

impl Default for VirtualClock {
    fn default() -> Self {
        VirtualClock::new()
    }
}

impl VirtualClock {
    /// A clock that shows the present time of the machine, and stands.
    #[must_use]
    pub fn new() -> Self {
        VirtualClock::starting_at(SystemTime::now())
    }

    /// A clock that shows `time`, in whole milliseconds, and stands.
    #[must_use]
    pub fn starting_at(time: SystemTime) -> Self {
        VirtualClock(Arc::new(Inner {
            now_ms: AtomicU64::new(Timestamp::from(time).0),
            engines: Mutex::default(),
            bell: Bell::audible(),
        }))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.timestamp().into()
    }

    /// Waits until the engine is at rest: all that can happen at this time has happened.
    pub async fn settle(&self) {
        loop {
            let rung = self.0.bell.rung();
            match rung {
                Some(rung) if self.rest().is_none() => rung.await,
                _ => return,
            }
        }
    }

    /// Moves the clock on by `time`, rounded up to whole milliseconds. Timers that are due until then fire in the
    /// order of their times, each at its own, also those that are set on the way; returns when the
    /// engine is at rest.
    pub async fn advance(&self, time: Duration) {
        let until = self.timestamp().after(time);
        loop {
            self.settle().await;
            match self.next_wake() {
                Some(next) if next <= until => self.set(next),
                _ => break,
            }
        }
        self.set(until);
        self.settle().await;
    }

    /// Awaits `future`, and moves the clock to the next timer whenever the engine is at rest: what
    /// takes a month is over at once.
    ///
    /// ```standalone_crate
    /// # use undying::prelude::*;
    /// # use undying::testing::VirtualClock;
    /// #[orchestration]
    /// async fn month() -> u32 {
    ///     let mut days_gone = 0;
    ///     while days_gone < 30 {
    ///         sleep(days(1)).await;
    ///         days_gone += 1;
    ///     }
    ///     days_gone
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let clock = VirtualClock::new();
    /// let engine = Engine::builder().clock(&clock).open_in_memory().await?;
    /// let handle = engine.start("may", month()).await?;
    /// let began = clock.now();
    /// assert_eq!(clock.run_until(handle.result()).await?, 30);
    /// assert_eq!(began + days(30), clock.now());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The clock does not see what other tasks of the test are about to do: join them into `future`.
    /// If no timer is left and `future` waits for something else, like an event that nobody raises,
    /// so does this.
    pub async fn run_until<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            let rung = self.0.bell.rung();
            let before = self.rest();
            let polled = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await;
            if let Poll::Ready(output) = polled {
                return output;
            }
            // At rest before the future was asked, and since: so it has seen all there is to see.
            if before.is_some()
                && self.rest() == before
                && let Some(next) = self.next_wake()
            {
                self.set(next);
                continue;
            }
            tokio::select! {
                biased;
                output = &mut future => return output,
                () = async { if let Some(rung) = rung { rung.await } } => {}
            }
        }
    }

    pub(super) fn timestamp(&self) -> Timestamp {
        Timestamp(self.0.now_ms.load(Ordering::SeqCst))
    }

    /// Moves the clock, unless it is later already.
    pub(super) fn set(&self, at: Timestamp) {
        self.0.now_ms.fetch_max(at.0, Ordering::SeqCst);
        for engine in self.engines() {
            engine.tick();
        }
    }

    pub(super) fn bell(&self) -> Bell {
        self.0.bell.clone()
    }

    /// From now on this engine is waited for, and told when the clock is moved.
    pub(super) fn attach(&self, engine: &Arc<Link>) {
        self.lock().push(Arc::downgrade(engine));
        engine.tick();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Link>>> {
        let engines = self.0.engines.lock();
        engines.unwrap_or_else(PoisonError::into_inner)
    }

    /// The engines that are open.
    fn engines(&self) -> Vec<Arc<Link>> {
        let mut engines = self.lock();
        engines.retain(|engine| engine.strong_count() > 0);
        engines.iter().filter_map(Weak::upgrade).collect()
    }

    /// If all engines are at rest: a number that is another one after whatever happens.
    pub(super) fn rest(&self) -> Option<u64> {
        let engines = self.engines();
        at_rest(|| engines.iter().map(|engine| engine.rest()).sum())
    }

    /// When some engine has something to do although nothing arrives.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        let engines = self.engines();
        engines.iter().filter_map(|engine| engine.next_wake()).min()
    }
}

/// What a look at all parts finds, if all of them rest.
pub(super) fn at_rest(look: impl Fn() -> Option<u64>) -> Option<u64> {
    // A part may have rested when it was looked at, and have been woken since by one that was
    // looked at later. If the second look finds nothing changed, all rested between the two.
    let (first, second) = (look(), look());
    first.filter(|_| first == second)
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VirtualClock").field(&self.now()).finish()
    }
}
