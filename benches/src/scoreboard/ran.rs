//! One run of tests: what they tallied, and what they said if they failed.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::Finished;

/// How many lines of a failing run are shown.
const SHOWN: usize = 60;

/// A line of the scoreboard as a test prints it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Tally {
    /// The line.
    pub line: u32,
    /// What was tried.
    pub property: String,
    /// How often.
    pub tried: u64,
    /// How often it did not hold.
    pub violations: u64,
}

/// See the module.
#[derive(Debug)]
pub struct Ran {
    /// What was tried.
    pub tallies: Vec<Tally>,
    /// Why something was not tried here.
    pub skipped: Vec<String>,
    /// Whether all tests passed, in time.
    pub passed: bool,
    /// How many passed.
    pub tests: u64,
    /// How long it took.
    pub took: Duration,
    /// The last lines it printed.
    pub tail: Vec<String>,
}

impl Ran {
    /// Runs to the end, or is killed when it takes longer than `patience`.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn within(command: Command, patience: Duration) -> Result<Ran> {
        let Finished {
            status,
            printed,
            said,
            took,
        } = Finished::within(command, patience)?;
        let tallies = printed.iter().filter_map(|line| tally(line)).collect();
        let skipped = printed.iter().chain(&said);
        let skipped = skipped.filter_map(|line| Some(line.split_once("skipped: ")?.1.to_owned()));
        let skipped = skipped.collect();
        let tests = printed.iter().filter_map(|line| passed(line)).sum();
        let mut tail: Vec<String> = printed.into_iter().chain(said).collect();
        tail.drain(..tail.len().saturating_sub(SHOWN));
        if status.is_none() {
            tail.push(format!("killed after {patience:?}"));
        }
        Ok(Ran {
            tallies,
            skipped,
            passed: status.is_some_and(|status| status.success()),
            tests,
            took,
            tail,
        })
    }
}

/// How many tests passed, of the line in which the harness says so.
fn passed(line: &str) -> Option<u64> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    counts.split_once(" passed")?.0.parse().ok()
}

/// What a line says, which may stand behind what the test harness prints.
fn tally(line: &str) -> Option<Tally> {
    serde_json::from_str(&line[line.find(r#"{"line":"#)?..]).ok()
}
