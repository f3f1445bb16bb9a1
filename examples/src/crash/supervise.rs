//! Starts a worker, again and again, and kills it.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::moments::Moment;
use crate::figures::grouped;
use crate::progress::Progress;

/// Starts `worker` once for each moment and kills it then, as `kill -9` does. Gives how many
/// were killed: fewer than there are moments if one came to its end before.
///
/// # Errors
/// When a worker cannot be started, or fails by itself.
pub(super) fn kill_at(
    moments: &[Moment],
    worker: impl Fn() -> Command,
    progress: &Progress,
) -> Result<usize> {
    for (killed, moment) in moments.iter().enumerate() {
        let mut child = worker()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start a worker")?;
        let output = child
            .stdout
            .take()
            .context("a worker without standard output")?;
        let reached = match wait_for(*moment, &reports(output), progress) {
            Reached::Before => "while it opened the store".to_owned(),
            Reached::After(done) => format!("after {} {}", grouped(done), progress.unit()),
            Reached::Never => {
                ended(child.wait()?)?;
                return Ok(killed);
            }
        };
        child.kill()?;
        if child.wait()?.success() {
            return Ok(killed);
        }
        let number = format!("kill {} of {}", killed + 1, moments.len());
        progress.say(&format!("{number}: process {}, {reached}", child.id()));
    }
    Ok(moments.len())
}

/// Ends this process, a worker, when the one that started it has gone.
pub(super) fn die_with_parent() {
    thread::spawn(|| {
        // The parent writes nothing: a read ends when its end of the pipe is closed.
        let _ = io::stdin().read(&mut [0]);
        std::process::exit(1);
    });
}

/// How a wait for a moment ended.
enum Reached {
    /// It came before the worker's first report.
    Before,
    /// It came after so much was done.
    After(u64),
    /// The worker ended first.
    Never,
}

fn wait_for(moment: Moment, reports: &Receiver<(u64, u64)>, progress: &Progress) -> Reached {
    let mut reached = Reached::Before;
    let mut until = moment.started.map(|after| Instant::now() + after);
    let mut is_done = false;
    loop {
        let report = match until {
            Some(until) => reports.recv_timeout(until.saturating_duration_since(Instant::now())),
            None => reports.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let (done, total) = match report {
            Ok(report) => report,
            Err(RecvTimeoutError::Timeout) => return reached,
            Err(RecvTimeoutError::Disconnected) => return Reached::Never,
        };
        progress.set(done, total);
        reached = Reached::After(done);
        if !is_done && total > 0 && done as f64 >= moment.fraction * total as f64 {
            is_done = true;
            let then = Instant::now() + moment.after;
            until = Some(until.map_or(then, |until| until.min(then)));
        }
    }
}

/// The worker's reports as they come in; a receiver, since a read of a pipe has no timeout.
fn reports(output: ChildStdout) -> Receiver<(u64, u64)> {
    let (to, reports) = channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(io::Result::ok) {
            let numbers = line
                .split_once(' ')
                .map(|(done, total)| (done.parse(), total.parse()));
            if let Some((Ok(done), Ok(total))) = numbers
                && to.send((done, total)).is_err()
            {
                return;
            }
        }
    });
    reports
}

fn ended(status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("a worker ended by itself, with {status}: its words are above");
    }
    Ok(())
}
