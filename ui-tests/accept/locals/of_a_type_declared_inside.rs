//! Accepted: types, functions and constants declared in the body; such types need no derive.
//! Why: they have no name outside, so saving is derived for those that live across an `.await`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn local_of_a_type_declared_inside(n: u64) -> String {
    #[derive(Debug)]
    struct Parcel {
        id: u64,
        to: Option<char>,
    }
    const FIRST: u64 = 17;
    fn receiver(n: u64) -> Option<char> {
        (n > 1).then_some('q')
    }
    let parcel = Parcel {
        id: FIRST + n,
        to: receiver(n),
    };
    add(n, 1).await;
    format!("{parcel:?}")
}

pub fn main() {
    assert_eq!(
        run(local_of_a_type_declared_inside(2)),
        "Parcel { id: 19, to: Some('q') }"
    );
}
