//! The names in a folder: those that there are, and those that are durable.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use rand::{Rng, RngExt};

type Entries = BTreeMap<OsString, u64>;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Names {
    there: Entries,
    durable: Entries,
    /// What stands between the two, in order.
    unsynced: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Add(OsString, u64),
    Remove(OsString),
    /// The new name stands for this, from one moment on.
    Rename(OsString, OsString, u64),
}

impl Change {
    fn apply(&self, entries: &mut Entries) {
        match self {
            Change::Add(name, node) => {
                entries.insert(name.clone(), *node);
            }
            Change::Remove(name) => {
                entries.remove(name);
            }
            Change::Rename(from, to, node) => {
                entries.remove(from);
                entries.insert(to.clone(), *node);
            }
        }
    }
}

impl Names {
    pub(crate) fn get(&self, name: &OsStr) -> Option<u64> {
        self.there.get(name).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&OsStr, u64)> {
        self.there
            .iter()
            .map(|(name, node)| (name.as_os_str(), *node))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.there.is_empty()
    }

    pub(crate) fn add(&mut self, name: &OsStr, node: u64) {
        self.change(Change::Add(name.to_owned(), node));
    }

    pub(crate) fn remove(&mut self, name: &OsStr) {
        self.change(Change::Remove(name.to_owned()));
    }

    /// Another name for what has one here.
    pub(crate) fn rename(&mut self, from: &OsStr, to: &OsStr) {
        if let Some(node) = self.get(from) {
            self.change(Change::Rename(from.to_owned(), to.to_owned(), node));
        }
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.there);
        self.unsynced.push(change);
    }

    pub(crate) fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// Loses the power: durable names are there, and of the other changes those that chance has
    /// made. Says which, if there were any.
    pub(crate) fn lose(&mut self, random: &mut impl Rng) -> Option<String> {
        let all = self.unsynced.len();
        let way = random.random_range(0..4);
        let whole = random.random_range(0..=all);
        let mut made = Vec::new();
        for (number, change) in self.unsynced.drain(..).enumerate() {
            let is_made = match way {
                0 => false,
                1 => true,
                2 => number < whole,
                _ => random.random(),
            };
            if is_made {
                change.apply(&mut self.durable);
            }
            made.push((change, is_made));
        }
        self.there = self.durable.clone();
        (all > 0).then(|| format!("{made:?}"))
    }
}
