//! `ByIndex`: a `for` over a borrowed collection, as an index: its items are found again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Borrowed collections that are gone through by index.
///
/// Only those whose order survives being saved and read back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be iterated by reference across an `.await`",
    label = "its items cannot be found again by their position",
    note = "clone it, or collect it into a `Vec` first"
)]
pub trait ByIndex {
    /// A borrowed item.
    type Item;
    /// The item at `index`.
    fn at(self, index: usize) -> Option<Self::Item>;
}

/// The item that was there when the loop's head looked.
///
/// # Panics
/// When it is gone, which the borrow checker excludes.
#[inline]
#[track_caller]
pub fn here<T>(item: Option<T>) -> T {
    item.expect("the borrowed collection did not change")
}

/// The item at `index` of what is made again for every item: a constant, an array of texts.
#[inline]
pub fn nth<I: IntoIterator>(items: I, index: usize) -> Option<I::Item> {
    items.into_iter().nth(index)
}

macro_rules! slices { ($($borrow:ty, $item:ty, $get:ident, ($($param:tt)*);)*) => { $(
    #[diagnostic::do_not_recommend]
    impl<'a, T, $($param)*> ByIndex for $borrow {
        type Item = $item;
        #[inline]
        fn at(self, index: usize) -> Option<$item> {
            self.$get(index)
        }
    }
)* } }
slices! {
    &'a [T], &'a T, get, ();
    &'a mut [T], &'a mut T, get_mut, ();
    &'a Vec<T>, &'a T, get, ();
    &'a mut Vec<T>, &'a mut T, get_mut, ();
    &'a VecDeque<T>, &'a T, get, ();
    &'a mut VecDeque<T>, &'a mut T, get_mut, ();
    &'a [T; N], &'a T, get, (const N: usize);
    &'a mut [T; N], &'a mut T, get_mut, (const N: usize);
}

// Trees are walked from their first item: fine for the sizes that live in a frame.
macro_rules! walked { ($($borrow:ty, $item:ty, $iter:ident, ($($param:tt)*);)*) => { $(
    #[diagnostic::do_not_recommend]
    impl<'a, $($param)*> ByIndex for $borrow {
        type Item = $item;
        #[inline]
        fn at(self, index: usize) -> Option<$item> {
            self.$iter().nth(index)
        }
    }
)* } }
walked! {
    &'a BTreeMap<K, V>, (&'a K, &'a V), iter, (K, V);
    &'a mut BTreeMap<K, V>, (&'a K, &'a mut V), iter_mut, (K, V);
    &'a BTreeSet<K>, &'a K, iter, (K);
    &'a Option<T>, &'a T, iter, (T);
    &'a mut Option<T>, &'a mut T, iter_mut, (T);
}

// A place that is a reference itself is borrowed once more.
#[diagnostic::do_not_recommend]
impl<'a, B: ?Sized> ByIndex for &&'a B
where
    &'a B: ByIndex,
{
    type Item = <&'a B as ByIndex>::Item;
    #[inline]
    fn at(self, index: usize) -> Option<Self::Item> {
        (*self).at(index)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, B: ?Sized> ByIndex for &'a mut &mut B
where
    &'a mut B: ByIndex,
{
    type Item = <&'a mut B as ByIndex>::Item;
    #[inline]
    fn at(self, index: usize) -> Option<Self::Item> {
        (&mut **self).at(index)
    }
}

// An array that is made again, not borrowed.
#[diagnostic::do_not_recommend]
impl<T, const N: usize> ByIndex for [T; N] {
    type Item = T;
    #[inline]
    fn at(self, index: usize) -> Option<T> {
        self.into_iter().nth(index)
    }
}

#[cfg(test)]
mod tests {
    use super::ByIndex;
    use std::collections::BTreeMap;

    #[test]
    fn items_are_found_by_their_position_until_there_are_no_more() {
        let map = BTreeMap::from([(1, 'a'), (2, 'b')]);
        assert_eq!([(&map).at(1), (&map).at(2)], [Some((&2, &'b')), None]);
        assert_eq!((&[1, 2][..]).at(1), Some(&2));
    }
}
