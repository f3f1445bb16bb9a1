//! Why one pass over a type came to an end early.

use std::fmt;

use serde::de;

/// What a `Deserialize` under trace fails with. The user's code may wrap it and lose the kind, so
/// whatever the trace must not forget is noted in the trace itself.
#[derive(Debug)]
pub(super) enum Halt {
    /// The type refused a sample value.
    Refused(String),
    /// A struct was given one field twice; serde then tells the field's own name.
    Duplicate(&'static str),
    /// The trace goes no deeper, or has learnt what it came for.
    Stop,
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Halt::Refused(why) => f.write_str(why),
            Halt::Duplicate(field) => write!(f, "duplicate field `{field}`"),
            Halt::Stop => f.write_str("the trace stops here"),
        }
    }
}

impl std::error::Error for Halt {}

impl de::Error for Halt {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Halt::Refused(message.to_string())
    }

    fn duplicate_field(field: &'static str) -> Self {
        Halt::Duplicate(field)
    }
}
