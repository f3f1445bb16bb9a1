//! Refused: a trait object that lives across an `.await`.
//! Why: its type is gone, so nobody could read it back.
//! Instead: an enum of the types you have, which derives `Serialize` and `Deserialize`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn shown(n: u64) -> String {
    let shown: Box<dyn std::fmt::Display + Send> = Box::new(n); //~ a `dyn` type
    add(n, 1).await;
    shown.to_string()
}

fn main() {}
