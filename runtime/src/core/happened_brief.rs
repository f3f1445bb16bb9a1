//! `Brief`: what histories tell most often, written without copies of what it names.

use super::Parent;

/// The [`Happened`](super::happened::Happened) of the same name, borrowed.
#[derive(Debug)]
pub(super) enum Brief<'a> {
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
            Brief::Handled { event, states } => event.len() + states.len(),
            Brief::EventArrived { name, .. } => name.len(),
            Brief::EventRaised { id, name } => id.len() + name.len(),
            Brief::Served { method, .. } => method.len(),
        };
        out.reserve(text + 5 * NUMBER_BYTES_MAX + 3);
        put(at, out);
        match self {
            Brief::Handled { event, states } => {
                out.push(15);
                put_text(event, out);
                put_text(states, out);
            }
            Brief::EventArrived { name, bytes } => {
                out.push(24);
                put_text(name, out);
                put(*bytes, out);
            }
            Brief::EventRaised { id, name } => {
                out.push(25);
                put_text(id, out);
                put_text(name, out);
            }
            Brief::Served { method, caller } => {
                out.push(27);
                put_text(method, out);
                out.push(u8::from(caller.is_some()));
                if let Some(Parent { number, operation }) = caller {
                    put(u64::from(number.partition), out);
                    put(number.n, out);
                    put(*operation, out);
                }
                out.push(0);
            }
        }
    }
}

/// Seven bits a byte, the lowest first; all but the last byte have their eighth bit set.
fn put(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    put(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
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
        let (id, name, bytes) = ("@Player@one", long.as_str(), 70_000);
        let pairs = [
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
