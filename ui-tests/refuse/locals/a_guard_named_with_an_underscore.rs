//! Refused: `let _guard = ..` of a type that cannot be saved, with an `.await` in its scope.
//! Why: such a name lives to the end of its scope, as in plain Rust; it is not dropped early.
//! Instead: end its scope before the `.await`: `{ let _guard = ..; .. }`.

use std::sync::Mutex;
use undying::prelude::*;
use undying_ui_tests::shop::*;

static BUSY: Mutex<()> = Mutex::new(());

#[orchestration]
async fn alone(n: u64) -> u64 {
    let _guard = BUSY.lock(); //~ held to the end of the function
    add(n, 1).await
}

fn main() {}
