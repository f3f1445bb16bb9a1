//! Accepted: a field more, with `#[serde(default)]`, in the type of a saved local.
//! Why: a value is stored with the schema of its writer and read by what the new type asks for.

use serde::{Deserialize, Serialize};
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
struct CartOld {
    total: u32,
}

#[derive(Serialize, Deserialize)]
struct CartNew {
    #[serde(default)]
    tip: u64,
    total: u64,
}

#[orchestration]
async fn grown_old(cart: CartOld) -> u64 {
    add(1, 1).await + u64::from(cart.total)
}

#[orchestration]
async fn grown_new(cart: CartNew) -> u64 {
    add(1, 1).await + cart.total + cart.tip
}

pub fn main() {
    assert_eq!(
        deploy::<GrownNewCall>(grown_old(CartOld { total: 7 })),
        Ok(9)
    );
}
