//! The key layout: one ordered key space for everything the kernel keeps.
//!
//! A key is a one-byte tag and big-endian fields, so byte order is field order. Rows sort by
//! creation, never by a hash or the user's id: random keys cost an LSM tree two to three times as
//! much. `vp` is the virtual partition (two bytes), `n` the creation number of an instance within
//! it (eight bytes); together they are the instance's number. What belongs to an instance has `n`
//! first, so that the instances of one time are neighbours whatever their partitions are: what is
//! young is written together and what is old is left alone. What has to be found by a name that
//! its user chose has that name last: behind `Name`, and behind an era, a span of time, in `Req`.
//!
//! | row | key after the tag | holds | written |
//! |---|---|---|---|
//! | `Large` | the key of a row | the store's own: nothing; the value of that row is a row of its own | once, deleted |
//! | `Value` | the key of a row | the store's own: its value, which is large | when it changes, deleted |
//! | `Chunk` | commit (8), 0 | the store's own: all rows of a commit from `Name` on, until they are in tables | once a commit, deleted |
//! | `Chunk` | commit (8), 1 | the same: the rows up to that commit of families that have little | seldom, deleted |
//! | `Meta` | name | "format" and "commit" are the store's own; the engine may have others | rarely |
//! | `Schema` | hash (8) | the schema of a kind of stored value | once a type |
//! | `Layout` | hash (8) | the slots and resume points of a frame | once a version |
//! | `Seq` | vp | the partition's counters | once an epoch it was active in |
//! | `Name` | vp, id | the number of the instance with that id, and what it was started with | once an instance |
//! | `Inst` | n, vp | state, frame, pending operations, status, result | once an epoch it ran in |
//! | `Part` | n, vp, part (4) | a large slot | when touched |
//! | `Op` | n, vp, op (8) | a pending operation that is not inline, or a completion until the frame takes it | when it changes, deleted |
//! | `Run` | vp, n | nothing: the instance is runnable | while it is |
//! | `Msg` | vp, seq (8), idx (4) | a message that outlives the commit that sent it | once, deleted |
//! | `Timer` | vp, due (8), n, op (8) | nothing or the timer's kind | once, deleted |
//! | `Req` | vp, era (8), idempotency key | a client's request and its answer | once, expired by range |
//! | `Hist` | n, vp, seq (8) | some entries of an instance's history | once, deleted when there are too many |
//!
//! The tags form nine families of neighbours (see [`Family`]), which an adapter may keep
//! apart: rows that live alike, and rows whose keys grow alike.

mod family;
#[cfg(test)]
mod tests;

use super::Key;
pub use family::Family;

/// The first byte of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(
    missing_docs,
    reason = "each is the row of the same name in the table above"
)]
pub enum Tag {
    Large = 0x00,
    Value = 0x01,
    Chunk = 0x08,
    Meta = 0x10,
    Schema = 0x11,
    Layout = 0x12,
    Seq = 0x13,
    Name = 0x18,
    Inst = 0x20,
    Part = 0x30,
    Op = 0x31,
    Run = 0x40,
    Msg = 0x41,
    Timer = 0x42,
    Req = 0x48,
    Hist = 0x50,
}

impl Tag {
    /// All tags, in key order.
    pub const ALL: [Self; 16] = [
        Self::Large,
        Self::Value,
        Self::Chunk,
        Self::Meta,
        Self::Schema,
        Self::Layout,
        Self::Seq,
        Self::Name,
        Self::Inst,
        Self::Part,
        Self::Op,
        Self::Run,
        Self::Msg,
        Self::Timer,
        Self::Req,
        Self::Hist,
    ];

    fn of(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| *tag as u8 == byte)
    }
}

