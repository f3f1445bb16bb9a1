//! Accepted: a value that is moved on one path and used on another.
//! Why: each path saves what its own continuation needs.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn local_moved_on_one_path(notes: Vec<String>, n: u64) -> Vec<String> {
    let last = format!("n={n}");
    let mut notes = notes;
    if n > 1 {
        notes.push(last);
        add(n, 1).await;
    } else {
        let sum = add(n, 2).await;
        notes = vec![last + &format!(", sum={sum}")];
    }
    notes
}

pub fn main() {
    assert_eq!(run(local_moved_on_one_path(vec![], 2)), ["n=2"]);
    assert_eq!(
        run(local_moved_on_one_path(vec!["gone".into()], 1)),
        ["n=1, sum=3"]
    );
}
