//! `nap`: time that passes for a stub.

use std::cell::RefCell;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::pool::Pool;

thread_local! {
    /// The pool of the attempt that is polled on this thread.
    static POLLED: RefCell<Weak<Pool>> = const { RefCell::new(Weak::new()) };
}

/// Waits within a [`Stub`](crate::testing::Stub), or in any activity that runs in the simulation, until
/// the clock of the test has passed this time: so a stub takes three hours, or with
/// [`Duration::MAX`] for ever, which a `timeout` of its activity ends.
///
/// ```standalone_crate
/// use std::time::Duration;
/// use undying::prelude::*;
/// use undying::testing::{self, Stub, nap};
///
/// #[activity(timeout = "10s")]
/// async fn ask(question: String) -> Result<String, Failure> {
///     Ok(question)
/// }
///
/// #[orchestration]
/// async fn oracle() -> bool {
///     ask("why?".to_owned()).await.is_err()
/// }
///
/// # fn main() {
/// let silent = Stub::<AskCall>::with(|_, _| async {
///     nap(Duration::MAX).await;
///     Ok("because".to_owned())
/// });
/// let gave_up = testing::run(async |test| {
///     let engine = test.open(Engine::builder().stub(&silent)).await?;
///     engine.start("1", oracle()).await?.result().await
/// });
/// assert!(gave_up.unwrap());
/// # }
/// ```
///
/// # Panics
/// When it is awaited outside of the simulation, where no time passes by itself.
pub async fn nap(time: Duration) {
    let pool = POLLED.with_borrow(Weak::upgrade);
    match pool {
        Some(pool) => pool.sleep(time, true).await,
        None => panic!("`undying::testing::nap` is for activities that run in the simulation"),
    }
}

/// Runs `poll` as one poll of an attempt of this pool.
pub(super) fn polled<T>(pool: &Arc<Pool>, poll: impl FnOnce() -> T) -> T {
    struct Back(Weak<Pool>);
    impl Drop for Back {
        fn drop(&mut self) {
            POLLED.replace(std::mem::take(&mut self.0));
        }
    }
    let _back = Back(POLLED.replace(Arc::downgrade(pool)));
    poll()
}
