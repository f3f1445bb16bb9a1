//! Versions of instances: stamped when one begins, compared before it runs.

use std::sync::Arc;

use super::asks::{Asks, World};
use super::instance::Instance;
use crate::durable::{Refusal, SYSTEM_PREFIX, VersionMatch};
use crate::planted::planted;

/// The version of a program, and which instances it runs.
#[derive(Debug, Clone, Default)]
pub struct Versioning {
    /// What is stamped on the instances that it starts.
    pub version: Option<Arc<str>>,
    /// Which instances it runs.
    pub takes: VersionMatch,
}

/// Of a program without a version.
pub(super) static UNVERSIONED: Versioning = Versioning {
    version: None,
    takes: VersionMatch::Any,
};

impl Instance {
    /// Whether it is one of those that have versions: entities are used by all of them, and what the
    /// engine runs of its own is nobody's code.
    fn has_versions(&self) -> bool {
        !self.is_entity() && !self.orchestration.starts_with(SYSTEM_PREFIX)
    }

    /// It is of this program's version for life.
    pub(crate) fn stamp(&mut self, versioning: &Versioning) {
        if self.has_versions() {
            self.version.clone_from(&versioning.version);
        }
    }

    /// Why this program does not run it, if it is of another version.
    pub(super) fn of_another_version(&self, world: World<'_>) -> Option<Refusal> {
        let Versioning { version, takes } = world.program.versioning();
        let (of, own) = (self.version.as_deref(), version.as_deref());
        if takes.takes(of, own) || !self.has_versions() || planted!(VersionIgnored) {
            return None;
        }
        Some(Refusal::AnotherVersion {
            id: self.id.to_string(),
            version: of.map(str::to_owned),
            engine: own.map(str::to_owned),
            takes: *takes,
        })
    }

    /// Whether it goes on by itself in a program whose version fits.
    pub(crate) fn waits_for_a_version(&self) -> bool {
        let waits = matches!(self.parked, Some(Refusal::AnotherVersion { .. }));
        waits && !planted!(VersionParkedForGood)
    }

    /// It was parked for its version alone, by this program or by one before.
    pub(crate) fn compare_version(&mut self, world: World<'_>, asks: &mut Asks) {
        match self.of_another_version(world) {
            None => self.retry(world, asks),
            why if self.parked != why => {
                self.parked = why;
                self.marks.dirty = true;
            }
            Some(_) => {}
        }
    }
}
