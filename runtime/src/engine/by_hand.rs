//! Activities written by hand, for the unit tests of the engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{Scope, State};
use crate::durable::{ActivityCall, ActivityOptions, Arg, Call, Failure, StateNeed};

/// A state.
#[derive(Debug, Clone)]
pub(crate) struct Suffix(pub(crate) &'static str);

/// How many attempts of [`Slow`] are under way, and how many were at most.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gauge(Arc<[AtomicUsize; 2]>);

impl Gauge {
    fn enter(&self) -> Gauge {
        let now = self.0[0].fetch_add(1, Ordering::SeqCst) + 1;
        self.0[1].fetch_max(now, Ordering::SeqCst);
        self.clone()
    }

    pub(crate) fn now(&self) -> usize {
        self.0[0].load(Ordering::SeqCst)
    }

    pub(crate) fn most(&self) -> usize {
        self.0[1].load(Ordering::SeqCst)
    }
}

struct Leave(Gauge);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.0[0].fetch_sub(1, Ordering::SeqCst);
    }
}

macro_rules! activity {
    ($call:ident, $name:literal, ($($arg:ident: $type:ty),*) -> $output:ty, $needs:expr, $limit:expr,
     |$scope:ident| $body:expr) => {
        #[derive(Debug)]
        pub(crate) struct $call;
        impl Call for $call {
            const NAME: &'static str = $name;
            const PARAMETERS: &'static [&'static str] = &[$(stringify!($arg)),*];
            type Args = ($(Arg<$type>,)*);
            type Output = $output;
            fn failed(failure: Failure) -> Result<$output, Failure> {
                Err(failure)
            }
        }
        impl ActivityCall for $call {
            const OPTIONS: ActivityOptions = match $limit {
                0 => ActivityOptions::new(),
                limit => ActivityOptions::new().concurrency(limit),
            };
            const NEEDS: &'static [StateNeed] = $needs;
            fn is_error(_: &$output) -> bool {
                false
            }
            fn run(
                ($(Arg($arg),)*): Self::Args,
                $scope: Scope,
            ) -> impl Future<Output = $output> + Send + 'static {
                $body
            }
        }
    };
}

activity!(Double, "double", (n: u64) -> u64, &[], 0, |_scope| async move { n * 2 });

activity!(Greet, "greet", (name: String) -> String, &[], 0, |scope| async move {
    format!("{name} {} {}", scope.context().idempotency_key(), scope.context().attempt())
});

activity!(NeedsState, "needs_state", (name: String) -> String, &[StateNeed::of::<Suffix>()], 0,
    |scope| async move {
        let State(Suffix(suffix)) = State(scope.state());
        name + suffix
    }
);

activity!(Slow, "slow", (millis: u64) -> (), &[StateNeed::of::<Gauge>()], 2, |scope| async move {
    let _leave = Leave(scope.state::<Gauge>().enter());
    tokio::time::sleep(Duration::from_millis(millis)).await;
});

activity!(Obeys, "obeys", () -> String, &[], 0, |scope| async move {
    scope.context().cancelled().await;
    "obeyed".to_owned()
});

activity!(Panics, "panics", (late: bool) -> (), &[], 0, |_scope| async move {
    if late {
        tokio::task::yield_now().await;
    }
    panic!("out of paper, late: {late}")
});

activity!(Blocks, "blocks", (millis: u64) -> (), &[StateNeed::of::<Gauge>()], 0,
    |scope| async move {
        let _leave = Leave(scope.state::<Gauge>().enter());
        std::thread::sleep(Duration::from_millis(millis));
    }
);
