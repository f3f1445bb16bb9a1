//! Accepted: a local whose name begins with `_` lives to the end of its scope, as in plain Rust.
//! Why: such names are guards. Other locals end at the first `.await` after their last use. A kept
//! value is dropped and rebuilt while it is saved, so what a guard does on `drop` it may do again.

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use undying::prelude::*;
use undying_ui_tests::shop::*;

static CLOSED: AtomicU64 = AtomicU64::new(0);

#[derive(Serialize, Deserialize)]
struct Door;

impl Drop for Door {
    fn drop(&mut self) {
        CLOSED.fetch_add(1, Ordering::SeqCst);
    }
}

#[orchestration]
async fn local_dropped_at_the_end_of_its_scope(n: u64) -> u64 {
    let inside;
    {
        let _door = Door;
        add(n, 1).await;
        inside = CLOSED.load(Ordering::SeqCst);
    }
    CLOSED.load(Ordering::SeqCst) - inside
}

pub fn main() {
    assert_eq!(run(local_dropped_at_the_end_of_its_scope(1)), 1);
}
