//! Every bound of the kernel, in one place. What user code can meet is in `durable::limits`.

use std::time::Duration;

use crate::durable::Retry;
use crate::store::Caps;

/// Requests that wait in the mailbox of one entity before clients are told that it is busy.
/// Instances are never told that (rule 29).
pub const MAILBOX_MAX: usize = 10_000;

/// Requests that wait in the mailbox of one entity and are in memory; beyond it they are only in the
/// store until they are next (rule 29).
pub const MAILBOX_IN_MEMORY: usize = 2_048;

/// How long the answer to a request with an idempotency key is kept, unless another time is chosen
/// (rule 14).
pub const ANSWERS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// How long events wait for an instance that nobody has started, unless another time is chosen
/// (rule 25).
pub const EARLY_EVENTS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Rows of answers that are over, deleted at a time.
pub const SWEEP_ROWS: usize = 1_000;

/// Virtual partitions of a store, unless another number is chosen when it is created (rule 36).
pub const PARTITIONS: u16 = crate::store::StoreOptions::VIRTUAL_PARTITIONS;

/// Most messages and turns a shard takes before it looks at its inbox and the time again.
pub const SLICE_TURNS: usize = 256;

/// With so many turns to make it takes no further commands and ends of attempts until they are made.
/// Thousands that are in flight together would else move in step, and shard and committer take turns
/// instead of working at the same time.
pub const SLICE_READY: usize = 64;

/// It takes so many inputs whatever there is to run.
pub const SLICE_INPUTS_MIN: usize = 16;

/// It takes at most so many commands, for all may be for one instance, and then looks whether the epoch is
/// to be sealed: if all who wait were in it, nobody would be left for the next.
pub const SLICE_COMMANDS: usize = 128;

/// With commands and ends of attempts together it takes at most so many for each turn there may be to make:
/// one turn takes all ends that are for its instance.
pub const ENDS_A_TURN: usize = 16;

/// A shard that was asked to cut takes nothing more from outside once it has changed so many instances,
/// or has so many answers to give: enough to share an fsync.
pub const CLOSED_CHANGED: usize = 128;

/// A shard that was asked to cut does so when it has this many bytes to write, even if it has
/// more to run (rule 31).
pub const CUT_BYTES: usize = 1 << 20;

/// ... or after this many milliseconds.
pub const CUT_AFTER_MS: u64 = 8;

/// An entity is left for a look at the epoch's size when its last operations gave so many bytes.
pub const VISIT_BYTES: usize = 64 << 10;

/// What a dirty instance is taken for, in bytes, before it is encoded.
pub const INSTANCE_BYTES_ASSUMED: usize = 256;

/// What a message leaves that a machine handled in the epoch in which it was sent, in bytes: entries of
/// two histories.
pub const HANDLED_BYTES_ASSUMED: usize = 64;

/// Pending operations kept inside the instance's row; more have rows of their own.
pub const OPERATIONS_INLINE_MAX: usize = 128;

/// A pending operation with more bytes of arguments than this has a row of its own.
pub const OPERATION_INLINE_BYTES_MAX: usize = 256;

/// A turn that fails so often in a row parks its instance (rule 34).
pub const TURN_FAILURES_MAX: u32 = 3;

/// An activity during whose attempts the process died so often fails (rule 18).
pub const RESTARTS_MAX: u32 = 20;

/// An instance during whose turns the process died so often in a row is parked (rule 19). Each costs
/// a start of the process, and few supervisors grant many; with fewer, processes that are killed from
/// outside, again and again right after they have opened a store, parked innocent ones.
pub const DEATHS_MAX: u32 = 5;

/// How often in a row the store may fail, at opening or before a commit of the new life, until the
/// engine gives up: at the 13th, after about a minute of pauses. At first it is opened at once.
pub const REOPENING: Retry = Retry::attempts(13)
    .first(Duration::from_millis(50))
    .factor(2.0)
    .max(Duration::from_secs(15));

/// Epochs after which a shard measures no longer every turn, as it does after a batch that was too
/// large for the store.
pub const CAREFUL_EPOCHS: u64 = 1_000;

