//! `Tail`: what is known of the requests of an entity that are only where they are stored.

use std::collections::BTreeMap;

/// The requests of a queue that are not in memory.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// None of them has a number below this.
    from: u64,
    len: usize,
    /// The idempotency keys of those that have one. They are from clients, so they are few.
    keys: BTreeMap<u64, String>,
}

impl Tail {
    /// A request is not kept in memory any more.
    pub(crate) fn add(&mut self, number: u64, key: Option<&str>) {
        self.from = match self.len {
            0 => number,
            _ => self.from.min(number),
        };
        self.len += 1;
        self.keys.extend(key.map(|key| (number, key.to_owned())));
    }

    /// One of them was read, or is deleted.
    pub(crate) fn take(&mut self, number: u64) {
        assert!(self.len > 0, "it is one of them");
        self.len -= 1;
        self.keys.remove(&number);
    }

    /// None of them has a number below this any more.
    pub(crate) fn begins(&mut self, from: u64) {
        self.from = self.from.max(from);
    }

    /// Where it begins, if there is one.
    pub(crate) fn from(&self) -> Option<u64> {
        (self.len > 0).then_some(self.from)
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.values().map(String::as_str)
    }
}