/// The typed form of a key. Rows compare as their keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each variant and field is a row of the module's table"
)]
pub enum Row<'a> {
    Large { key: &'a [u8] },
    Value { key: &'a [u8] },
    Chunk { commit: u64, carried: bool },
    Meta { name: &'a str },
    Schema { hash: u64 },
    Layout { hash: u64 },
    Seq { vp: u16 },
    Name { vp: u16, id: &'a [u8] },
    Inst { n: u64, vp: u16 },
    Part { n: u64, vp: u16, part: u32 },
    Op { n: u64, vp: u16, op: u64 },
    Run { vp: u16, n: u64 },
    Msg { vp: u16, seq: u64, idx: u32 },
    Timer { vp: u16, due: u64, n: u64, op: u64 },
    Req { vp: u16, era: u64, id: &'a [u8] },
    Hist { n: u64, vp: u16, seq: u64 },
}

impl<'a> Row<'a> {
    /// The bytes of the key.
    pub fn key(&self) -> Key {
        let name = match self {
            Self::Meta { name } => name.len(),
            Self::Name { id, .. } | Self::Req { id, .. } => id.len(),
            Self::Large { key } | Self::Value { key } => key.len(),
            _ => 0,
        };
        let mut key = Key::with_capacity(KEY_BYTES + name);
        self.append_key(&mut key);
        key
    }

    /// Appends the bytes of the key.
    pub(crate) fn append_key(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Large { key } => join(out, Tag::Large, [key]),
            Self::Value { key } => join(out, Tag::Value, [key]),
            Self::Chunk { commit, carried } => join(
                out,
                Tag::Chunk,
                [&commit.to_be_bytes(), &[u8::from(carried)]],
            ),
            Self::Meta { name } => join(out, Tag::Meta, [name.as_bytes()]),
            Self::Schema { hash } => join(out, Tag::Schema, [&hash.to_be_bytes()]),
            Self::Layout { hash } => join(out, Tag::Layout, [&hash.to_be_bytes()]),
            Self::Seq { vp } => join(out, Tag::Seq, [&vp.to_be_bytes()]),
            Self::Name { vp, id } => join(out, Tag::Name, [&vp.to_be_bytes(), id]),
            Self::Inst { n, vp } => join(out, Tag::Inst, [&n.to_be_bytes(), &vp.to_be_bytes()]),
            Self::Part { n, vp, part } => join(
                out,
                Tag::Part,
                [&n.to_be_bytes(), &vp.to_be_bytes(), &part.to_be_bytes()],
            ),
            Self::Op { n, vp, op } => join(
                out,
                Tag::Op,
                [&n.to_be_bytes(), &vp.to_be_bytes(), &op.to_be_bytes()],
            ),
            Self::Run { vp, n } => join(out, Tag::Run, [&vp.to_be_bytes(), &n.to_be_bytes()]),
            Self::Msg { vp, seq, idx } => join(
                out,
                Tag::Msg,
                [&vp.to_be_bytes(), &seq.to_be_bytes(), &idx.to_be_bytes()],
            ),
            Self::Timer { vp, due, n, op } => join(
                out,
                Tag::Timer,
                [
                    &vp.to_be_bytes(),
                    &due.to_be_bytes(),
                    &n.to_be_bytes(),
                    &op.to_be_bytes(),
                ],
            ),
            Self::Req { vp, era, id } => {
                join(out, Tag::Req, [&vp.to_be_bytes(), &era.to_be_bytes(), id])
            }
            Self::Hist { n, vp, seq } => join(
                out,
                Tag::Hist,
                [&n.to_be_bytes(), &vp.to_be_bytes(), &seq.to_be_bytes()],
            ),
        }
    }

    /// Reads a key back; `None` if it is not one of this layout.
    pub fn parse(key: &'a [u8]) -> Option<Self> {
        let (&tag, rest) = key.split_first()?;
        let mut f = Fields(rest);
        let row = match Tag::of(tag)? {
            Tag::Large => return Some(Self::Large { key: rest }),
            Tag::Value => return Some(Self::Value { key: rest }),
            Tag::Meta => {
                return std::str::from_utf8(rest)
                    .ok()
                    .map(|name| Self::Meta { name });
            }
            Tag::Name => {
                return Some(Self::Name {
                    vp: f.u16()?,
                    id: f.0,
                });
            }
            Tag::Req => {
                return Some(Self::Req {
                    vp: f.u16()?,
                    era: f.u64()?,
                    id: f.0,
                });
            }
            Tag::Chunk => Self::Chunk {
                commit: f.u64()?,
                carried: f.bool()?,
            },
            Tag::Schema => Self::Schema { hash: f.u64()? },
            Tag::Layout => Self::Layout { hash: f.u64()? },
            Tag::Seq => Self::Seq { vp: f.u16()? },
            Tag::Inst => Self::Inst {
                n: f.u64()?,
                vp: f.u16()?,
            },
            Tag::Part => Self::Part {
                n: f.u64()?,
                vp: f.u16()?,
                part: f.u32()?,
            },
            Tag::Op => Self::Op {
                n: f.u64()?,
                vp: f.u16()?,
                op: f.u64()?,
            },
            Tag::Run => Self::Run {
                vp: f.u16()?,
                n: f.u64()?,
            },
            Tag::Msg => Self::Msg {
                vp: f.u16()?,
                seq: f.u64()?,
                idx: f.u32()?,
            },
            Tag::Timer => Self::Timer {
                vp: f.u16()?,
                due: f.u64()?,
                n: f.u64()?,
                op: f.u64()?,
            },
            Tag::Hist => Self::Hist {
                n: f.u64()?,
                vp: f.u16()?,
                seq: f.u64()?,
            },
        };
        f.0.is_empty().then_some(row)
    }
}

/// The row that holds the store's format and fixed parameters; the adapter writes it.
pub const FORMAT_ROW: Row<'static> = Row::Meta { name: "format" };

/// The row whose seal tells the last commit; the adapter writes it with every batch.
pub const COMMIT_ROW: Row<'static> = Row::Meta { name: "commit" };
/// The payload of that row.
pub(super) const COMMIT_ROW_BYTES: usize = 8;

/// The longest key, but for a name at its end.
const KEY_BYTES: usize = 27;

/// Whether a row is the store's own, which no batch may write.
pub(super) fn is_reserved(key: &[u8]) -> bool {
    matches!(Family::of(key), Family::Large | Family::Chunks)
        || key == FORMAT_ROW.key()
        || key == COMMIT_ROW.key()
}

/// All rows of a tag, as bounds for a scan: from inclusive, to exclusive.
pub fn tag_range(tag: Tag) -> (Key, Key) {
    prefix_range(&[tag as u8])
}

/// All rows of a tag in one virtual partition: for tags whose keys begin with it.
pub fn partition_range(tag: Tag, vp: u16) -> (Key, Key) {
    let mut prefix = Key::new();
    join(&mut prefix, tag, [&vp.to_be_bytes()]);
    prefix_range(&prefix)
}

/// All rows of a tag that belong to one instance: for [`Tag::Inst`], [`Tag::Part`],
/// [`Tag::Op`] and [`Tag::Hist`].
pub fn instance_range(tag: Tag, vp: u16, n: u64) -> (Key, Key) {
    let mut prefix = Key::new();
    join(&mut prefix, tag, [&n.to_be_bytes(), &vp.to_be_bytes()]);
    prefix_range(&prefix)
}

/// The timers of one virtual partition that are due before a time.
pub fn timers_before(vp: u16, due: u64) -> (Key, Key) {
    let (from, _) = partition_range(Tag::Timer, vp);
    let mut to = from.clone();
    to.extend_from_slice(&due.to_be_bytes());
    (from, to)
}

/// All keys that begin with `prefix`, as bounds for a scan. A prefix is never only 0xff bytes,
/// since no tag is.
pub fn prefix_range(prefix: &[u8]) -> (Key, Key) {
    let mut to = prefix.to_vec();
    while let Some(last) = to.pop() {
        if last < u8::MAX {
            to.push(last + 1);
            break;
        }
    }
    (prefix.to_vec(), to)
}

/// The smallest key greater than `key`: where a scan goes on.
pub fn after(key: &[u8]) -> Key {
    let mut next = Vec::with_capacity(key.len() + 1);
    next.extend_from_slice(key);
    next.push(0);
    next
}

/// A key for people: its row, or its bytes.
pub fn display(key: &[u8]) -> String {
    const SHOWN: usize = 64;
    match Row::parse(key) {
        Some(Row::Name { vp, id }) => {
            let id = &id[..id.len().min(SHOWN)];
            format!("Name {{ vp: {vp}, id: \"{}\" }}", id.escape_ascii())
        }
        Some(Row::Req { vp, era, id }) => {
            let id = id[..id.len().min(SHOWN)].escape_ascii();
            format!("Req {{ vp: {vp}, era: {era}, id: \"{id}\" }}")
        }
        Some(Row::Large { key } | Row::Value { key }) => display(key),
        Some(row) => format!("{row:?}"),
        None => format!("\"{}\"", key[..key.len().min(SHOWN)].escape_ascii()),
    }
}

// Inlined: where fields are numbers, the compiler knows the length of the key.
#[inline(always)]
fn join<const N: usize>(out: &mut Vec<u8>, tag: Tag, fields: [&[u8]; N]) {
    let mut length = 1;
    for field in fields {
        length += field.len();
    }
    out.reserve(length);
    out.push(tag as u8);
    for field in fields {
        out.extend_from_slice(field);
    }
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    fn bool(&mut self) -> Option<bool> {
        match self.take()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }
}
