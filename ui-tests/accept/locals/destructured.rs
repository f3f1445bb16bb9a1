//! Accepted: patterns in `let`: tuples, structs, slices, `@`, `ref`.
//! Why: every name in the pattern is a local of its own. To move a part out of a struct and keep
//! the rest, destructure it.

use undying::prelude::*;
use undying_ui_tests::shop::*;

struct Parcel {
    to: String,
    contents: Vec<Item>,
}

#[orchestration]
async fn local_destructured(to: String) -> String {
    let Parcel { to, contents } = Parcel {
        to,
        contents: vec![Item::Tea, Item::Cup],
    };
    let [first, second @ ..] = [3, 4, 5];
    let sum = add(first, second.len() as u64).await;
    let label = to;
    add(sum, 1).await;
    format!("{label} {sum} {contents:?}")
}

pub fn main() {
    assert_eq!(run(local_destructured("Ada".into())), "Ada 5 [Tea, Cup]");
}
