//! Families: runs of neighbouring tags that an adapter keeps apart.

use super::Tag;

/// A run of tags whose rows live alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// What is not in tables yet, a commit's rows together.
    Chunks,
    /// What the store and its partitions know: format, schemas, layouts, counters. They are few.
    Registry,
    /// Names, which stay, in the order of what their users chose.
    Names,
    /// Instances, which stay, the youngest last.
    Instances,
    /// What of an instance is too large for its row.
    Parts,
    /// Rows that come and go: runnable marks, messages, timers.
    Work,
    /// Requests, era by era, in the order of what their clients chose.
    Requests,
    /// Rows that are written once, hardly read, and deleted oldest first.
    History,
}

impl Family {
    /// All families, in key order.
    pub const ALL: [Self; 8] = [
        Self::Chunks,
        Self::Registry,
        Self::Names,
        Self::Instances,
        Self::Parts,
        Self::Work,
        Self::Requests,
        Self::History,
    ];

    /// Whether these rows are in chunks until they are in tables: all but the store's own, and those few
    /// that are counters.
    pub(in crate::store) fn is_chunked(self) -> bool {
        !matches!(self, Self::Chunks | Self::Registry)
    }
}

impl Tag {
    /// The family of a tag byte, known or not; families are ranges of the key space.
    pub fn family(tag: u8) -> Family {
        match tag {
            0..0x10 => Family::Chunks,
            0x10..0x18 => Family::Registry,
            0x18..0x20 => Family::Names,
            0x20..0x30 => Family::Instances,
            0x30..0x40 => Family::Parts,
            0x40..0x48 => Family::Work,
            0x48..0x50 => Family::Requests,
            0x50.. => Family::History,
        }
    }
}
