//! The table of what was counted last, in the repository.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::workloads::Workload;

/// More than this is a change for the worse.
const GROWTH_PERCENT_MAX: u64 = 10;

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("instructions.txt")
}

/// What was counted last, by workload.
///
/// # Errors
/// The table cannot be read.
pub(crate) fn read() -> Result<BTreeMap<String, u64>> {
    let file = file();
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("cannot read {}", file.display()))?;
    parse(&text)
}

fn parse(text: &str) -> Result<BTreeMap<String, u64>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, count) = line
                .split_once(' ')
                .with_context(|| format!("no workload and count: `{line}`"))?;
            Ok((name.to_owned(), count.trim().parse()?))
        })
        .collect()
}

/// Writes the table anew.
///
/// # Errors
/// It cannot be written.
pub(crate) fn write(counted: &[(&str, u64)]) -> Result<()> {
    let mut text = "# Instructions of a shard per unit; `cargo run --release --bin instructions -- --write` makes it.\n"
        .to_owned();
    for (name, count) in counted {
        text += &format!("{name} {count}\n");
    }
    std::fs::write(file(), text).context("cannot write benches/instructions.txt")
}

/// Whether it is more than it may be. What was never counted has not grown.
pub(crate) fn has_grown(was: Option<u64>, count: u64) -> bool {
    was.is_some_and(|was| count * 100 > was * (100 + GROWTH_PERCENT_MAX))
}

/// A line of the table that is printed.
#[derive(Debug)]
pub(crate) struct Counted<'a> {
    /// What was counted.
    pub(crate) workload: &'a Workload,
    /// Its instructions per unit.
    pub(crate) count: u64,
    /// What they were.
    pub(crate) was: Option<u64>,
}

impl fmt::Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, unit) = (self.workload.name, self.workload.unit);
        write!(f, "{name:16} {:>8} instructions {unit:16}", self.count)?;
        let Some(was) = self.was else {
            return Ok(());
        };
        let change = 100.0 * (self.count as f64 / was as f64 - 1.0);
        write!(f, " was {was:>8} ({change:+.1}%)")?;
        match has_grown(self.was, self.count) {
            true => write!(f, ", more than {GROWTH_PERCENT_MAX}%"),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_more_is_allowed_and_anything_beyond_is_not() {
        assert!(!has_grown(Some(1_000), 1_100));
        assert!(has_grown(Some(1_000), 1_101));
        assert!(!has_grown(None, 1_101));
    }

    #[test]
    fn a_table_reads_back_as_lines_of_name_and_count() {
        let read = parse("# a remark\nhello-3 12\nsteps 7\n").expect("two lines");
        assert_eq!(read["hello-3"], 12);
        assert_eq!(read["steps"], 7);
        assert!(parse("hello-3").is_err());
    }
}
