//! Bugs on purpose: whether the tests notice each of them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{Build, Built, Ran};
use crate::root;

/// Where the bugs are listed.
const LIST: &str = "runtime/tests/planted.txt";
/// How often a test tries that must pass, for no bug is planted.
const TRIES_IN_PEACE: u64 = 50;
/// A bug may make a test hang.
const PATIENCE: Duration = Duration::from_secs(120);

/// A bug, and the tests that must fail with it.
struct Bug<'a> {
    name: &'a str,
    rule: &'a str,
    target: &'a str,
    filter: &'a str,
    tries: u64,
}

/// Runs, for each bug that can be planted, the tests that must fail with it and pass without.
///
/// # Errors
/// The list of the bugs cannot be read, the tests do not build, or cannot be run.
pub fn planted(seed: u64) -> Result<ExitCode> {
    let list = fs::read_to_string(root().join(LIST)).with_context(|| format!("no {LIST}"))?;
    let lines = list.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let bugs = lines.map(bug).collect::<Result<Vec<_>>>()?;
    let targets = bugs
        .iter()
        .map(|bug| (Build::Planted, "undying", bug.target));
    let built = Built::new(targets, true)?;
    let run = |bug: &Bug<'_>, planted: bool| {
        let mut command = built.command((Build::Planted, "undying", bug.target), bug.filter)?;
        let tries = if planted {
            bug.tries
        } else {
            bug.tries.min(TRIES_IN_PEACE)
        };
        command.env("SEED", seed.to_string());
        command.env("TRIES", tries.to_string());
        if planted {
            command.env("PLANTED", bug.name);
        }
        Ran::within(command, PATIENCE)
    };
    let mut peace = BTreeMap::new();
    let mut caught = 0;
    for bug in &bugs {
        let Bug {
            name,
            rule,
            target,
            filter,
            ..
        } = bug;
        eprint!("{name} (rule {rule}): {target} {filter} .. ");
        std::io::stderr().flush()?;
        let well = match peace.get(&(target, filter)) {
            Some(well) => *well,
            None => {
                let ran = run(bug, false)?;
                let well = ran.passed && ran.tests > 0;
                if !well {
                    eprintln!("{}", ran.tail.join("\n"));
                }
                peace.insert((target, filter), well);
                well
            }
        };
        let is_caught = well && !run(bug, true)?.passed;
        caught += usize::from(is_caught);
        eprintln!(
            "{}",
            match (well, is_caught) {
                (false, _) => "the test fails, or is not there, without the bug",
                (true, true) => "caught",
                (true, false) => "NOT caught",
            }
        );
    }
    let all = bugs.len();
    println!(
        r#"{{"line":6,"property":"planted bugs are caught","tried":{all},"violations":{}}}"#,
        all - caught
    );
    println!("planted: {caught} of {all} caught");
    Ok(ExitCode::from(u8::from(caught < all)))
}

fn bug(line: &str) -> Result<Bug<'_>> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [name, rule, target, filter, tries] = words[..] else {
        anyhow::bail!("`{line}` in {LIST} is not: bug, rule, target, test, tries");
    };
    let tries = tries
        .parse()
        .with_context(|| format!("tries in `{line}`"))?;
    ensure!(tries > 0, "`{line}` tries nothing");
    Ok(Bug {
        name,
        rule,
        target,
        filter,
        tries,
    })
}
