//! `assert_history`: what happened to an instance, compared line by line.

use std::fmt::Write as _;

use crate::core::Happened;
use crate::engine::History;

/// Stands for any number of entries.
const ANY: &str = "..";

/// Asserts what happened to an instance: each line is the beginning of what an entry of its
/// [history](crate::Engine::history) prints, without its time, and `".."` stands for any number of
/// entries. Entries that tell where it waits are left out: its calls tell that too.
///
/// ```standalone_crate
/// use undying::prelude::*;
/// use undying::testing::{self, assert_history};
///
/// #[activity]
/// async fn charge(order: u64) -> u64 {
///     order
/// }
///
/// #[orchestration]
/// async fn checkout(order: u64) -> u64 {
///     sleep(hours(1)).await;
///     charge(order).await
/// }
///
/// # fn main() -> undying::Result<()> {
/// testing::run(async |test| {
///     let engine = test.open(Engine::builder()).await?;
///     engine.start("order-17", checkout(17)).await?.result().await?;
///     assert_history(&engine.history("order-17").await?, &[
///         "started by a client",
///         "#0 sleeps",
///         "#0 is over",
///         "#1 calls `charge`",
///         "#1 `charge` completed in attempt 1",
///         "completed",
///     ]);
///     assert_history(&engine.history("order-17").await?, &["..", "#1 calls `charge`", ".."]);
///     Ok(())
/// })
/// # }
/// ```
///
/// # Panics
/// When something else happened: the message shows the difference.
#[track_caller]
pub fn assert_history(history: &History, expected: &[&str]) {
    let told = history.entries.iter();
    let told = told.filter(|entry| !matches!(entry.what, Happened::Waits { .. }));
    let happened: Vec<String> = told.map(|entry| entry.what.to_string()).collect();
    if !matches(expected, &happened) {
        panic!(
            "the history is another one: `-` was expected, `+` happened\n{}",
            difference(expected, &happened)
        );
    }
}

fn matches(expected: &[&str], happened: &[String]) -> bool {
    // Whether the rest of the lines fits the entries from each one on.
    let mut fits = vec![false; happened.len() + 1];
    fits[happened.len()] = true;
    for line in expected.iter().rev() {
        for at in 0..=happened.len() {
            fits[at] = match *line == ANY {
                true => fits[at..].contains(&true),
                false => at < happened.len() && happened[at].starts_with(line) && fits[at + 1],
            };
        }
    }
    fits[0]
}

/// The longest common subsequence, and what is not in it.
fn difference(expected: &[&str], happened: &[String]) -> String {
    let (rows, columns) = (expected.len(), happened.len());
    let same = |row: usize, column: usize| happened[column].starts_with(expected[row]);
    let mut common = vec![vec![0_usize; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            common[row][column] = match same(row, column) {
                true => common[row + 1][column + 1] + 1,
                false => common[row + 1][column].max(common[row][column + 1]),
            };
        }
    }
    let (mut row, mut column, mut text) = (0, 0, String::new());
    while row < rows || column < columns {
        let both = row < rows && column < columns;
        if row < rows && expected[row] == ANY {
            let _ = writeln!(text, "  {ANY}");
            row += 1;
        } else if both && same(row, column) {
            let _ = writeln!(text, "  {}", happened[column]);
            (row, column) = (row + 1, column + 1);
        } else if row < rows && (!both || common[row + 1][column] >= common[row][column + 1]) {
            let _ = writeln!(text, "- {}", expected[row]);
            row += 1;
        } else {
            let _ = writeln!(text, "+ {}", happened[column]);
            column += 1;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happened() -> Vec<String> {
        [
            "started by a client, with 3 bytes",
            "#0 calls `a`",
            "#0 `a` completed",
            "completed",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    #[test]
    fn lines_are_the_beginnings_of_entries_and_dots_stand_for_any_number() {
        for expected in [
            &["started", "#0 calls", "#0 `a`", "completed"][..],
            &["started", "..", "completed"],
            &["..", "#0 calls `a`", ".."],
            &["..", "..", "completed", ".."],
            &[".."],
        ] {
            assert!(matches(expected, &happened()), "{expected:?}");
        }
        for expected in [
            &["started", "#0 calls", "#0 `a`"][..],
            &["started", "completed"],
            &["..", "completed", "#0 calls `a`"],
            &["..", "#1", ".."],
            &[],
        ] {
            assert!(!matches(expected, &happened()), "{expected:?}");
        }
    }

    #[test]
    fn the_difference_shows_what_is_missing_and_what_is_too_much() {
        let expected = ["started", "#0 calls `b`", "#0 `a` completed", "completed"];
        assert_eq!(
            difference(&expected, &happened()),
            "  started by a client, with 3 bytes\n- #0 calls `b`\n+ #0 calls `a`\n  #0 `a` completed\n  \
             completed\n"
        );
    }
}
