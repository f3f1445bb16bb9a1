//! A program that is run to its end, or to the end of one's patience.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// What came of it.
#[derive(Debug)]
pub struct Finished {
    /// How it ended; `None` if it was killed, for it took too long.
    pub status: Option<ExitStatus>,
    /// The lines it printed.
    pub printed: Vec<String>,
    /// The lines it printed about itself, to the standard error.
    pub said: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

impl Finished {
    /// Runs to the end, or kills what takes longer than `patience`.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn within(mut command: Command, patience: Duration) -> Result<Finished> {
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
        Ok(Finished {
            status,
            printed,
            said,
            took: begin.elapsed(),
        })
    }

    /// Whether it ended in time, and well.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

fn lines(from: impl Read) -> Vec<String> {
    let lines = BufReader::new(from).split(b'\n');
    lines
        .map_while(Result::ok)
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .collect()
}
