//! The free-space guard: refuses new work early and commits late, while nothing is lost yet.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{Pressure, StoreError};

/// How long one look at the file system answers for [`SpaceGuard::pressure`].
const FRESH: Duration = Duration::from_millis(100);

/// Bytes that must be free on the store's file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpaceLimits {
    /// Below this, new starts are refused; running work goes on.
    pub refuse_starts_below: u64,
    /// Below this, commits are refused. It leaves room for what the store writes on its own.
    pub stop_below: u64,
}

impl Default for SpaceLimits {
    /// 256 MiB (two journals with the tables they become) and 128 MiB.
    fn default() -> Self {
        Self {
            refuse_starts_below: 256 << 20,
            stop_below: 128 << 20,
        }
    }
}

#[derive(Debug)]
pub(super) struct SpaceGuard {
    folder: PathBuf,
    limits: SpaceLimits,
    seen: Mutex<Option<(Instant, u64)>>,
}

impl SpaceGuard {
    pub(super) fn new(folder: &Path, limits: SpaceLimits) -> Self {
        Self {
            folder: folder.to_owned(),
            limits,
            seen: Mutex::new(None),
        }
    }

    /// Whether a commit of this many bytes may begin.
    ///
    /// # Errors
    ///
    /// [`StoreError::OutOfSpace`]; nothing was written.
    pub(super) fn admit_commit(&self, bytes: usize) -> Result<(), StoreError> {
        // Three times: in the journal, in a table as a chunk, and in a table of its own.
        let needed = self.limits.stop_below.saturating_add(3 * bytes as u64);
        let free = self.look(Duration::ZERO);
        if free < needed {
            return Err(StoreError::OutOfSpace {
                path: self.folder.clone(),
                free,
                needed,
            });
        }
        Ok(())
    }

    pub(super) fn pressure(&self) -> Pressure {
        let free = self.look(FRESH);
        let SpaceLimits {
            refuse_starts_below: wanted,
            stop_below: needed,
        } = self.limits;
        if free < needed {
            Pressure::Stop { free, needed }
        } else if free < wanted {
            Pressure::RefuseStarts { free, wanted }
        } else {
            Pressure::None
        }
    }

    fn look(&self, fresh: Duration) -> u64 {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, free)) = *seen
            && at.elapsed() < fresh
        {
            return free;
        }
        // A file system that does not say how full it is must not stop the store: a write that
        // does not fit still fails, safely, as a commit of unknown outcome.
        let free = fs4::available_space(&self.folder).unwrap_or(u64::MAX);
        *seen = Some((Instant::now(), free));
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(refuse_starts_below: u64, stop_below: u64) -> SpaceGuard {
        let limits = SpaceLimits {
            refuse_starts_below,
            stop_below,
        };
        SpaceGuard::new(&std::env::temp_dir(), limits)
    }

    #[test]
    fn starts_are_refused_before_commits_are() {
        let roomy = guard(0, 0);
        assert_eq!(roomy.pressure(), Pressure::None);
        let short = guard(u64::MAX, 0);
        assert!(matches!(short.pressure(), Pressure::RefuseStarts { .. }));
        assert!(short.pressure().admit().is_err());
        short.admit_commit(1).unwrap();
        let full = guard(u64::MAX, u64::MAX);
        assert!(matches!(full.pressure(), Pressure::Stop { .. }));
        assert!(matches!(
            full.admit_commit(1),
            Err(StoreError::OutOfSpace { .. })
        ));
    }

    #[test]
    fn a_commit_needs_room_for_itself_above_the_limit() {
        let free = fs4::available_space(std::env::temp_dir()).unwrap();
        let guard = guard(0, free / 2);
        guard.admit_commit(0).unwrap();
        guard.admit_commit(free as usize).unwrap_err();
    }
}
