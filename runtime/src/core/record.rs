//! The instance row: one instance as it is stored.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::format::{self, Unreadable};
use super::history::Kept;
use super::limits::OPERATIONS_INLINE_MAX;
use super::operation::Operation;
use super::section::Section;
use super::{Description, Ending, Number, Parent, Status, Tags};
use crate::durable::{Refusal, Timestamp, Waits};
use crate::schema::Stored;

/// What a list shows of an instance: the front of its row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head<'a> {
    pub(crate) number: Number,
    pub(crate) id: Cow<'a, str>,
    pub(crate) orchestration: Cow<'a, str>,
    pub(crate) version: Option<Cow<'a, str>>,
    pub(crate) status: Status,
    pub(crate) parent: Option<Parent>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) custom_status: Option<Cow<'a, str>>,
    pub(crate) parked: Option<Cow<'a, Refusal>>,
    /// Why it is suspended or was terminated.
    pub(crate) reason: Option<Cow<'a, str>>,
    pub(crate) tags: Cow<'a, Tags>,
    pub(crate) continued: u64,
    pub(crate) rewound: u64,
}

/// The rest of an instance's row.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Body<'a> {
    pub(crate) next_operation: u64,
    pub(crate) waits: Cow<'a, Waits>,
    /// Pending operations without a row of their own.
    pub(crate) inline: Vec<(u64, Cow<'a, Operation>)>,
    /// The rows that hold large slots.
    pub(crate) parts: Cow<'a, [u32]>,
    /// How often the process died during a turn of it.
    pub(crate) deaths: u32,
    /// When it is purged by itself; a timer of that time is armed.
    pub(crate) expires: Option<Timestamp>,
    /// The request that an entity has begun to serve.
    pub(crate) serving: Option<u64>,
    pub(crate) history: Kept<'a>,
    /// The critical sections it is in or wants to enter.
    pub(crate) sections: Cow<'a, BTreeMap<u64, Section>>,
    /// The critical section that has the entity locked.
    pub(crate) lock: Option<Parent>,
    /// It has ended in failure, and a row says where it can be rewound to.
    pub(crate) rewindable: bool,
    pub(crate) progress: Progress<'a>,
}

