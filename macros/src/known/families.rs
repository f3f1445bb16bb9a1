//! The macros whose arguments are understood, by what they do with them.

use syn::Path;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Family {
    /// A text, then arguments by reference.
    Format,
    /// A format that never returns.
    Panic,
    /// A destination by reference, then a format.
    Write,
    /// This many operands, then the text of the failure.
    Assert { operands: usize, debug: bool },
    /// An assertion that is known to fail.
    Failing { operands: usize },
    /// Arguments by value.
    Vec,
    /// Arguments by value, which it gives back.
    Dbg,
    /// `tracing` and `log`: fields and a format.
    Log,
    /// `tracing`'s spans: fields, and a name that is not a format.
    Span,
    /// `matches!`, which is written out as the `match` it stands for.
    Matches,
    /// `join!(a, b)`, which is `join((a, b)).await`.
    Join,
    /// Tokens that become a text at compile time.
    Text,
    /// Tokens.
    Unknown,
}

impl Family {
    pub(crate) fn of(path: &Path, name: &str) -> Family {
        match name {
            "format" | "print" | "println" | "eprint" | "eprintln" | "format_args" => {
                Family::Format
            }
            "panic" | "todo" | "unreachable" | "unimplemented" => Family::Panic,
            "write" | "writeln" => Family::Write,
            "assert" => Family::Assert {
                operands: 1,
                debug: false,
            },
            "assert_eq" | "assert_ne" => Family::Assert {
                operands: 2,
                debug: false,
            },
            "debug_assert" => Family::Assert {
                operands: 1,
                debug: true,
            },
            "debug_assert_eq" | "debug_assert_ne" => Family::Assert {
                operands: 2,
                debug: true,
            },
            "vec" => Family::Vec,
            "dbg" => Family::Dbg,
            "trace" | "debug" | "info" | "warn" | "error" | "event" | "log" => Family::Log,
            "trace_span" | "debug_span" | "info_span" | "warn_span" | "error_span" | "span" => {
                Family::Span
            }
            "matches" => Family::Matches,
            "concat" | "env" | "file" | "include_str" | "module_path" | "stringify" => Family::Text,
            // Somebody else's `join!` wants futures.
            "join" if path.segments.len() == 1 || path.segments[0].ident == "undying" => {
                Family::Join
            }
            _ => Family::Unknown,
        }
    }

    /// The first argument that may be a format text.
    pub(super) fn text_from(self) -> Option<usize> {
        match self {
            Family::Format | Family::Panic | Family::Log => Some(0),
            Family::Write => Some(1),
            Family::Assert { operands, .. } | Family::Failing { operands } => Some(operands),
            _ => None,
        }
    }

    /// Whether the arguments are used as places: looked at, not moved.
    pub(crate) fn by_place(self) -> bool {
        !matches!(
            self,
            Family::Vec | Family::Dbg | Family::Assert { operands: 1, .. }
        )
    }

    pub(crate) fn diverges(self) -> bool {
        matches!(self, Family::Panic | Family::Failing { .. })
    }
}

impl Family {
    /// An assertion whose condition to be compiled at all has been looked at.
    pub(crate) fn checked(self) -> Family {
        match self {
            Family::Assert { operands, .. } => Family::Assert {
                operands,
                debug: false,
            },
            other => other,
        }
    }
}

/// What to write instead of somebody else's macro that polls futures.
pub(super) fn polls_futures(path: &Path, name: &str) -> Option<&'static str> {
    const CRATES: [&str; 3] = ["tokio", "futures", "futures_util"];
    let first = path.segments.first()?.ident.to_string();
    if path.segments.len() < 2 || !CRATES.contains(&first.as_str()) {
        return None;
    }
    match name {
        "join" | "try_join" => Some("join"),
        "select" | "select_biased" => Some("race"),
        _ => None,
    }
}
