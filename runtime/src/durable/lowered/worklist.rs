//! `Worklist`: what a `for` goes through when its iterator is not data.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::durable::{AnySlot, Persist, Slot, SlotTree, slot};

/// The items of an iterator that was emptied, with the number of the first one still there.
///
/// Progress is a cursor beside it. The list is written once; when it is read back it is whole, and
/// the cursor says how much of it is done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Worklist<T> {
    first: usize,
    items: VecDeque<T>,
}

/// What a `for` with an `.await` in its body can go through.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept: the items of this loop live across an `.await`",
    label = "the items of this loop are saved with the instance",
    note = "loop over owned items that derive `Serialize` and `Deserialize`: `.cloned()`, `.into_iter()`"
)]
pub trait LoopItem: Persist {}
#[diagnostic::do_not_recommend]
impl<T: Persist> LoopItem for T {}

/// The slot of a worklist. A frame asks it for [`LoopItem`] alone, as [`worklist_slot`] does: items
/// that cannot be kept are one error, in its words.
#[allow(missing_debug_implementations)]
pub struct ListSlot<T: 'static>(Slot<Worklist<T>>);

/// An empty slot.
#[must_use]
pub fn worklist_slot<T: LoopItem>() -> ListSlot<T> {
    ListSlot(slot())
}

impl<T> ListSlot<T> {
    /// Puts a fresh list in.
    pub fn put(&mut self, list: Worklist<T>) {
        self.0.put(list);
    }

    /// The list in place.
    #[inline]
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut Worklist<T> {
        self.0.get_mut()
    }
}

impl<T: LoopItem> SlotTree for ListSlot<T> {
    fn each(&mut self, visit: &mut dyn FnMut(&mut dyn AnySlot)) {
        visit(&mut self.0);
    }
}

/// An iterator that promises more items than this is endless, or as good as.
const ITEMS_MAX: usize = u32::MAX as usize;

/// Empties `iterable`.
///
/// # Panics
/// When it says that it is endless.
#[track_caller]
pub fn drain<I: IntoIterator>(iterable: I) -> Worklist<I::Item> {
    let iterator = iterable.into_iter();
    assert!(
        iterator.size_hint().0 <= ITEMS_MAX,
        "an endless iterator cannot be gone through across an `.await`: use `loop`, or a range"
    );
    Worklist {
        first: 0,
        items: iterator.collect(),
    }
}

impl<T> Worklist<T> {
    /// The item at `cursor`, which moves on.
    #[inline]
    pub fn next(&mut self, cursor: &mut usize) -> Option<T> {
        while self.first < *cursor {
            self.items.pop_front()?;
            self.first += 1;
        }
        let item = self.items.pop_front()?;
        self.first += 1;
        *cursor = self.first;
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::{Worklist, drain};

    #[test]
    fn a_list_read_back_whole_goes_on_at_its_cursor() {
        let mut list = drain(["a", "b", "c"].map(String::from));
        let bytes = postcard::to_stdvec(&list).expect("plain data");
        let mut cursor = 0;
        assert_eq!(list.next(&mut cursor).as_deref(), Some("a"));
        assert_eq!(list.next(&mut cursor).as_deref(), Some("b"));
        let mut again: Worklist<String> = postcard::from_bytes(&bytes).expect("what was written");
        assert_eq!(again.next(&mut cursor).as_deref(), Some("c"));
        assert_eq!(again.next(&mut cursor), None);
        assert_eq!(cursor, 3);
    }

    #[test]
    #[should_panic(expected = "endless")]
    fn an_endless_iterator_is_refused_instead_of_collected() {
        drain((0u64..).step_by(5));
    }
}
