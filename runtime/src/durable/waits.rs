//! `Waits`: the condition under which a suspended frame has to be polled again.

use serde::{Deserialize, Serialize};

/// Any of several groups; a group holds when all its operations have completed.
///
/// So joining n calls is one group of n and wakes its instance once, and a race is n groups of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    groups: Vec<Vec<u64>>,
    /// A poll does more than collect results, so it must happen as soon as a group holds.
    active: bool,
}

impl Waits {
    /// One operation whose result is only collected.
    pub fn one(&mut self, operation: u64) {
        self.groups.push(vec![operation]);
    }

    /// Any of these.
    pub fn any(&mut self, child: Waits) {
        self.groups.extend(child.groups);
        self.active = true;
    }

    /// All of these: children that only collect are awaited together, active ones each.
    pub fn all(&mut self, children: impl IntoIterator<Item = Waits>) {
        let mut together = Vec::new();
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

    /// The groups.
    #[must_use]
    pub fn groups(&self) -> &[Vec<u64>] {
        &self.groups
    }

    /// Whether nothing is awaited.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Whether some group holds.
    pub fn hold(&self, completed: impl Fn(u64) -> bool) -> bool {
        self.groups
            .iter()
            .any(|group| group.iter().all(|operation| completed(*operation)))
    }
}
