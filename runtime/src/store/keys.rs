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
//! | `Chunk` | commit (8) | the store's own: all rows of a commit from `Name` on, until they are in tables | once a commit, deleted |
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
//! The tags form eight families of neighbours (see [`Family`]), which an adapter may keep
//! apart: rows that live alike, and rows whose keys grow alike.

mod family;

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
    pub const ALL: [Self; 14] = [
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
    Chunk { commit: u64 },
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
            _ => 0,
        };
        let mut key = Key::with_capacity(KEY_BYTES + name);
        self.append_key(&mut key);
        key
    }

    /// Appends the bytes of the key.
    pub(crate) fn append_key(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Chunk { commit } => join(out, Tag::Chunk, [&commit.to_be_bytes()]),
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
            Tag::Chunk => Self::Chunk { commit: f.u64()? },
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
    key.first() == Some(&(Tag::Chunk as u8)) || key == FORMAT_ROW.key() || key == COMMIT_ROW.key()
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    struct Owned {
        tag: Tag,
        text: String,
        vp: u16,
        a: u64,
        b: u64,
        c: u64,
        d: u32,
    }

    impl Owned {
        fn row(&self) -> Row<'_> {
            let Self { vp, a, b, c, d, .. } = *self;
            match self.tag {
                Tag::Chunk => Row::Chunk { commit: a },
                Tag::Meta => Row::Meta { name: &self.text },
                Tag::Schema => Row::Schema { hash: a },
                Tag::Layout => Row::Layout { hash: a },
                Tag::Seq => Row::Seq { vp },
                Tag::Name => Row::Name {
                    vp,
                    id: self.text.as_bytes(),
                },
                Tag::Inst => Row::Inst { n: a, vp },
                Tag::Part => Row::Part { vp, n: a, part: d },
                Tag::Op => Row::Op { vp, n: a, op: b },
                Tag::Run => Row::Run { vp, n: a },
                Tag::Msg => Row::Msg { vp, seq: a, idx: d },
                Tag::Timer => Row::Timer {
                    vp,
                    due: a,
                    n: b,
                    op: c,
                },
                Tag::Req => Row::Req {
                    vp,
                    era: a,
                    id: self.text.as_bytes(),
                },
                Tag::Hist => Row::Hist { vp, n: a, seq: b },
            }
        }
    }

    fn rows() -> impl Strategy<Value = Owned> {
        // Few values make equal fields likely, so that the later ones are compared too.
        let number = || prop_oneof![0..3u64, Just(255), Just(256), any::<u64>()];
        let tag = prop::sample::select(Tag::ALL.to_vec());
        let vp = prop_oneof![0..3u16, any::<u16>()];
        let fields = (number(), number(), number(), any::<u32>());
        (tag, "[a-c]{0,3}|.{0,8}", vp, fields).prop_map(|(tag, text, vp, (a, b, c, d))| Owned {
            tag,
            text,
            vp,
            a,
            b,
            c,
            d,
        })
    }

    proptest! {
        #[test]
        fn keys_sort_as_their_rows_do(x in rows(), y in rows()) {
            prop_assert_eq!(x.row().cmp(&y.row()), x.row().key().cmp(&y.row().key()));
        }

        #[test]
        fn a_key_reads_back_as_its_row(x in rows()) {
            let key = x.row().key();
            prop_assert_eq!(Row::parse(&key), Some(x.row()));
        }

        #[test]
        fn any_bytes_parse_to_their_own_row_or_to_none(key: Vec<u8>) {
            if let Some(row) = Row::parse(&key) {
                prop_assert_eq!(row.key(), key);
            }
        }

        #[test]
        fn a_prefix_range_holds_what_begins_with_the_prefix(
            prefix in prop::collection::vec(250u8.., 0..3),
            key in prop::collection::vec(250u8.., 0..5),
        ) {
            let prefix = [&[Tag::Name as u8][..], &prefix].concat();
            let key = [&[Tag::Name as u8][..], &key].concat();
            let (from, to) = prefix_range(&prefix);
            prop_assert_eq!(from <= key && key < to, key.starts_with(&prefix));
        }

        #[test]
        fn nothing_lies_between_a_key_and_what_comes_after(x: Vec<u8>, y: Vec<u8>) {
            prop_assert_eq!(y > x, y >= after(&x));
        }
    }

    #[test]
    fn families_are_ranges_in_the_order_of_the_tags() {
        assert!(Tag::ALL.is_sorted());
        let families = Tag::ALL.map(|tag| Family::of(&[tag as u8]));
        assert!(families.is_sorted());
    }

    #[test]
    fn timers_before_a_time_are_those_due_earlier() {
        let (from, to) = timers_before(7, 100);
        let inside = |vp, due| {
            let key = Row::Timer {
                vp,
                due,
                n: 1,
                op: u64::MAX,
            }
            .key();
            from <= key && key < to
        };
        assert!(inside(7, 0) && inside(7, 99));
        assert!(!inside(7, 100) && !inside(6, 50) && !inside(8, 50));
    }
}
