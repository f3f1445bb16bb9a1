//! Every reader of stored bytes, by name: for tests that give it bytes that nobody wrote.
//!
//! Not public API. A reader takes the bytes or refuses them; it returns whether it took them. What it
//! took it writes and reads again, which has to give the same.

/// A reader of stored bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// What it reads.
    pub name: &'static str,
    /// Reads; returns whether the bytes are such a thing.
    pub read: fn(&[u8]) -> bool,
    /// Such things, if no store has them as rows.
    pub samples: fn() -> Vec<Vec<u8>>,
}

impl Reader {
    pub(crate) const fn new(name: &'static str, read: fn(&[u8]) -> bool) -> Self {
        let samples = || Vec::new();
        Reader {
            name,
            read,
            samples,
        }
    }

    pub(crate) const fn with(self, samples: fn() -> Vec<Vec<u8>>) -> Self {
        Reader { samples, ..self }
    }
}

/// All of them.
pub fn all() -> impl Iterator<Item = Reader> {
    let core = crate::core::readers::READERS.iter();
    let durable = crate::durable::readers::READERS.iter();
    let store = crate::store::readers::READERS.iter();
    core.chain(durable).chain(store).copied()
}

/// The frame in the row of an instance, if it has one.
pub fn frame(row: &[u8]) -> Option<Vec<u8>> {
    crate::core::readers::frame(row)
}

/// The front of some bytes, as long as their first byte says, and the rest.
pub(crate) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.split_first() {
        Some((len, rest)) => rest.split_at(rest.len().min(usize::from(*len))),
        None => (bytes, bytes),
    }
}