/// How far an instance is.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Progress<'a> {
    /// It has not run.
    Begun(Cow<'a, Stored>),
    /// It waits, with this frame.
    Suspended(Raw<'a>),
    /// It is over.
    Ended(Cow<'a, Ending>),
    /// Nobody has started it: events wait for it.
    Unborn,
}

/// Bytes that postcard copies as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Raw<'a>(pub(crate) Cow<'a, [u8]>);

/// Appends an instance's row.
pub(crate) fn write(head: &Head<'_>, body: &Body<'_>, out: &mut Vec<u8>) {
    assert!(
        body.inline.len() <= OPERATIONS_INLINE_MAX,
        "operations beyond the limit have rows of their own"
    );
    let ended = matches!(body.progress, Progress::Ended(_));
    assert!(
        !ended || body.parts.is_empty(),
        "an instance that is over has no slots"
    );
    let start = out.len();
    format::write_behind(out, head);
    format::extend(out, body);
    debug_assert!(
        read(&out[start..])
            .is_ok_and(|(read_head, read_body)| read_head == *head && read_body == *body),
        "an instance reads back as it was written"
    );
}

/// Reads an instance's row.
pub(crate) fn read(row: &[u8]) -> Result<(Head<'static>, Body<'static>), Unreadable> {
    let (head, rest) = format::take(format::body(row)?)?;
    let (body, rest): (Body<'static>, _) = format::take(rest)?;
    if !rest.is_empty() {
        return Err(Unreadable::damaged("bytes are left over"));
    }
    if body.inline.len() > OPERATIONS_INLINE_MAX {
        return Err(Unreadable::damaged("it has too many inline operations"));
    }
    if matches!(body.progress, Progress::Ended(_)) && !body.parts.is_empty() {
        return Err(Unreadable::damaged("it is over and has slots"));
    }
    Ok((head, body))
}

/// Appends the row of a name: the number of its instance, and what that was started with.
pub(crate) fn write_name(n: u64, origin: Option<&Stored>, out: &mut Vec<u8>) {
    out.extend_from_slice(&n.to_be_bytes());
    if let Some(args) = origin {
        format::write_behind(out, args);
    }
}

/// Whether the row of a name belongs to an instance that somebody has started.
pub(crate) fn is_born(row: &[u8]) -> bool {
    row.len() > size_of::<u64>()
}

/// Reads the number off the row of a name.
pub(crate) fn read_name(row: &[u8]) -> Result<u64, Unreadable> {
    let n = row.first_chunk();
    let n = n.ok_or_else(|| Unreadable::damaged("it is no number"))?;
    Ok(u64::from_be_bytes(*n))
}

/// Reads what the instance was started with off the row of its name.
pub(crate) fn read_origin(row: &[u8]) -> Result<Stored, Unreadable> {
    let (_, origin) = row
        .split_first_chunk::<8>()
        .ok_or_else(|| Unreadable::damaged("it is no number"))?;
    format::read(origin)
}

/// Reads the front of an instance's row.
pub(crate) fn read_head(row: &[u8]) -> Result<Head<'static>, Unreadable> {
    format::take(format::body(row)?).map(|(head, _)| head)
}

impl Head<'_> {
    /// Whether somebody has started it; else it is not there for anybody.
    pub(crate) fn is_born(&self) -> bool {
        !self.orchestration.is_empty()
    }

    /// What a list shows.
    pub(crate) fn describe(self) -> Description {
        Description {
            id: self.id.into_owned(),
            number: self.number,
            orchestration: self.orchestration.into_owned(),
            version: self.version.map(Cow::into_owned),
            status: self.status,
            custom_status: self.custom_status.map(Cow::into_owned),
            parked: self.parked.map(Cow::into_owned),
            arguments: None,
            result: None,
            failure: None,
            state: None,
            reason: self.reason.map(Cow::into_owned),
            tags: self.tags.into_owned(),
            created: self.created,
            updated: self.updated,
            holds: Vec::new(),
            locked_by: None,
            calls_pending: 0,
            events_waiting: 0,
            continued: self.continued,
            rewound: self.rewound,
            parent: self.parent,
            point: None,
        }
    }
}

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Raw<'_> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Raw<'static>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Raw(Cow::Owned(bytes.to_vec())))
            }
        }
        from.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An instance that waits for nothing.
    fn instance() -> (Head<'static>, Body<'static>) {
        let head = Head {
            number: Number { partition: 0, n: 1 },
            id: "one".into(),
            orchestration: "work".into(),
            version: None,
            status: Status::Running,
            parent: None,
            created: Timestamp(0),
            updated: Timestamp(0),
            custom_status: None,
            parked: None,
            reason: None,
            tags: Cow::Owned(Tags::new()),
            continued: 0,
            rewound: 0,
        };
        let body = Body {
            next_operation: 0,
            waits: Cow::Owned(Waits::default()),
            inline: Vec::new(),
            parts: Cow::Borrowed(&[]),
            deaths: 0,
            expires: None,
            serving: None,
            history: Kept::default(),
            sections: Cow::Owned(BTreeMap::new()),
            lock: None,
            rewindable: false,
            progress: Progress::Suspended(Raw(Cow::Borrowed(b"a frame"))),
        };
        (head, body)
    }

    fn refused(head: &Head<'_>, body: &Body<'_>, more: &[u8]) -> String {
        let mut row = format::write(head);
        format::extend(&mut row, body);
        row.extend(more);
        read(&row).unwrap_err().to_string()
    }

    /// A row whose checksum is right, and that this program does not write.
    #[test]
    fn a_row_that_says_what_no_instance_can_be_is_refused_by_what_is_wrong() {
        let (head, mut body) = instance();
        let mut row = Vec::new();
        write(&head, &body, &mut row);
        assert!(read(&row).is_ok());
        let why = refused(&head, &body, &[0]);
        assert!(why.contains("bytes are left over"), "{why}");
        let call = Operation::Timer { due: Timestamp(0) };
        let calls = 0..=OPERATIONS_INLINE_MAX as u64;
        body.inline = calls.map(|n| (n, Cow::Owned(call.clone()))).collect();
        let why = refused(&head, &body, &[]);
        assert!(why.contains("too many inline operations"), "{why}");
        let (head, mut body) = instance();
        body.parts = Cow::Borrowed(&[3]);
        body.progress = Progress::Ended(Cow::Owned(Ending::Cancelled));
        let why = refused(&head, &body, &[]);
        assert!(why.contains("it is over and has slots"), "{why}");
    }
}
