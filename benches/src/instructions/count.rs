//! Counting by callgrind: the difference between two runs, so that what both do cancels.

use std::env::current_exe;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::workloads::Workload;

/// What is counted: all that a shard does between two waits. The store, the activities and the
/// simulation around them are not.
const COUNTED: &str = "undying::engine::kernel::shard_thread::ShardThread::round";

/// Valgrind, as it is installed.
#[derive(Debug)]
pub(crate) struct Valgrind(());

impl Valgrind {
    /// It, if it is installed.
    pub(crate) fn installed() -> Option<Self> {
        let asked = Command::new("valgrind")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        let installed = asked.is_ok_and(|status| status.success());
        installed.then_some(Valgrind(()))
    }

    /// The instructions of one unit of a workload.
    ///
    /// # Errors
    /// The workload fails, or callgrind says nothing that can be read.
    pub(crate) fn count(&self, workload: &Workload) -> Result<u64> {
        let few = self.run(workload, workload.units)?;
        let many = self.run(workload, 2 * workload.units)?;
        Ok(many.saturating_sub(few) / workload.units)
    }

    fn run(&self, workload: &Workload, units: u64) -> Result<u64> {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(format!("--toggle-collect={COUNTED}"))
            .arg(current_exe()?)
            .args(["work", workload.name, &units.to_string()])
            .output()
            .context("cannot start valgrind")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{} failed:\n{said}", workload.name);
        let collected = said
            .lines()
            .find_map(|line| line.split("Collected :").nth(1));
        let collected = collected.with_context(|| format!("callgrind said:\n{said}"))?;
        let collected: u64 = collected.trim().parse()?;
        ensure!(collected > 0, "nothing was collected in {COUNTED}");
        Ok(collected)
    }
}
