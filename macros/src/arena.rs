//! Arenas: things kept in a vector and named by a typed number.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The number of a thing in its [`Arena`].
pub(crate) trait Id: Copy + Eq {
    fn from_index(index: usize) -> Self;

    /// The first of its kind.
    fn from_start() -> Self {
        Self::from_index(0)
    }

    fn index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub(crate) struct $name(u32);
        impl Id for $name {
            fn from_index(index: usize) -> Self {
                $name(index as u32)
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A binding of the user's, or a hidden one.
    LocalId,
    /// An arm of the dispatch loop.
    BlockId,
    /// A piece of a block: statements and what follows them.
    TreeId,
    /// A jump out of code that is not taken apart.
    ExitId,
    /// A `?` in code that is not taken apart.
    TryId,
    /// A macro call.
    MacroId,
    /// An `.await`.
    AwaitId,
    /// A binding that is made again instead of being stored.
    RemakeId,
    /// A flow of control with a program counter of its own: the body, or an `async` block.
    RegionId,
}

pub(crate) struct Arena<I, T> {
    items: Vec<T>,
    _id: PhantomData<fn() -> I>,
}

impl<I, T> Default for Arena<I, T> {
    fn default() -> Self {
        Arena {
            items: Vec::new(),
            _id: PhantomData,
        }
    }
}

impl<I: Id, T> Arena<I, T> {
    pub(crate) fn push(&mut self, item: T) -> I {
        self.items.push(item);
        I::from_index(self.items.len() - 1)
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = I> + use<I, T> {
        (0..self.items.len()).map(I::from_index)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (I, &T)> {
        self.items
            .iter()
            .enumerate()
            .map(|(index, item)| (I::from_index(index), item))
    }
}

impl<I: Id, T> Index<I> for Arena<I, T> {
    type Output = T;
    fn index(&self, id: I) -> &T {
        &self.items[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for Arena<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.index()]
    }
}
