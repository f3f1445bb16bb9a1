//! `ReplayContext`: what a replayed orchestration knows about itself, and the turn that is lent to it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use uuid::Builder;
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

use crate::durable::{Context, Timestamp, Turn};

/// What a replayed orchestration knows about itself: an optional first parameter
/// `cx: &ReplayContext` of an `#[orchestration(replay)]`. It can be kept across awaits, and cloned.
///
/// What it says is the same when the orchestration is led through its recording again. So these are
/// the clock and the random numbers of a replayed orchestration; others would differ.
///
/// ```
/// use undying::prelude::*;
///
/// #[activity]
/// async fn charge(key: String, amount: u64) -> u64 {
///     amount
/// }
///
/// #[orchestration(replay)]
/// async fn paid(cx: &ReplayContext, prices: Vec<u64>) -> u64 {
///     let mut sum = 0;
///     for price in &prices {
///         cx.set_status(format!("paid {sum}"));
///         sum += charge(cx.uuid(), *price).await; // `price` borrows from `prices`
///     }
///     sum
/// }
/// ```
#[derive(Clone)]
pub struct ReplayContext(Arc<Shared>);

struct Shared {
    /// The instance as its first turn knew it.
    of: OnceLock<Context>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The turn under way, while nobody has borrowed it.
    turn: Option<Turn>,
    now: Timestamp,
    replaying: bool,
    /// What random numbers are made of; the same in every replay, another in every run.
    seed: u64,
    /// How many there were.
    drawn: u64,
    /// How many `async` blocks were begun.
    forks: u32,
}

impl ReplayContext {
    pub(super) fn new() -> Self {
        ReplayContext(Arc::new(Shared {
            of: OnceLock::new(),
            inner: Mutex::default(),
        }))
    }

    /// The id the instance was started with.
    #[must_use]
    pub fn instance_id(&self) -> &str {
        self.0.of.get().map_or("", Context::instance_id)
    }

    /// The [version](crate::EngineBuilder::version) of the engine that started the instance, if that
    /// had one; the same for all of its life.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.0.of.get().and_then(Context::version)
    }

    /// Engine time at the beginning of this turn; it never goes backwards. In a replay it is what it
    /// was.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.inner().now.into()
    }

    /// Whether this code has run before, and is led through its recording. For what is said to people,
    /// such as a log; what is done must not depend on it.
    #[must_use]
    pub fn is_replaying(&self) -> bool {
        self.inner().replaying
    }

    /// A random number, evenly distributed. In a replay it is what it was.
    #[must_use]
    pub fn random(&self) -> u64 {
        let (seed, nth) = self.draw();
        xxh3_64_with_seed(&nth, seed)
    }

    /// A random UUID (RFC 9562, version 8), as text. In a replay it is what it was.
    #[must_use]
    pub fn uuid(&self) -> String {
        let (seed, nth) = self.draw();
        let bytes = xxh3_128_with_seed(&nth, seed).to_be_bytes();
        Builder::from_custom_bytes(bytes).into_uuid().to_string()
    }

    /// Sets what [`Handle::describe`](crate::Handle::describe) shows besides the engine's own
    /// status; durable with this turn. At most
    /// [`STATUS_BYTES_MAX`](crate::durable::limits::STATUS_BYTES_MAX) bytes: with more the turn is
    /// refused.
    pub fn set_status(&self, status: impl Into<String>) {
        let status = status.into();
        self.lend(|turn| turn.context().set_status(status));
    }

    fn draw(&self) -> (u64, [u8; 8]) {
        let mut inner = self.inner();
        inner.drawn += 1;
        (inner.seed, inner.drawn.to_le_bytes())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // No user code runs while it is locked.
        self.0.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn next_fork(&self) -> u32 {
        let mut inner = self.inner();
        inner.forks = inner.forks.wrapping_add(1);
        inner.forks
    }

    /// The run begins, in this turn. What is drawn differs from one run of the instance to the next,
    /// and from one instance of the id to the next.
    pub(super) fn begin(&self, turn: &Turn) {
        let of = &turn.context;
        let _ = self.0.of.set(of.clone());
        let run = [of.now.0.to_le_bytes(), turn.next_operation.to_le_bytes()].concat();
        let id = of.instance_id.as_bytes();
        self.inner().seed = xxh3_64_with_seed(id, xxh3_64_with_seed(&run, 0));
    }

    pub(super) fn set_replaying(&self, replaying: bool) {
        self.inner().replaying = replaying;
    }

    /// Runs the body with `turn` in reach. It is given back whatever happens: what has arrived is in
    /// it, and must not go with a turn that panics.
    pub(super) fn within<R>(&self, turn: &mut Turn, run: impl FnOnce() -> R) -> R {
        let Context {
            instance_id,
            number,
            now,
            ..
        } = &turn.context;
        let context = Context::new(instance_id.clone(), *number, *now, None);
        let empty = Turn::new(context, 0, Default::default(), 0);
        let mut inner = self.inner();
        inner.now = turn.context.now;
        inner.turn = Some(std::mem::replace(turn, empty));
        drop(inner);
        let _back = Back { to: turn, of: self };
        run()
    }

    /// Borrows the turn under way; nothing runs if there is none.
    pub(super) fn lend<R>(&self, run: impl FnOnce(&mut Turn) -> R) -> Option<R> {
        let turn = self.inner().turn.take();
        let mut lent = Lent { turn, of: self };
        lent.turn.as_mut().map(run)
    }
}

impl fmt::Debug for ReplayContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayContext")
            .field("instance_id", &self.instance_id())
            .field("now", &self.now())
            .field("is_replaying", &self.is_replaying())
            .finish()
    }
}

/// Takes the turn out of the body's reach.
struct Back<'a> {
    to: &'a mut Turn,
    of: &'a ReplayContext,
}

impl Drop for Back<'_> {
    fn drop(&mut self) {
        if let Some(turn) = self.of.inner().turn.take() {
            *self.to = turn;
        }
    }
}

/// Puts the turn back into the body's reach.
struct Lent<'a> {
    turn: Option<Turn>,
    of: &'a ReplayContext,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.of.inner().turn = self.turn.take();
    }
}
