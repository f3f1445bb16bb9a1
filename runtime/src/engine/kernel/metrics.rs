//! What the kernel counts, through the `metrics` facade.
//!
//! | name | kind | what |
//! |---|---|---|
//! | `undying_turns_total{shard}` | counter | turns of orchestrations |
//! | `undying_messages_total{shard}` | counter | messages between instances |
//! | `undying_dead_letters_total{shard}` | counter | events that nobody could take |
//! | `undying_instances_resident{shard}` | gauge | instances in memory |
//! | `undying_commands_waiting{shard}` | gauge | commands in the inbox, those with much in them more than once |
//! | `undying_work{shard}` | gauge | what there is to do, as `EngineBuilder::work_max` bounds it |
//! | `undying_busy_total{shard}` | counter | commands that were told that the engine is busy |
//! | `undying_commits_total` | counter | commits |
//! | `undying_commit_seconds` | histogram | time of a commit, with its sync |
//! | `undying_commit_bytes` | histogram | bytes of keys and values in a commit |
//! | `undying_restarts_total` | counter | how often memory was dropped and read again |

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::core::Ran;

/// The counters of one shard.
pub(super) struct ShardMetrics {
    turns: Counter,
    messages: Counter,
    dead_letters: Counter,
    resident: Gauge,
    waiting: Gauge,
    work: Gauge,
}

/// Commands to this shard that were told that the engine is busy.
pub(super) fn refused(shard: usize) -> Counter {
    counter!("undying_busy_total", "shard" => shard.to_string())
}

impl ShardMetrics {
    pub(super) fn new(shard: usize) -> Self {
        let shard = shard.to_string();
        ShardMetrics {
            turns: counter!("undying_turns_total", "shard" => shard.clone()),
            messages: counter!("undying_messages_total", "shard" => shard.clone()),
            dead_letters: counter!("undying_dead_letters_total", "shard" => shard.clone()),
            resident: gauge!("undying_instances_resident", "shard" => shard.clone()),
            waiting: gauge!("undying_commands_waiting", "shard" => shard.clone()),
            work: gauge!("undying_work", "shard" => shard),
        }
    }

    pub(super) fn ran(&self, ran: Ran) {
        if ran.turns > 0 {
            self.turns.increment(ran.turns as u64);
        }
        if ran.messages > 0 {
            self.messages.increment(ran.messages as u64);
        }
        if ran.dead_letters > 0 {
            self.dead_letters.increment(ran.dead_letters as u64);
        }
    }

    /// Looked at once an epoch.
    pub(super) fn sealed(&self, resident: usize, work: usize, waiting: usize) {
        self.resident.set(resident as f64);
        self.work.set(work as f64);
        self.waiting.set(waiting as f64);
    }
}

/// The counters of the committer.
pub(super) struct CommitMetrics {
    commits: Counter,
    seconds: Histogram,
    bytes: Histogram,
    restarts: Counter,
}

impl CommitMetrics {
    pub(super) fn new() -> Self {
        CommitMetrics {
            commits: counter!("undying_commits_total"),
            seconds: histogram!("undying_commit_seconds"),
            bytes: histogram!("undying_commit_bytes"),
            restarts: counter!("undying_restarts_total"),
        }
    }

    pub(super) fn committed(&self, took: Duration, bytes: usize) {
        self.commits.increment(1);
        self.seconds.record(took.as_secs_f64());
        self.bytes.record(bytes as f64);
    }

    pub(super) fn restarted(&self) {
        self.restarts.increment(1);
    }
}
