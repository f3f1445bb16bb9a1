//! What was tried, as a table for people and as lines of JSON.

use std::fmt::Write;

use super::Tally;

/// Lines of one property are one.
fn summed(tallies: &[Tally]) -> Vec<Tally> {
    let mut sums: Vec<Tally> = Vec::new();
    for tally in tallies {
        let same = |sum: &&mut Tally| (sum.line, &sum.property) == (tally.line, &tally.property);
        match sums.iter_mut().find(same) {
            Some(sum) => {
                sum.tried += tally.tried;
                sum.violations += tally.violations;
            }
            None => sums.push(tally.clone()),
        }
    }
    sums.sort_by_key(|tally| tally.line);
    sums
}

/// The table.
#[must_use]
pub fn table(tallies: &[Tally]) -> String {
    let sums = summed(tallies);
    let widest = sums
        .iter()
        .map(|tally| tally.property.chars().count())
        .max();
    let widest = widest.unwrap_or(0).max("property".len());
    let mut text = format!(
        "line  {:widest$}  {:>12}  violations\n",
        "property", "tried"
    );
    for tally in sums {
        let Tally {
            line,
            property,
            tried,
            violations,
        } = tally;
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "{line:>4}  {property:widest$}  {tried:>12}  {violations:>10}"
        );
    }
    text
}

/// A line of JSON for each line of the table.
#[must_use]
pub fn json(tallies: &[Tally]) -> String {
    let sums = summed(tallies);
    let lines = sums
        .iter()
        .filter_map(|tally| serde_json::to_string(tally).ok());
    lines.map(|line| line + "\n").collect()
}
