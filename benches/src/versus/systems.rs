//! Who runs a workload: this program as a child of itself, or the program of the peers.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use undying_benches::{Finished, cargo, root};

use crate::goals::SUBJECT;
use crate::row::Row;

/// How long a child may take that runs loads of a second; a longer load takes longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same for `undying`, which also runs what has a size and no time.
const PATIENCE_WITH_UNDYING: Duration = Duration::from_secs(1_200);

/// The programs.
#[derive(Debug, Default)]
pub(crate) struct Systems {
    peers: Option<PathBuf>,
}

/// What a child is told.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    /// The workload.
    pub(crate) workload: &'a str,
    /// For how long its load runs, in seconds.
    pub(crate) secs: f64,
    /// Where stores are made.
    pub(crate) folder: &'a std::path::Path,
}

impl Systems {
    /// Builds the peers: a crate of its own, which nobody else builds.
    ///
    /// # Errors
    /// It does not build.
    pub(crate) fn with_peers(has_restate: bool) -> Result<Systems> {
        eprintln!("building the peers ..");
        let folder = root().join("target/peers");
        let mut cargo = cargo();
        cargo.args(["build", "--release", "--locked"]);
        cargo.args(["--manifest-path", "benches/peers/Cargo.toml"]);
        cargo.arg("--target-dir").arg(&folder);
        if has_restate {
            cargo.args(["--features", "restate"]);
        }
        let status = cargo.stdout(Stdio::null()).status();
        let status = status.context("cannot run cargo")?;
        ensure!(
            status.success(),
            "the peers do not build; `--on undying` does without"
        );
        let program = folder.join("release/undying-peers");
        Ok(Systems {
            peers: Some(program),
        })
    }

    /// Runs a workload on a system. What goes wrong is said in a line of the result.
    ///
    /// # Errors
    /// The system is not built, or its program cannot be run.
    pub(crate) fn run(&self, system: &str, told: &Told<'_>) -> Result<Vec<Row>> {
        let (mut command, patience) = if system == SUBJECT {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg("--here");
            (command, PATIENCE_WITH_UNDYING)
        } else {
            let peers = self.peers.as_ref().context("the peers are not built")?;
            let mut command = Command::new(peers);
            command.args(["--on", system]);
            (command, PATIENCE)
        };
        child(&mut command, told);
        let patience = patience + Duration::from_secs_f64(2.0 * told.secs);
        let finished = Finished::within(command, patience)?;
        let rows = finished.printed.iter();
        let mut rows: Vec<Row> = rows
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        if !finished.is_well() {
            let why = match finished.status {
                None => format!("killed after {patience:?}"),
                Some(status) => {
                    let last = finished.said.iter().rev();
                    let last = last.take(3).rev().map(|line| line.trim());
                    format!("{status}: {}", last.collect::<Vec<_>>().join(" "))
                }
            };
            rows.push(Row::new(told.workload, system, "-").note(format!("failed: {why}")));
        }
        Ok(rows)
    }
}

/// Tells a child what it is told.
pub(crate) fn child(command: &mut Command, told: &Told<'_>) {
    command.args(["--only", told.workload]);
    command.args(["--secs", &told.secs.to_string()]);
    command.arg("--folder").arg(told.folder);
    // What went wrong is told in a line.
    command.env("RUST_BACKTRACE", "0");
}
