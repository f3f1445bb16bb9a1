//! Families: runs of neighbouring tags that an adapter keeps apart.

/// A run of tags whose rows live alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Values that are large, each a row of its own, and which rows they are of.
    Large,
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
    pub const ALL: [Self; 9] = [
        Self::Large,
        Self::Chunks,
        Self::Registry,
        Self::Names,
        Self::Instances,
        Self::Parts,
        Self::Work,
        Self::Requests,
        Self::History,
    ];

    /// The family of a key, by its tag, known or not: families are ranges of the key space.
    pub fn of(key: &[u8]) -> Self {
        match key.first().copied().unwrap_or(0) {
            0..0x08 => Self::Large,
            0x08..0x10 => Self::Chunks,
            0x10..0x18 => Self::Registry,
            0x18..0x20 => Self::Names,
            0x20..0x30 => Self::Instances,
            0x30..0x40 => Self::Parts,
            0x40..0x48 => Self::Work,
            0x48..0x50 => Self::Requests,
            0x50.. => Self::History,
        }
    }

    /// Its name, which is that of its keyspace in the embedded store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Large => "large",
            Self::Chunks => "chunks",
            Self::Registry => "registry",
            Self::Names => "names",
            Self::Instances => "instances",
            Self::Parts => "parts",
            Self::Work => "work",
            Self::Requests => "requests",
            Self::History => "history",
        }
    }

    /// Whether these rows are in chunks until they are in tables: all but the store's own, and those few
    /// that are counters.
    pub(in crate::store) fn is_chunked(self) -> bool {
        !matches!(self, Self::Large | Self::Chunks | Self::Registry)
    }
}
