//! What `versus` is asked for.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;
use clap::builder::PossibleValuesParser;

use crate::catalogue::{RESTATE, SYSTEMS, WORKLOADS, Workload};
use crate::curves::CURVES;
use crate::goals::SUBJECT;

/// Runs the same workloads on `undying`, on its peers, and on the raw disk and store, and prints a table
/// and a line of JSON for each of its lines
///
/// Every system runs in a process of its own. What is acknowledged has been synced to the disk (`fsync`)
/// unless the column `durability` says otherwise. `ratio` is how many times as fast as `undying` a system
/// was; compare figures of one run only, on a machine that does nothing else. The peers are a crate of
/// their own, built when they are needed.
///
/// Exits with 1 when `undying` fails in a workload; no figure makes it fail.
#[derive(Debug, Parser)]
#[command(name = "versus")]
pub(crate) struct Options {
    /// Small sizes and short loads: done within a minute
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only this workload, or all of its kind: `hello-3/100`, `hello-3`; may be given again
    #[arg(long, value_name = "WORKLOAD", conflicts_with_all = ["curves", "sustained"])]
    pub(crate) only: Vec<String>,
    /// Only on this system; may be given again
    #[arg(long, value_name = "SYSTEM", value_parser = PossibleValuesParser::new(SYSTEMS))]
    pub(crate) on: Vec<String>,
    /// Also on Restate, whose server must be installed: in the PATH, or named by RESTATE_SERVER
    #[arg(long)]
    pub(crate) restate: bool,
    /// Throughput over what grows: instances in flight, state, mailbox, store
    #[arg(long, conflicts_with = "sustained")]
    pub(crate) curves: bool,
    /// Hello-3 for so long, 2,000 in flight: the rate and the worst latency of each ten seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "600")]
    pub(crate) sustained: Option<f64>,
    /// Draws a chart to this file, as SVG
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
    /// Prints what there is to run, and runs nothing
    #[arg(long)]
    pub(crate) list: bool,
    /// For how long each load runs [default: 5, with --curves 2, with --quick 0.35]
    #[arg(long, value_name = "SECONDS")]
    secs: Option<f64>,
    /// Where the stores are made [default: the system's temporary folder]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Runs the workload in this process, and prints nothing but its lines
    #[arg(long, hide = true)]
    pub(crate) here: bool,
}

impl Options {
    /// For how long each load runs.
    pub(crate) fn secs(&self) -> f64 {
        let default = match (self.quick, self.curves) {
            (true, _) => 0.35,
            (false, true) => 2.0,
            (false, false) => 5.0,
        };
        self.sustained.or(self.secs).unwrap_or(default)
    }

    /// Where the stores are made.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(std::env::temp_dir)
    }

    /// What is run.
    ///
    /// # Errors
    /// A name that nothing has.
    pub(crate) fn workloads(&self) -> Result<Vec<&'static Workload>> {
        let named = |names: &[&str]| -> Vec<_> {
            let some = WORKLOADS.iter().filter(|one| names.contains(&one.name));
            some.collect()
        };
        if self.sustained.is_some() {
            return Ok(named(&["sustained"]));
        }
        if self.curves {
            let points = CURVES.iter().flat_map(|curve| curve.points.iter().copied());
            return Ok(named(&points.collect::<Vec<_>>()));
        }
        for name in &self.only {
            let only = std::slice::from_ref(name);
            ensure!(
                WORKLOADS.iter().any(|one| one.is_wanted(only, self.quick)),
                "this run has no workload `{name}`: `--list` prints all"
            );
        }
        let wanted = WORKLOADS.iter();
        let wanted = wanted.filter(|one| one.is_wanted(&self.only, self.quick));
        Ok(wanted.collect())
    }

    /// On which systems, that of the goals first.
    pub(crate) fn systems(&self, workload: &Workload) -> Vec<&'static str> {
        let all = [SUBJECT].into_iter().chain(workload.peers.iter().copied());
        let is_asked = |one: &&str| self.on.is_empty() || self.on.iter().any(|on| on == one);
        let is_there = |one: &&str| *one != RESTATE || self.restate;
        all.filter(is_asked).filter(is_there).collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(words: &[&str]) -> Options {
        Options::parse_from(["versus"].iter().chain(words))
    }

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Options::command().debug_assert();
    }

    #[test]
    fn a_sustained_run_takes_ten_minutes_unless_it_is_told_otherwise() {
        assert!((parse(&["--sustained"]).secs() - 600.0).abs() < 0.1);
        let short = parse(&["--sustained", "30"]);
        assert!((short.secs() - 30.0).abs() < 0.1);
        let names = short
            .workloads()
            .map(|all| all.iter().map(|one| one.name).collect());
        assert_eq!(names.unwrap_or(vec![]), ["sustained"]);
    }

    #[test]
    fn a_workload_that_is_not_there_is_named() {
        let wrong = parse(&["--only", "hello-3", "--only", "hello-7"]).workloads();
        let why = wrong.err().map(|error| error.to_string());
        assert!(why.is_some_and(|why| why.contains("`hello-7`")));
    }

    #[test]
    fn a_system_that_is_asked_for_runs_alone() {
        let options = parse(&["--on", "raw-fjall", "--only", "hello-3/1"]);
        let systems: Vec<_> = WORKLOADS.iter().map(|one| options.systems(one)).collect();
        assert_eq!(systems[0], ["raw-fjall"]);
        assert_eq!(parse(&[]).systems(&WORKLOADS[0])[0], "undying");
    }

    #[test]
    fn a_server_is_run_only_where_it_is_asked_for() {
        assert!(!parse(&[]).systems(&WORKLOADS[0]).contains(&RESTATE));
        let asked = parse(&["--restate"]);
        assert!(asked.systems(&WORKLOADS[0]).contains(&RESTATE));
    }
}
