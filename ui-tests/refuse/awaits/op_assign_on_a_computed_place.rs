//! Refused: `place op= call.await` when `op=` is overloaded and finding the place has effects.
//! Why: Rust evaluates the place first for such types and last for numbers; types are not known here.
//! Instead: `let more = call.await;` first, or find the place first.

use undying::prelude::*;
use undying_ui_tests::shop::*;

fn longest(lines: &[String]) -> usize {
    lines.len() - 1
}

#[orchestration]
async fn noted(mut lines: Vec<String>) -> Vec<String> {
    lines[longest(&lines)] += &add(1, 1).await.to_string(); //~ before or after the await?
    lines
}

fn main() {}
