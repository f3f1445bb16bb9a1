//! Refused: a struct of which one field was moved before an `.await` and another is used after it.
//! Why: half a struct cannot be saved.
//! Instead: take it apart: `let Parcel { to, note } = parcel;` (accept/locals/destructured.rs).

use serde::{Deserialize, Serialize};
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
struct Parcel {
    to: String,
    note: String,
}

#[orchestration]
async fn addressed(parcel: Parcel) -> String {
    let to = parcel.to;
    add(1, 1).await; //~ only half of it is left
    to + &parcel.note
}

fn main() {}
