//! `Brief`: what histories tell most often, written without copies of what it names.

use super::Parent;
use crate::schema::{append_number, append_text};

/// The [`Happened`](super::happened::Happened) of the same name, borrowed.
#[derive(Debug)]
pub(super) enum Brief<'a> {
    Waits {
        point: &'a str,
    },
    Handled {
        event: &'a str,
        states: &'a str,
    },
    EventArrived {
        name: &'a str,
        bytes: u64,
    },
    EventRaised {
        id: &'a str,
        name: &'a str,
    },
    /// Without an error.
    Served {
        method: &'a str,
        caller: Option<Parent>,
    },
}

impl Brief<'_> {
    /// Writes it with its time, as postcard does.
    pub(super) fn write(&self, at: u64, out: &mut Vec<u8>) {
        const NUMBER_BYTES_MAX: usize = 10;
        let text = match self {
            Brief::Waits { point } => point.len(),
            Brief::Handled { event, states } => event.len() + states.len(),
            Brief::EventArrived { name, .. } => name.len(),
            Brief::EventRaised { id, name } => id.len() + name.len(),
            Brief::Served { method, .. } => method.len(),
        };
        out.reserve(text + 5 * NUMBER_BYTES_MAX + 3);
        append_number(at, out);
        match self {
            Brief::Waits { point } => {
                out.push(1);
                append_text(point, out);
            }
            Brief::Handled { event, states } => {
                out.push(15);
                append_text(event, out);
                append_text(states, out);
            }
            Brief::EventArrived { name, bytes } => {
                out.push(24);
                append_text(name, out);
                append_number(*bytes, out);
            }
            Brief::EventRaised { id, name } => {
                out.push(25);
                append_text(id, out);
                append_text(name, out);
            }
            Brief::Served { method, caller } => {
                out.push(27);
                append_text(method, out);
                out.push(u8::from(caller.is_some()));
                if let Some(Parent { number, operation }) = caller {
                    append_number(u64::from(number.partition), out);
                    append_number(number.n, out);
                    append_number(*operation, out);
                }
                out.push(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::format;
    use super::super::happened::Happened;
    use super::super::{Number, Parent};
    use super::Brief;

    fn served(caller: Option<Parent>) -> (Brief<'static>, Happened) {
        let method = "deposit";
        let brief = Brief::Served { method, caller };
        let (method, error) = (method.into(), None);
        let whole = Happened::Served {
            method,
            caller,
            error,
        };
        (brief, whole)
    }

    #[test]
    fn a_brief_entry_is_written_as_the_entry_itself() {
        let (event, states) = ("Ball", "Playing > Serving");
        let long = "a name of more than a hundred bytes ".repeat(4);
        let long = long.as_str();
        let (id, name, bytes) = ("@Player@one", long, 70_000);
        let pairs = [
            (
                Brief::Waits { point: long },
                Happened::Waits {
                    point: long.to_owned(),
                },
            ),
            (
                Brief::Handled { event, states },
                Happened::Handled {
                    event: event.to_owned(),
                    states: states.to_owned(),
                },
            ),
            (
                Brief::EventArrived { name, bytes },
                Happened::EventArrived {
                    name: name.to_owned(),
                    bytes,
                },
            ),
            (
                Brief::EventRaised { id, name },
                Happened::EventRaised {
                    id: id.to_owned(),
                    name: name.to_owned(),
                },
            ),
            served(None),
            served(Some(Parent {
                number: Number {
                    partition: 300,
                    n: 7,
                },
                operation: u64::MAX,
            })),
        ];
        for at in [0, 127, 128, u64::MAX] {
            for (brief, whole) in &pairs {
                let (mut briefly, mut wholly) = (Vec::new(), Vec::new());
                brief.write(at, &mut briefly);
                format::extend(&mut wholly, &(at, whole));
                assert_eq!(briefly, wholly);
            }
        }
    }
}
