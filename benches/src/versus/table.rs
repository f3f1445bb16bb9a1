//! The result: a table for people, a line of JSON for each of its lines, and what is compared in it.

use anstyle::{AnsiColor, Style};

use crate::catalogue::WORKLOADS;
use crate::figures::{grouped, ratio, time};
use crate::goals::SUBJECT;
use crate::row::Row;

/// Says how fast each system is beside `undying`, by its throughput, or by the time that it took if
/// there is no throughput.
pub(crate) fn compare(rows: &mut [Row]) {
    let all = rows.to_vec();
    for row in rows {
        let beside = |one: &&Row| one.system == SUBJECT && one.workload == row.workload;
        let Some(undying) = all.iter().find(beside) else {
            continue;
        };
        let rates = row.throughput.zip(undying.throughput);
        let rates = rates.map(|(rate, undying)| rate / undying);
        let times = row.p50_us.zip(undying.p50_us);
        let times = times.map(|(time, undying)| undying / time);
        let ratio = rates.or(times);
        row.ratio_to_undying = ratio.filter(|ratio| ratio.is_finite());
    }
}

/// The table, with colours.
#[must_use]
pub(crate) fn table(rows: &[Row]) -> String {
    let bold = Style::new().bold();
    let (good, bad) = (
        AnsiColor::Green.on_default(),
        AnsiColor::Red.on_default().bold(),
    );
    let mut text = String::new();
    let mut last = "";
    for row in rows {
        if row.workload != last {
            last = &row.workload;
            let known = WORKLOADS.iter().find(|workload| {
                let rest = last.strip_prefix(workload.name);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            let what = known.map_or("", |workload| workload.what);
            let unit = known.map_or("", |workload| workload.unit);
            text += &format!(
                "\n{bold}{last}{bold:#}  {what}\n  {:14} {:34} {:>14} {:>9} {:>9} {:>8} {:>8}\n",
                "system",
                "durability",
                format!("{unit}/s"),
                "p50",
                "p99",
                "ratio",
                "memory"
            );
        }
        let or = |figure: Option<f64>, show: fn(f64) -> String| {
            figure.map_or_else(|| "-".to_owned(), show)
        };
        text += &format!(
            "  {:14} {:34} {:>14} {:>9} {:>9} {:>8} {:>8}",
            row.system,
            row.durability,
            or(row.throughput, grouped),
            or(row.p50_us, time),
            or(row.p99_us, time),
            or(row.ratio_to_undying, ratio),
            or(row.rss_mb, |mb| format!("{mb:.0} MB")),
        );
        if let Some(goal) = &row.goal {
            let style = if goal.starts_with("met") { good } else { bad };
            text += &format!("  {style}{goal}{style:#}");
        }
        if let Some(note) = &row.note {
            text += &format!("  {note}");
        }
        text.push('\n');
    }
    text
}

/// A line of JSON for each line of the table.
#[must_use]
pub(crate) fn json(rows: &[Row]) -> String {
    let lines = rows
        .iter()
        .filter_map(|row| serde_json::to_string(row).ok());
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(system: &str, throughput: Option<f64>, p50_us: f64) -> Row {
        Row {
            throughput,
            p50_us: Some(p50_us),
            ..Row::new("hello-3/1", system, "fsync")
        }
    }

    #[test]
    fn who_is_twice_as_fast_has_a_ratio_of_two() {
        let mut rows = [
            row("undying", Some(100.0), 10.0),
            row("restate", Some(200.0), 7.0),
            row("kameo", None, 5.0),
        ];
        compare(&mut rows);
        let ratios = rows.map(|row| row.ratio_to_undying);
        assert_eq!(ratios, [Some(1.0), Some(2.0), Some(2.0)]);
    }

    #[test]
    fn a_machine_reads_what_stands_in_the_table() {
        let mut rows = [row("undying", Some(100.0), 10.0)];
        compare(&mut rows);
        assert_eq!(
            json(&rows),
            "{\"workload\":\"hello-3/1\",\"system\":\"undying\",\"durability\":\"fsync\",\
             \"throughput\":100.0,\"p50_us\":10.0,\"p99_us\":null,\"ratio_to_undying\":1.0}\n"
        );
        let plain = anstream::adapter::strip_str(&table(&rows)).to_string();
        let words: Vec<_> = plain.lines().map(str::trim).collect();
        assert!(
            words[1].starts_with("hello-3/1  three activities"),
            "{plain}"
        );
        let last: Vec<_> = words[3].split_whitespace().collect();
        assert_eq!(
            last,
            ["undying", "fsync", "100", "10", "us", "-", "1.00", "-"]
        );
    }
}
