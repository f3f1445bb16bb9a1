//! Accepted: types that are only known after an `.await`, or fall back to `i32`.
//! Why: all steps are one function, in source order: inference is that of a plain `async fn`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn local_inferred_later(n: u64) -> (u16, Vec<String>, Option<u64>) {
    let code = "7".parse().unwrap_or_default();
    let list = Vec::new();
    let none = None;
    let step = 3;
    add(n, 1).await;
    let code: u16 = code;
    let mut list = list;
    list.push(format!("{}", step / 2));
    (code, list, if n > 3 { none } else { Some(1) })
}

pub fn main() {
    assert_eq!(
        run(local_inferred_later(1)),
        (7, vec!["1".to_owned()], Some(1))
    );
}
