//! Accepted: a local that the new version no longer needs where instances wait.
//! Why: it is read by its name, and dropped when nobody asks for it.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn removed_old(n: u64, note: String) -> String {
    let sum = add(n, 1).await;
    format!("{note} {sum}")
}

#[orchestration]
async fn removed_new(n: u64) -> String {
    let sum = add(n, 1).await;
    format!("{sum}")
}

pub fn main() {
    let old = removed_old(1, "sum:".to_owned());
    assert_eq!(deploy::<RemovedNewCall>(old), Ok("2".to_owned()));
}
