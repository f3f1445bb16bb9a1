//! Every bound of the system that user code can meet, in one place.

/// Largest encoded argument list, result or event, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest instance id, in bytes.
pub const INSTANCE_ID_BYTES_MAX: usize = 512;
/// Longest status an instance gives itself, in bytes.
pub const STATUS_BYTES_MAX: usize = 16 * 1024;
/// Most calls one instance may have under way at a time.
pub const OPERATIONS_MAX: usize = 100_000;
/// Deepest nesting of inline `#[resumable]` helpers.
pub const FRAME_DEPTH_MAX: usize = 128;
/// A saved local larger than this, in bytes, is kept in a row of its own and written only when it changed.
pub const SLOT_INLINE_BYTES_MAX: usize = 512;
