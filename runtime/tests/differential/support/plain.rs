//! The names a body uses when it is an ordinary `async fn`: each call is pending once, as an
//! activity is in a machine.

pub use super::effects::{Guard, Pair, log, mix, tr};
pub use super::plain_combinators::{CallExt, Task, join, join_all, race, sleep, timeout};
pub use super::why::{Problem, Why};
pub use serde::{Deserialize, Serialize};
pub use undying::{Either, Either3, Either4, Elapsed, Persist, days, hours, millis, minutes, secs};

use super::effects;
use super::executor::pending_once;

async fn done<T>(output: T) -> T {
    pending_once().await;
    output
}

pub async fn inc(x: i64) -> i64 {
    done(effects::inc(x)).await
}

pub async fn check(x: i64) -> Result<i64, Why> {
    done(effects::check(x)).await
}

pub async fn find(x: i64) -> Option<i64> {
    done(effects::find(x)).await
}

pub async fn name(x: i64) -> String {
    done(effects::name(x)).await
}

pub async fn many(x: i64) -> Vec<i64> {
    done(effects::many(x)).await
}

pub async fn odd(x: i64) -> bool {
    done(effects::odd(x)).await
}

pub async fn ping() {
    effects::ping();
    done(()).await;
}

/// Two steps, in a frame of its own.
pub async fn twice(x: i64) -> i64 {
    let kept = x % 7;
    let next = inc(x).await;
    kept + inc(next).await
}
