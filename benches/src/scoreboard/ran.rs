//! One run of tests: what they tallied, and what they said if they failed.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

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
    pub fn within(mut command: Command, patience: Duration) -> Result<Ran> {
        let begin = Instant::now();
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.with_context(|| format!("cannot run {command:?}"))?;
        let said = child.stderr.take().context("its errors are read")?;
        let printed = child.stdout.take().context("its output is read")?;
        let [said, printed] = [
            thread::spawn(|| lines(said)),
            thread::spawn(|| lines(printed)),
        ];
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if begin.elapsed() > patience {
                child.kill()?;
                child.wait()?;
                break None;
            }
            thread::sleep(Duration::from_millis(5));
        };
        let [said, printed] = [said, printed].map(|lines| lines.join().unwrap_or_default());
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
            took: begin.elapsed(),
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

fn lines(from: impl Read) -> Vec<String> {
    let lines = BufReader::new(from).split(b'\n');
    lines
        .map_while(Result::ok)
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .collect()
}
