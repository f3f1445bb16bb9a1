//! Stored values as text of bounded length, for people who have not the types at hand.

use std::fmt::{self, Write as _};

use super::stored::Stored;
use crate::durable::limits::VALUE_TEXT_BYTES_MAX;

/// Prints the value by its stored schema, as Rust's `Debug` would, in its `{:#}` form too. What is
/// longer than [`VALUE_TEXT_BYTES_MAX`] is cut, and ends with how many bytes are stored; all of it
/// [`describe`](Stored::describe) has. A value that cannot be read is the reason, in `<>`.
impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Bounded(String::new());
        let written = match self.describe() {
            Ok(value) if f.alternate() => write!(text, "{value:#}"),
            Ok(value) => write!(text, "{value}"),
            Err(why) => write!(text, "<{why}>"),
        };
        f.write_str(&text.0)?;
        match written {
            Ok(()) => Ok(()),
            Err(fmt::Error) => write!(f, ".. (of {} bytes)", self.bytes.len()),
        }
    }
}

/// Text that takes no more than its bound, and fails beyond.
struct Bounded(String);

impl fmt::Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let room = VALUE_TEXT_BYTES_MAX - self.0.len();
        let fits = more.floor_char_boundary(room);
        self.0.push_str(&more[..fits]);
        match fits < more.len() {
            true => Err(fmt::Error),
            false => Ok(()),
        }
    }
}
