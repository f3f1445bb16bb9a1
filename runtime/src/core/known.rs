//! `Known`: which ids may have a row, without a look into the store.

use crate::filter::{Filter, hash};

/// The first filter has room for this many ids, each further one for so many times as many.
const FIRST_IDS: usize = 1 << 14;
const GROWTH: usize = 16;
/// More ids than these filters have room for, 71 million, are not filtered: that would take more memory
/// than it saves time. All of them take 90 MB.
const FILTERS_MAX: u32 = 4;

/// A set of ids that forgets none, and takes some for its own that are not. Filters cannot grow, so
/// there are several, each larger than all before it: when one was just added an id takes up to 21 bytes,
/// when it is full a little more than one.
#[derive(Debug, Default)]
pub(crate) struct Known {
    filters: Vec<Filter>,
    /// How many ids all of them have room for.
    room: usize,
    /// How many were inserted.
    len: usize,
    anything: bool,
}

impl Known {
    pub(crate) fn insert(&mut self, id: &[u8]) {
        if self.len == self.room && !self.anything {
            self.grow();
        }
        self.len += 1;
        if let Some(filter) = self.filters.last_mut() {
            filter.insert(hash(id));
        }
    }

    fn grow(&mut self) {
        let filters = self.filters.len() as u32;
        if filters == FILTERS_MAX {
            return self.take_anything();
        }
        let size = FIRST_IDS * GROWTH.pow(filters);
        self.room += size;
        self.filters.push(Filter::new(size));
    }

    /// How many ids were inserted, those that came twice counted twice.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether an id may be among those inserted.
    pub(crate) fn may_have(&self, id: &[u8]) -> bool {
        let hash = hash(id);
        self.anything || self.filters.iter().any(|filter| filter.may_have(hash))
    }

    /// From now on any id may have a row: not all that have are known.
    pub(crate) fn take_anything(&mut self) {
        self.filters = Vec::new();
        self.anything = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> Vec<u8> {
        format!("client-{}/{n}", n % 7).into_bytes()
    }

    #[test]
    #[cfg_attr(miri, ignore = "thousands of ids")]
    fn an_id_is_never_forgotten_and_others_are_rarely_taken_for_known() {
        let mut known = Known::default();
        // Both filters are full.
        let ids = FIRST_IDS + FIRST_IDS * GROWTH;
        for n in 0..ids {
            known.insert(&id(n));
        }
        assert_eq!((known.filters.len(), known.room - known.len), (2, 0));
        assert!((0..ids).all(|n| known.may_have(&id(n))));
        let taken = (ids..2 * ids).filter(|n| known.may_have(&id(*n))).count();
        assert!(taken < ids * 3 / 100, "{taken} of {ids}");
        assert!(taken > 0, "it is a filter");
    }

    #[test]
    fn what_takes_anything_knows_every_id() {
        let mut known = Known::default();
        assert!(!known.may_have(b"key"));
        known.take_anything();
        known.insert(b"another");
        assert!(known.may_have(b"key"));
        assert!(known.filters.is_empty());
    }
}
