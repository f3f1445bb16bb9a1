//! Runs the scoreboard: the properties that tests try many times, at the size that is wanted.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};
use undying_benches::scoreboard::{
    Build, Built, LINES, Line, Ran, Size, Suite, Tally, json, planted, table,
};

/// Nothing that is tried takes longer, not even in a night.
const PATIENCE: Duration = Duration::from_secs(4 * 3600);

/// Tries what must always hold, so many times, and prints a table and a line of JSON for each property
///
/// Exits with 1 if anything did not hold, and prints how to repeat it.
#[derive(Debug, Parser)]
struct Options {
    /// What is run
    #[arg(value_enum, default_value = "pr")]
    run: Run,
    /// Only these lines of the scoreboard
    #[arg(long, value_name = "N,..", value_delimiter = ',')]
    lines: Vec<u32>,
    /// The seed to begin with
    #[arg(long, value_name = "S", default_value = "0")]
    seed: u64,
    /// With the builds of `cargo test`: nothing is built for release, and the simulation is ten times as slow
    #[arg(long)]
    dev: bool,
    /// How often each test tries, instead of what the size says
    #[arg(long, value_name = "N")]
    tries: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Run {
    /// What takes minutes
    Pr,
    /// What a night has time for
    Night,
    /// The bugs that are planted, each of which the tests must catch
    Planted,
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    let size = match options.run {
        Run::Pr => Size::Pr,
        Run::Night => Size::Night,
        Run::Planted => return planted(options.seed),
    };
    for number in &options.lines {
        let known = LINES.iter().map(|line| line.number);
        ensure!(
            known.clone().any(|line| line == *number),
            "there is no line {number}: there are {:?}",
            known.collect::<Vec<_>>()
        );
    }
    let wanted = |line: &&Line| options.lines.is_empty() || options.lines.contains(&line.number);
    let lines: Vec<_> = LINES.iter().filter(wanted).collect();
    let tries = |suite: &Suite| options.tries.unwrap_or_else(|| suite.tries(size));
    let suites = lines.iter().flat_map(|line| line.suites);
    let suites = suites.filter(|suite| tries(suite) > 0);
    let targets = suites.map(|suite| (suite.build, suite.package, suite.target));
    let built = Built::new(targets, !options.dev)?;
    let (mut tallies, mut held) = (Vec::new(), true);
    for line in lines {
        for suite in line.suites.iter().filter(|suite| tries(suite) > 0) {
            let tries = tries(suite);
            eprint!("line {}: {}, {tries} tries .. ", line.number, line.title);
            std::io::stderr().flush()?;
            if let Some(missing) = suite.build.missing() {
                eprintln!("\n  skipped: here is not {missing}");
                continue;
            }
            let place = (suite.build, suite.package, suite.target);
            let mut command = built.command(place, suite.filter)?;
            command.env("TRIES", tries.to_string());
            command.env("SEED", options.seed.to_string());
            let mut ran = Ran::within(command, PATIENCE)?;
            if suite.build == Build::Miri {
                // What it finds are not violations of what the tests try, and its tries are the tests.
                ran.tallies = vec![Tally {
                    line: line.number,
                    property: "no undefined behaviour".to_owned(),
                    tried: ran.tests,
                    violations: u64::from(!ran.passed),
                }];
            }
            eprintln!("{:.1} s", ran.took.as_secs_f64());
            held &= report(line, &ran);
            tallies.extend(ran.tallies);
        }
    }
    print!("{}\n{}", table(&tallies), json(&tallies));
    Ok(ExitCode::from(u8::from(!held)))
}

/// Says what must be known of a run beside its tallies; whether all is well.
fn report(line: &Line, ran: &Ran) -> bool {
    for why in &ran.skipped {
        eprintln!("  skipped: {why}");
    }
    let tried = ran.tallies.iter().any(|tally| tally.tried > 0);
    let violated = ran.tallies.iter().any(|tally| tally.violations > 0);
    if !ran.passed || violated {
        eprintln!("{}", ran.tail.join("\n"));
        eprintln!("line {} does not hold", line.number);
        return false;
    }
    if !tried && ran.skipped.is_empty() {
        eprintln!("line {} was not tried: no test says so", line.number);
        return false;
    }
    true
}
