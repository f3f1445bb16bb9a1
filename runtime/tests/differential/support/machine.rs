//! The names a body uses when it is a machine: activities, and the language's own combinators.

pub use super::effects::{Guard, Pair, log, mix, tr};
pub use super::why::{Problem, Why};
pub use serde::{Deserialize, Serialize};
pub use undying::prelude::*;

use super::effects;
use undying::{activity, resumable};

#[activity]
pub async fn inc(x: i64) -> i64 {
    effects::inc(x)
}

#[activity]
pub async fn check(x: i64) -> Result<i64, Why> {
    effects::check(x)
}

#[activity]
pub async fn find(x: i64) -> Option<i64> {
    effects::find(x)
}

#[activity]
pub async fn name(x: i64) -> String {
    effects::name(x)
}

#[activity]
pub async fn many(x: i64) -> Vec<i64> {
    effects::many(x)
}

#[activity]
pub async fn odd(x: i64) -> bool {
    effects::odd(x)
}

#[activity]
pub async fn ping() {
    effects::ping();
}

/// Two steps, in a frame of its own.
#[resumable(orchestration)]
pub async fn twice(x: i64) -> i64 {
    let kept = x % 7;
    let next = inc(x).await;
    kept + inc(next).await
}
