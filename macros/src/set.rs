//! A set of locals, a bit each.

use crate::arena::{Id, LocalId};

#[derive(Clone, Default)]
pub(crate) struct Set {
    words: Vec<u64>,
}

impl Set {
    pub(crate) fn insert(&mut self, local: LocalId) -> bool {
        let (word, bit) = (local.index() / 64, 1 << (local.index() % 64));
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        new
    }

    pub(crate) fn remove(&mut self, local: LocalId) {
        if let Some(word) = self.words.get_mut(local.index() / 64) {
            *word &= !(1 << (local.index() % 64));
        }
    }

    pub(crate) fn contains(&self, local: LocalId) -> bool {
        let word = self.words.get(local.index() / 64).copied().unwrap_or(0);
        word & (1 << (local.index() % 64)) != 0
    }

    pub(crate) fn is_subset(&self, other: &Set) -> bool {
        self.iter().all(|local| other.contains(local))
    }

    /// Adds `other`; says whether that changed anything.
    pub(crate) fn union(&mut self, other: &Set) -> bool {
        if other.words.len() > self.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        let mut changed = false;
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            changed |= *more & !*word != 0;
            *word |= more;
        }
        changed
    }

    pub(crate) fn subtract(&mut self, other: &Set) {
        for (word, less) in self.words.iter_mut().zip(&other.words) {
            *word &= !less;
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = LocalId> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            (0..64)
                .filter(move |bit| word & (1 << bit) != 0)
                .map(move |bit| LocalId::from_index(index * 64 + bit))
        })
    }
}

impl FromIterator<LocalId> for Set {
    fn from_iter<T: IntoIterator<Item = LocalId>>(locals: T) -> Set {
        let mut set = Set::default();
        set.extend(locals);
        set
    }
}

impl Extend<LocalId> for Set {
    fn extend<T: IntoIterator<Item = LocalId>>(&mut self, locals: T) {
        for local in locals {
            self.insert(local);
        }
    }
}
