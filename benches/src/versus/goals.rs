//! What is to be reached, and whether it was: bounds beside the figures.

use crate::catalogue::RESTATE;
use crate::figures::{grouped, time};
use crate::row::Row;

/// What one figure of a workload must not be worse than.
#[derive(Debug, Clone, Copy)]
enum Bound {
    /// So many a second.
    Rate(f64),
    /// The half of them takes less, in milliseconds.
    P50(f64),
    /// 99 of 100 take less, in milliseconds.
    P99(f64),
    /// The half takes less than so many appends that are synced, one after the other.
    Appends(f64),
    /// So many times the rate of another workload.
    RateOf(&'static str, f64),
    /// So many times the median of another workload.
    P50Of(&'static str, f64),
    /// The process holds less, in MB.
    Memory(f64),
    /// So many times as fast as a peer.
    Ahead(&'static str, f64),
}

use Bound::{Ahead, Appends, Memory, P50, P50Of, P99, Rate, RateOf};

/// The goals of the design, by the line they are about.
const GOALS: &[(&str, &[Bound])] = &[
    (
        "hello-3/2000",
        &[
            Rate(40_000.0),
            P99(150.0),
            Ahead(RESTATE, 40.0),
            Ahead("duroxide", 400.0),
            Ahead("duroxide-fast", 400.0),
        ],
    ),
    ("hello-3/1", &[P50(0.8), Appends(6.0)]),
    ("sequence/1000", &[P50(0.25), Appends(2.0)]),
    (
        "sequence/1000000/end",
        &[P50Of("sequence/1000000/start", 1.25)],
    ),
    ("fan-out/100/1", &[Rate(100_000.0)]),
    ("fan-out/100/20", &[Rate(400_000.0)]),
    ("fan-out/10000/1", &[RateOf("fan-out/1000/1", 0.8)]),
    ("hot-entity/1", &[Rate(4_000.0)]),
    ("hot-entity/64", &[Rate(100_000.0)]),
    ("hot-entity/1024", &[Rate(500_000.0)]),
    ("entities/10000/1000", &[Rate(150_000.0)]),
    ("bank-cold/100/1", &[Rate(40_000.0), P50(2.0)]),
    ("bank-cold/100/4", &[Rate(40_000.0), P50(2.0)]),
    ("rsm-ping-pong/1000", &[Rate(2_000_000.0)]),
    ("rsm-ring/1000/10", &[Rate(50_000.0)]),
    ("parked/1000000/open", &[P50(1_000.0), Memory(80.0)]),
    (
        "parked/1000000/open-after-kill",
        &[P50(2_000.0), Memory(80.0)],
    ),
    ("restart/2000", &[P50(500.0)]),
    ("mixed/10/back-to-normal", &[P50(10_000.0)]),
    (
        "sustained/last-window",
        &[RateOf("sustained/window-2", 0.9)],
    ),
];

/// The name of whom the goals are for.
pub(crate) const SUBJECT: &str = "undying";

/// Says beside each line of `undying` that has a goal whether it was reached.
pub(crate) fn judge(rows: &mut [Row]) {
    let all = rows.to_vec();
    for row in rows.iter_mut().filter(|row| row.system == SUBJECT) {
        let goal = GOALS.iter().find(|(workload, _)| *workload == row.workload);
        row.goal = goal.and_then(|(_, bounds)| verdict(bounds, row, &all));
    }
}

/// `None` if nothing of it can be told in this run.
fn verdict(bounds: &[Bound], row: &Row, all: &[Row]) -> Option<String> {
    let judged: Vec<_> = bounds
        .iter()
        .filter_map(|bound| Some((bound.holds(row, all)?, bound.to_string())))
        .collect();
    let of = |well: bool| -> Vec<&str> {
        let some = judged.iter().filter(|one| one.0 == well);
        some.map(|one| &*one.1).collect()
    };
    let (met, missed) = (of(true).join(", "), of(false).join(", "));
    match (met.is_empty(), missed.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("met: {met}")),
        (true, false) => Some(format!("missed: {missed}")),
        (false, false) => Some(format!("missed: {missed}; met: {met}")),
    }
}

impl Bound {
    /// `None` if this run did not measure what it is about.
    fn holds(self, row: &Row, all: &[Row]) -> Option<bool> {
        let of = |workload: &str, system: &str| {
            let mut all = all.iter();
            all.find(|one| one.workload == workload && one.system == system)
        };
        Some(match self {
            Rate(least) => row.throughput? >= least,
            P50(most) => row.p50_us? <= most * 1e3,
            P99(most) => row.p99_us? <= most * 1e3,
            Appends(most) => row.p50_us? <= most * of(&row.workload, "raw-disk")?.p50_us?,
            RateOf(workload, times) => {
                row.throughput? >= times * of(workload, SUBJECT)?.throughput?
            }
            P50Of(workload, times) => row.p50_us? <= times * of(workload, SUBJECT)?.p50_us?,
            Memory(most) => row.rss_mb? <= most,
            Ahead(peer, times) => row.throughput? >= times * of(&row.workload, peer)?.throughput?,
        })
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Rate(least) => write!(f, ">= {}/s", grouped(*least)),
            P50(most) => write!(f, "p50 <= {}", time(most * 1e3)),
            P99(most) => write!(f, "p99 <= {}", time(most * 1e3)),
            Appends(most) => write!(f, "p50 <= {most} raw fsyncs"),
            RateOf(workload, times) => write!(f, ">= {times} x the rate of {workload}"),
            P50Of(workload, times) => write!(f, "p50 <= {times} x {workload}"),
            Memory(most) => write!(f, "<= {most} MB"),
            Ahead(peer, times) => write!(f, ">= {times} x {peer}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(system: &str, throughput: f64, p50_us: f64) -> Row {
        Row {
            throughput: Some(throughput),
            p50_us: Some(p50_us),
            ..Row::new("hello-3/1", system, "fsync")
        }
    }

    #[test]
    fn a_goal_that_is_missed_says_by_which_bound() {
        let mut rows = [row("undying", 1e3, 790.0), row("raw-disk", 7e3, 120.0)];
        judge(&mut rows);
        let goal = rows[0].goal.as_deref();
        assert_eq!(
            goal,
            Some("missed: p50 <= 6 raw fsyncs; met: p50 <= 800 us")
        );
        assert_eq!(rows[1].goal, None);
    }

    #[test]
    fn what_was_not_measured_is_not_judged() {
        let mut rows = [row("undying", 1e3, 790.0)];
        judge(&mut rows);
        assert_eq!(rows[0].goal.as_deref(), Some("met: p50 <= 800 us"));
        rows[0].p50_us = None;
        judge(&mut rows);
        assert_eq!(rows[0].goal, None);
    }
}
