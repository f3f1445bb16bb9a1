//! Accepted: names bound by reference: `if let Some(x) = &option`, `ref mut`, slices of a `Vec`.
//! Why: the pattern is matched again after the await; it cannot fail, the place is still borrowed.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn borrow_in_a_pattern(to: Option<String>, mut items: Vec<u64>) -> (usize, Vec<u64>) {
    let mut seen = 0;
    if let Some(name) = &to {
        add(name.len() as u64, 1).await;
        seen += name.len();
    }
    if let [first, ..] = &mut items[..] {
        let more = add(*first, 1).await;
        *first += more;
    }
    match to {
        Some(ref name) => seen += add(name.len() as u64, 10).await as usize,
        None => {}
    }
    (seen, items)
}

pub fn main() {
    assert_eq!(
        run(borrow_in_a_pattern(Some("Ada".into()), vec![4, 1])),
        (16, vec![9, 1])
    );
    assert_eq!(run(borrow_in_a_pattern(None, vec![])), (0, vec![]));
}