/// Longest message of a panic that is kept, in bytes; the rest is cut off.
pub const PANIC_BYTES_MAX: usize = 16 << 10;

/// Instance numbers a partition reserves at a time.
pub const NUMBERS_RESERVED: u64 = 1_024;

/// Entries of a history that share a row. The latest ones, fewer than this, stand in the instance's.
pub const HISTORY_CHUNK: u64 = 16;

/// Longest text in an entry of a history, in bytes: errors and reasons are cut off there.
pub const HISTORY_TEXT_BYTES_MAX: usize = 200;

/// Entries of a history that are read at a time.
pub const HISTORY_PAGE: u64 = 1_024;

/// Rows one page of a list looks at.
pub const LIST_ROWS_MAX: usize = 1_000;

/// Commands a shard lets wait before clients are told `Busy` (rule 29).
pub const COMMANDS_WAITING_MAX: usize = 65_536;

/// How much a shard has to do before clients are told `Busy`, unless another number is chosen: twice
/// as many turns as clients of the largest workloads that are measured have under way, and less than a
/// second of them (rule 29).
pub const WORK_MAX: usize = 20_000;

/// Commands that a shard takes a look at although it is busy: those that were done before are answered.
pub const REPEATS_WAITING_MAX: usize = 64;

/// What an instance's row holds besides its frame, in bytes, at most.
pub const ROW_BYTES: usize = 512 << 10;

impl Caps {
    /// How much one turn may ask for or keep, so that it fits into an epoch.
    pub(crate) fn turn_bytes(&self) -> usize {
        self.max_batch_bytes / 4
    }
}

/// What a shard keeps in memory and does at a time. The defaults suit most programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Instances it keeps in memory although nothing happens to them (rule 21).
    pub idle_instances: usize,
    /// Bytes of them, as they are encoded.
    pub idle_bytes: usize,
    /// Requests that wait for one entity which it keeps in memory (rule 29).
    pub mailbox_in_memory: usize,
    /// It runs no further turn while it has this many bytes that are not sealed (rule 32). The
    /// store's own limit on a batch, divided by the shards, counts too.
    pub epoch_bytes: usize,
    /// Most turns one instance gets before the next ready one (rule 31).
    pub turns_in_a_row: u32,
    /// Timers due within this many milliseconds are in memory.
    pub timer_horizon_ms: u64,
    /// About how many timers are read ahead.
    pub timers_ahead: usize,
    /// Instances that were left runnable, read at a time while the store is opened.
    pub recovery_slice: usize,
    /// Time stands still at whole milliseconds, as under a clock that a test moves. So a timer fires
    /// in the millisecond it is due in and not after it.
    pub time_stands: bool,
    /// For how many milliseconds answers to requests with an idempotency key are kept (rule 14).
    pub answers_kept_ms: u64,
    /// How many entries the history of an instance keeps at least; 0 for none.
    pub history_entries: usize,
    /// For how many milliseconds events wait for an instance that nobody has started (rule 25).
    pub early_events_kept_ms: u64,
    /// It takes no further work from clients while it has so much to do (rule 29).
    pub work: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            idle_instances: 20_000,
            idle_bytes: 64 << 20,
            mailbox_in_memory: MAILBOX_IN_MEMORY,
            epoch_bytes: 8 << 20,
            turns_in_a_row: 16,
            timer_horizon_ms: 60_000,
            timers_ahead: 10_000,
            recovery_slice: 1_000,
            time_stands: false,
            answers_kept_ms: ANSWERS_KEPT.as_millis() as u64,
            history_entries: 1_000,
            early_events_kept_ms: EARLY_EVENTS_KEPT.as_millis() as u64,
            work: WORK_MAX,
        }
    }
}

/// How long events wait for a machine whose creation must be on its way, in milliseconds.
pub(crate) const CREATION_MS_MAX: u64 = 60_000;
/// The pause after the first turn of a machine that failed, in milliseconds; it doubles.
pub(crate) const REST_MS: u64 = 100;
