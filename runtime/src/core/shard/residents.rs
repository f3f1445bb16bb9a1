//! The instances in memory: found by number or id, forgotten when nothing happens to them.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::Number;
use super::super::instance::Instance;
use super::super::limits::Bounds;
use super::super::work::Work;
use crate::planted::planted;

/// So many more notes of idle ones than instances are kept before the stale ones are thrown away.
const STALE_MAX: usize = 4_096;

/// The instances in memory.
#[derive(Default)]
pub(super) struct Residents {
    by_number: FxHashMap<Number, Box<Instance>>,
    by_id: FxHashMap<Arc<str>, Number>,
    /// Those nothing happened to since the epoch that is noted, oldest first. A note is stale as soon as
    /// its instance is written again or gone.
    idle: VecDeque<(Number, u64)>,
    bytes: usize,
}

impl Residents {
    pub(super) fn len(&self) -> usize {
        self.by_number.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Instance> {
        self.by_number.values().map(Box::as_ref)
    }

    pub(super) fn number_of(&self, id: &str) -> Option<Number> {
        self.by_id.get(id).copied()
    }

    pub(super) fn named_mut(&mut self, id: &str) -> Option<&mut Instance> {
        let number = self.number_of(id)?;
        self.get_mut(number)
    }

    pub(super) fn get(&self, number: Number) -> Option<&Instance> {
        self.by_number.get(&number).map(Box::as_ref)
    }

    pub(super) fn get_mut(&mut self, number: Number) -> Option<&mut Instance> {
        self.by_number.get_mut(&number).map(Box::as_mut)
    }

    pub(super) fn insert(&mut self, instance: Instance) {
        self.bytes += instance.marks.bytes;
        self.by_id.insert(instance.id.clone(), instance.number);
        self.by_number.insert(instance.number, Box::new(instance));
    }

    /// Whether no instance that stays has its id.
    pub(super) fn is_named(&self, number: Number) -> bool {
        let Some(purged) = self.get(number).filter(|one| one.marks.purged) else {
            return true;
        };
        let heir = self.number_of(&purged.id).and_then(|heir| self.get(heir));
        heir.is_none_or(|heir| heir.marks.purged)
    }

    /// It was encoded with this many bytes.
    pub(super) fn resize(&mut self, before: usize, after: usize) {
        self.bytes = self.bytes.saturating_sub(before) + after;
    }

    /// It was just read.
    pub(super) fn idles(&mut self, number: Number, durable: u64) {
        if let Some(instance) = self.by_number.get(&number)
            && instance.marks.is_at_rest(durable)
        {
            self.note_idle(number, instance.marks.written);
        }
    }

    /// Its last write is durable.
    pub(super) fn rests(&mut self, number: Number, durable: u64) {
        let Some(instance) = self.by_number.get_mut(&number) else {
            return;
        };
        // The row of its name is durable, unless it was started meanwhile.
        if !instance.marks.born {
            instance.origin = None;
        }
        if !instance.marks.is_at_rest(durable) {
            return;
        }
        if instance.marks.purged || instance.has_ended() && !instance.is_runnable() {
            self.remove(number);
        } else {
            let written = instance.marks.written;
            self.note_idle(number, written);
        }
    }

    /// The notes stay as few as the instances, whatever comes and goes: all are looked at only after as many
    /// were made.
    fn note_idle(&mut self, number: Number, written: u64) {
        if self.idle.len() >= 2 * self.by_number.len() + STALE_MAX {
            let all = &self.by_number;
            self.idle.retain(|(number, written)| {
                let last = all.get(number).map(|instance| instance.marks.written);
                last == Some(*written)
            });
            debug_assert!(self.idle.len() <= all.len(), "one is fresh of each");
        }
        self.idle.push_back((number, written));
    }

    /// Forgets those that have rested longest while there are too many. What a batch that is not
    /// durable wrote is never forgotten (rule 21).
    pub(super) fn evict(&mut self, durable: u64, bounds: &Bounds, work: &mut Work) {
        while self.by_number.len() > bounds.idle_instances || self.bytes > bounds.idle_bytes {
            let Some((number, written)) = self.idle.pop_front() else {
                return;
            };
            let evictable = self.by_number.get(&number).filter(|instance| {
                instance.marks.written == written && instance.marks.is_at_rest(durable)
            });
            if let Some(instance) = evictable {
                work.leaves(instance);
                self.remove(number);
            }
        }
    }

    fn remove(&mut self, number: Number) {
        if let Some(instance) = self.by_number.remove(&number) {
            self.bytes = self.bytes.saturating_sub(instance.marks.bytes);
            // Another instance may have got the id of one that was purged.
            if self.by_id.get(&instance.id) == Some(&number) {
                self.by_id.remove(&instance.id);
            }
        }
    }
}

impl super::super::instance::Marks {
    /// Nothing of it is only in memory.
    pub(super) fn is_at_rest(&self, durable: u64) -> bool {
        let changed = (self.dirty || self.listed) && !planted!(EvictedTooSoon);
        !changed && !self.queued && self.written <= durable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::durable::Timestamp;
    use crate::schema::Stored;

    #[test]
    fn notes_of_idle_ones_stay_few_and_the_last_of_each_is_kept() {
        let number = Number { partition: 0, n: 1 };
        let args = Stored::write(&1u64).expect("a number");
        let mut instance = Instance::begin(
            number,
            "it".into(),
            "hello".into(),
            None,
            args,
            Timestamp(0),
        );
        instance.marks.dirty = false;
        let mut residents = Residents::default();
        residents.insert(instance);
        let last = 10 * STALE_MAX as u64;
        for epoch in 1..=last {
            let instance = residents.get_mut(number).expect("it stays");
            instance.marks.written = epoch;
            residents.rests(number, epoch);
            assert!(residents.idle.len() <= STALE_MAX + 2);
        }
        let none = Bounds {
            idle_instances: 0,
            ..Bounds::default()
        };
        residents.evict(last, &none, &mut Work::default());
        assert_eq!(residents.len(), 0, "by its last note");
    }
}
