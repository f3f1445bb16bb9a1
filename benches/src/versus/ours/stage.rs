//! Stages of a workload that outlive a process: each runs in a process of its own, on one store.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Setting;
use crate::goals::SUBJECT;
use crate::row::Row;
use crate::systems::{Systems, Told, child};

/// What a stage prints that waits to be killed.
const READY: &str = "ready";

/// Runs a stage to its end, on the store in the folder of the setting.
pub(crate) fn run(setting: &Setting, stage: &str) -> Result<Vec<Row>> {
    let workload = format!("{}/{stage}", setting.workload);
    let rows = Systems::default().run(SUBJECT, &told(setting, &workload))?;
    let failed = rows.iter().find_map(Row::failed);
    ensure!(failed.is_none(), "{workload} {}", failed.unwrap_or(""));
    Ok(rows)
}

/// Runs a stage until it is ready, lets it go on for a while, and kills it.
pub(crate) fn kill(setting: &Setting, stage: &str, after: Duration) -> Result<()> {
    let workload = format!("{}/{stage}", setting.workload);
    let mut command = Command::new(std::env::current_exe()?);
    child(&mut command, &told(setting, &workload));
    let mut child = command.arg("--here").stdout(Stdio::piped()).spawn()?;
    let printed = child.stdout.take().context("its output is read")?;
    let first = BufReader::new(printed).lines().next();
    std::thread::sleep(after);
    child.kill()?;
    child.wait()?;
    let first = first.transpose()?.unwrap_or_default();
    ensure!(first == READY, "{workload} was not ready to be killed");
    Ok(())
}

/// Says that this process may be killed from now on.
pub(crate) fn ready() {
    println!("{READY}");
}

fn told<'a>(setting: &'a Setting, workload: &'a str) -> Told<'a> {
    Told {
        workload,
        secs: setting.time.as_secs_f64(),
        folder: &setting.folder,
    }
}
