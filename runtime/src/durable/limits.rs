//! Every bound of the system that user code can meet, in one place.

use std::time::Duration;

/// Largest encoded argument list, result or event, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest instance id, in bytes.
pub const INSTANCE_ID_BYTES_MAX: usize = 512;
/// Longest status an instance gives itself, in bytes.
pub const STATUS_BYTES_MAX: usize = 16 * 1024;
/// Longest reason of a termination or suspension, in bytes.
pub const REASON_BYTES_MAX: usize = 4 * 1024;
/// Most tags one instance has.
pub const TAGS_MAX: usize = 16;
/// Longest name of a tag, in bytes.
pub const TAG_NAME_BYTES_MAX: usize = 64;
/// Longest value of a tag, in bytes.
pub const TAG_VALUE_BYTES_MAX: usize = 256;
/// Longest version of an engine, in bytes.
pub const VERSION_BYTES_MAX: usize = 64;
/// Most calls one instance may have under way at a time.
pub const OPERATIONS_MAX: usize = 100_000;
/// Deepest nesting of inline `#[resumable]` helpers.
pub const FRAME_DEPTH_MAX: usize = 128;
/// A saved local larger than this, in bytes, is kept in a row of its own and written only when it changed.
pub const SLOT_INLINE_BYTES_MAX: usize = 512;
/// Longest idempotency key of a client's request, in bytes.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 256;
/// Most compensations of one [`Saga`](super::Saga).
pub const COMPENSATIONS_MAX: usize = 1_000;
/// Longest text of an error that is kept without its type, in bytes; the rest is cut off.
pub const FAILURE_TEXT_BYTES_MAX: usize = 4 * 1024;
/// Longest text a stored value is printed as, in bytes; the rest is cut off.
pub const VALUE_TEXT_BYTES_MAX: usize = 1024;
/// Longest name of a schedule, in bytes.
pub const SCHEDULE_NAME_BYTES_MAX: usize = 256;
/// Longest cron expression, in bytes.
pub const CRON_BYTES_MAX: usize = 256;
/// How late a start of a schedule may be that is not made up for what was [missed](super::Missed).
pub const SCHEDULE_GRACE: Duration = Duration::from_secs(60);
/// Most entities one critical section locks.
pub const LOCKED_ENTITIES_MAX: usize = 500;
/// Turns in the recording of a replayed orchestration, since its run began.
pub const RECORDING_TURNS_MAX: usize = 10_000;
/// The same in bytes, without the arguments of the run.
pub const RECORDING_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The end of a recording, in bytes, that is written with every turn; the rest lies in rows that are
/// written once.
pub const RECORDING_CHUNK_BYTES: usize = 4 * 1024;
/// An argument in a recording that is larger than this, in bytes, is kept as its hash: replays compare
/// it all the same.
pub const RECORDING_VALUE_BYTES_MAX: usize = 256;
/// Longest name of an event, in bytes.
pub const EVENT_NAME_BYTES_MAX: usize = 256;
/// Events of one instance that nobody has taken, beyond which clients cannot raise more. Those that
/// orchestrations raise are always taken in.
pub const EVENTS_WAITING_MAX: usize = 10_000;
/// The same in bytes of their values.
pub const EVENTS_WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Longest time the management API waits for a result before it answers that there is none yet.
pub const HTTP_WAIT_MAX: Duration = Duration::from_secs(60);
/// When clients of the management API are asked to come again, in seconds.
pub const HTTP_RETRY_AFTER_SECS: u64 = 1;
/// Longest body of a response that `send` takes, in bytes: with its headers it is a payload.
pub const HTTP_RESPONSE_BYTES_MAX: usize = PAYLOAD_BYTES_MAX - 512 * 1024;
/// Most redirects that one exchange follows.
pub const HTTP_REDIRECTS_MAX: usize = 10;
/// When `send` polls again if no `Retry-After` says so.
pub const HTTP_POLL_AFTER: Duration = Duration::from_secs(1);
/// The shortest pause between two polls, whatever `Retry-After` says.
pub const HTTP_POLL_AFTER_MIN: Duration = Duration::from_millis(100);
/// Most timers of one machine that run at a time.
pub const TIMERS_MAX: usize = 1_000;
/// Longest name of a machine's timer, in bytes.
pub const TIMER_NAME_BYTES_MAX: usize = 256;
/// Most handlers that one event runs, with what they raise and the states they leave and enter.
pub const HANDLERS_PER_EVENT_MAX: usize = 10_000;
/// Deepest stack of states of one machine.
pub const STATE_STACK_MAX: usize = 256;
