//! `Groups`: the wait of a suspended instance, counted down as its operations complete.

use smallvec::SmallVec;

use crate::durable::Waits;

/// Counts down [`Waits`]: each completion costs its own groups only, so that joining n calls is
/// linear.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// How many operations each group still waits for.
    remaining: SmallVec<[u32; 2]>,
    /// (operation, group), sorted.
    members: SmallVec<[(u64, u32); 1]>,
    /// Some group waits for nothing more.
    holds: bool,
}

impl Groups {
    /// The state of `waits` when the operations of which `completed` is true have completed.
    pub(crate) fn new(waits: &Waits, completed: impl Fn(u64) -> bool) -> Self {
        let mut groups = Groups::default();
        for (index, group) in waits.groups().enumerate() {
            let index = index as u32;
            let before = groups.members.len();
            for operation in group {
                if !completed(*operation) {
                    groups.members.push((*operation, index));
                }
            }
            let remaining = (groups.members.len() - before) as u32;
            groups.holds |= remaining == 0;
            groups.remaining.push(remaining);
        }
        groups.members.sort_unstable();
        groups
    }

    /// Whether some group waits for nothing more.
    pub(crate) fn hold(&self) -> bool {
        self.holds
    }

    /// Counts a completion, once per operation.
    pub(crate) fn complete(&mut self, operation: u64) {
        let first = self
            .members
            .partition_point(|(member, _)| *member < operation);
        for (member, group) in &mut self.members[first..] {
            if *member != operation {
                break;
            }
            let remaining = &mut self.remaining[*group as usize];
            *remaining = remaining.saturating_sub(1);
            self.holds |= *remaining == 0;
        }
    }

    /// Whether no group can ever hold, because each waits for an operation that is not `pending`.
    pub(crate) fn are_hopeless(&self, pending: impl Fn(u64) -> bool) -> bool {
        if self.holds {
            return false;
        }
        let all_can_come = self.members.iter().all(|(member, _)| pending(*member));
        if all_can_come && !self.remaining.is_empty() {
            return false;
        }
        let mut lost: SmallVec<[bool; 16]> = SmallVec::from_elem(false, self.remaining.len());
        for (operation, group) in &self.members {
            lost[*group as usize] |= !pending(*operation);
        }
        lost.iter().all(|lost| *lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(groups: &[&[u64]]) -> Waits {
        let mut all = Waits::default();
        for group in groups {
            let mut together = Waits::default();
            together.all(group.iter().map(|operation| {
                let mut one = Waits::default();
                one.one(*operation);
                one
            }));
            all.any(together);
        }
        all
    }

    #[test]
    fn a_join_holds_when_its_last_operation_completes() {
        let mut groups = Groups::new(&waits(&[&[1, 2, 3]]), |operation| operation == 2);
        groups.complete(1);
        groups.complete(9);
        assert!(!groups.hold());
        groups.complete(3);
        assert!(groups.hold());
    }

    #[test]
    fn a_race_holds_when_its_first_operation_completes() {
        let mut groups = Groups::new(&waits(&[&[1], &[2]]), |_| false);
        assert!(!groups.hold());
        groups.complete(2);
        assert!(groups.hold());
    }

    #[test]
    fn what_has_completed_before_is_counted() {
        assert!(Groups::new(&waits(&[&[1], &[2]]), |operation| operation == 1).hold());
    }

    #[test]
    fn waiting_for_what_can_never_complete_is_hopeless() {
        let none = |_| false;
        assert!(Groups::new(&waits(&[]), none).are_hopeless(|_| true));
        assert!(Groups::new(&waits(&[&[1, 2]]), none).are_hopeless(|operation| operation == 1));
        assert!(!Groups::new(&waits(&[&[1], &[2]]), none).are_hopeless(|operation| operation == 1));
    }
}
