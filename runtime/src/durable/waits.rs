//! `Waits`: the condition under which a suspended frame has to be polled again.

use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

/// Operations that are awaited together.
type Group = SmallVec<[u64; 2]>;

/// Any of several groups; a group holds when all its operations have completed.
///
/// So joining n calls is one group of n and wakes its instance once, and a race is n groups of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    groups: SmallVec<[Group; 1]>,
    /// A poll does more than collect results, so it must happen as soon as a group holds.
    active: bool,
    /// Any event besides those of these names.
    events: Option<Vec<String>>,
    /// Nothing: it has to be polled again whatever happens.
    at_once: bool,
}

impl Waits {
    /// One operation whose result is only collected.
    pub fn one(&mut self, operation: u64) {
        self.groups.push(smallvec![operation]);
    }

    /// Any of these.
    pub fn any(&mut self, child: Waits) {
        if self.groups.is_empty() {
            self.groups = child.groups;
        } else {
            self.groups.extend(child.groups);
        }
        self.active = true;
    }

    /// All of these: children that only collect are awaited together, active ones each.
    pub fn all(&mut self, children: impl IntoIterator<Item = Waits>) {
        let mut together = Group::new();
        for mut child in children {
            if !child.active && child.groups.len() == 1 {
                together.append(&mut child.groups[0]);
            } else {
                self.active = true;
                self.groups.append(&mut child.groups);
            }
        }
        if !together.is_empty() {
            self.groups.push(together);
        }
    }

    /// Also any event besides those of these names.
    pub fn event_besides(&mut self, names: Vec<String>) {
        self.events = Some(names);
    }

    /// Nothing at all: it is polled again.
    pub fn at_once(&mut self) {
        self.at_once = true;
    }

    /// Whether it is polled again without waiting for anything.
    #[must_use]
    pub fn is_at_once(&self) -> bool {
        self.at_once
    }

    /// If any event wakes it, the names of those that do not.
    #[must_use]
    pub fn besides(&self) -> Option<&[String]> {
        self.events.as_deref()
    }

    /// The groups.
    pub fn groups(&self) -> impl Iterator<Item = &[u64]> {
        self.groups.iter().map(|group| &**group)
    }

    /// Whether nothing is awaited.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.events.is_none() && !self.at_once
    }

    /// Whether some group holds.
    pub fn hold(&self, completed: impl Fn(u64) -> bool) -> bool {
        self.groups
            .iter()
            .any(|group| group.iter().all(|operation| completed(*operation)))
    }
}

#[cfg(test)]
mod tests {
    use super::Waits;

    fn one(operation: u64) -> Waits {
        let mut waits = Waits::default();
        waits.one(operation);
        waits
    }

    fn all(children: impl IntoIterator<Item = Waits>) -> Waits {
        let mut waits = Waits::default();
        waits.all(children);
        waits
    }

    fn any(children: impl IntoIterator<Item = Waits>) -> Waits {
        let mut waits = Waits::default();
        children.into_iter().for_each(|child| waits.any(child));
        waits
    }

    #[track_caller]
    fn check(waits: &Waits, groups: &[&[u64]]) {
        assert_eq!(waits.groups().collect::<Vec<_>>(), groups);
    }

    #[test]
    fn a_join_of_plain_calls_waits_for_all_of_them_at_once() {
        check(&all([one(1), one(2), one(3)]), &[&[1, 2, 3]]);
    }

    #[test]
    fn a_race_waits_for_any_of_its_calls() {
        check(&any([one(1), one(2)]), &[&[1], &[2]]);
    }

    #[test]
    fn a_join_nested_in_a_join_is_one_wider_join() {
        check(&all([one(1), all([one(2), one(3)])]), &[&[1, 2, 3]]);
    }

    #[test]
    fn a_race_in_a_join_is_polled_as_soon_as_it_can_be_won() {
        check(
            &all([one(1), any([one(2), one(3)]), one(4)]),
            &[&[2], &[3], &[1, 4]],
        );
    }

    #[test]
    fn a_join_in_a_race_needs_all_of_its_calls() {
        check(&any([all([one(1), one(2)]), one(3)]), &[&[1, 2], &[3]]);
    }

    #[test]
    fn a_condition_holds_when_one_whole_group_has_completed() {
        let waits = any([all([one(1), one(2)]), one(3)]);
        let held = |completed: &[u64]| waits.hold(|operation| completed.contains(&operation));
        assert_eq!(
            [held(&[1]), held(&[1, 2]), held(&[3]), held(&[])],
            [false, true, true, false]
        );
    }
}
