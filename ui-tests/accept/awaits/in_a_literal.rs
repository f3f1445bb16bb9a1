//! Accepted: awaits in struct, tuple and array literals, in struct update and in ranges.
//! Why: the fields before the await are saved, those after it are evaluated after it.

use serde::{Deserialize, Serialize};
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Debug, PartialEq, Default, Serialize, Deserialize)]
struct Quote {
    unit: u64,
    left: Option<u64>,
    tax: [u64; 2],
}

#[orchestration]
async fn await_in_a_literal(item: Item) -> (Quote, Vec<u64>) {
    let quote = Quote {
        unit: price(item).await,
        left: stock(item).await,
        ..Quote::default()
    };
    let tax = [add(0, 1).await, quote.unit];
    (Quote { tax, ..quote }, (1..add(1, 2).await).collect())
}

pub fn main() {
    let quote = Quote {
        unit: 3,
        left: Some(2),
        tax: [1, 3],
    };
    assert_eq!(run(await_in_a_literal(Item::Tea)), (quote, vec![1, 2]));
}
