//! One line of the result: what a workload took on a system.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::load::Load;

/// See the module. What was not measured is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// Its name, as `--only` takes it, and of several results of one workload also which it is.
    pub(crate) workload: String,
    /// Who ran it.
    pub(crate) system: String,
    /// What a crash leaves of an acknowledged result.
    pub(crate) durability: String,
    /// How many a second; of what, says the workload.
    pub(crate) throughput: Option<f64>,
    /// How long one of them took, in microseconds: half of them less.
    pub(crate) p50_us: Option<f64>,
    /// And 99 of 100 less.
    pub(crate) p99_us: Option<f64>,
    /// How many times as fast as `undying` in the same run.
    pub(crate) ratio_to_undying: Option<f64>,
    /// The memory of its process in the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rss_mb: Option<f64>,
    /// What was to be reached, and whether it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) goal: Option<String>,
    /// What must be known to read it, or why there is nothing to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

impl Row {
    /// Of a system whose acknowledged results are so durable.
    pub(crate) fn new(workload: impl Into<String>, system: &str, durability: &str) -> Row {
        Row {
            workload: workload.into(),
            system: system.to_owned(),
            durability: durability.to_owned(),
            ..Row::default()
        }
    }

    /// What a load gave, of which each operation counts for `each`.
    #[must_use]
    pub(crate) fn load(mut self, load: &Load, each: u64) -> Row {
        let done = load.latencies.count();
        let rate = (done as u64 * each) as f64 / load.took.as_secs_f64();
        self.throughput = Some(rate);
        if done > 0 {
            self.p50_us = Some(micros(load.latencies.percentile(50)));
            self.p99_us = Some(micros(load.latencies.percentile(99)));
        }
        if load.unfinished > 0 {
            let (unfinished, took) = (load.unfinished, load.took.as_secs_f64());
            self.note = Some(format!("{unfinished} were not done after {took:.0} s"));
        }
        self
    }

    /// So many, in such a time.
    #[must_use]
    pub(crate) fn rate(mut self, count: u64, took: Duration) -> Row {
        self.throughput = Some(count as f64 / took.as_secs_f64());
        self
    }

    /// One thing that took such a time.
    #[must_use]
    pub(crate) fn once(mut self, took: Duration) -> Row {
        self.p50_us = Some(micros(took));
        self
    }

    /// Why there is nothing to read.
    pub(crate) fn failed(&self) -> Option<&str> {
        let note = self.note.as_deref();
        note.filter(|note| note.starts_with("failed"))
    }

    /// Says something about it.
    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Row {
        self.note = Some(note.into());
        self
    }
}

/// In microseconds.
pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
