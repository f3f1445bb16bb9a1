//! `Inclusive` and `NextItem`: ranges as cursors.

use std::ops::{Range, RangeFrom, RangeInclusive};

use serde::{Deserialize, Serialize};

/// A cursor that is its own iterator.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a range that can be gone through across an `.await`",
    label = "collect it into a `Vec` first"
)]
pub trait NextItem {
    /// What it counts through.
    type Item;
    /// The next one.
    fn next_item(&mut self) -> Option<Self::Item>;
}

impl<T> NextItem for Range<T>
where
    Range<T>: Iterator<Item = T>,
{
    type Item = T;
    #[inline]
    fn next_item(&mut self) -> Option<T> {
        self.next()
    }
}

impl<T> NextItem for RangeFrom<T>
where
    RangeFrom<T>: Iterator<Item = T>,
{
    type Item = T;
    #[inline]
    fn next_item(&mut self) -> Option<T> {
        self.next()
    }
}

/// An inclusive range, or nothing when it is exhausted.
///
/// std's own must not be saved: serde forgets that it is exhausted, and its last item comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inclusive<T>(Option<(T, T)>);

/// The cursor of `range`.
#[inline]
pub fn inclusive<T: PartialOrd>(range: RangeInclusive<T>) -> Inclusive<T>
where
    RangeInclusive<T>: Iterator<Item = T>,
{
    Inclusive((!range.is_empty()).then(|| range.into_inner()))
}

impl<T: PartialOrd> NextItem for Inclusive<T>
where
    RangeInclusive<T>: Iterator<Item = T>,
{
    type Item = T;
    #[inline]
    fn next_item(&mut self) -> Option<T> {
        let (start, end) = self.0.take()?;
        let mut range = start..=end;
        let item = range.next();
        self.0 = (!range.is_empty()).then(|| range.into_inner());
        item
    }
}

#[cfg(test)]
mod tests {
    use super::{Inclusive, NextItem, inclusive};

    /// Written and read back before every item.
    fn cold(mut cursor: Inclusive<u8>) -> Vec<u8> {
        let mut items = Vec::new();
        loop {
            let bytes = postcard::to_stdvec(&cursor).expect("plain data");
            cursor = postcard::from_bytes(&bytes).expect("what was written");
            match cursor.next_item() {
                Some(item) => items.push(item),
                None => return items,
            }
        }
    }

    #[test]
    fn an_inclusive_range_ends_once_even_when_saved_at_its_end() {
        assert_eq!(cold(inclusive(254..=255)), [254, 255]);
        assert_eq!(cold(inclusive(7..=7)), [7]);
        #[allow(clippy::reversed_empty_ranges)]
        let empty = inclusive(5..=4);
        assert!(cold(empty).is_empty());
    }
}
