//! The readers of the kernel's rows, for tests that give them bytes that nobody wrote.

use super::HighWater;
use super::format;
use super::frames::point_of;
use super::history::{History, Kept};
use super::message::Message;
use super::once::OnceRow;
use super::operation::OperationRow;
use super::record::{self, Progress};
use super::rewind::RewindPoint;
use crate::durable::rsm::stored_fields;
use crate::durable::{Timestamp, stored_state};
use crate::readers::{Reader, split};

pub(crate) const READERS: &[Reader] = &[
    Reader::new("message", |bytes| {
        let Ok(message) = Message::read(bytes) else {
            return false;
        };
        assert_eq!(Message::read(&message.write()).as_ref(), Ok(&message));
        true
    }),
    Reader::new("instance", |bytes| {
        let Ok((head, body)) = record::read(bytes) else {
            return false;
        };
        let mut again = Vec::new();
        record::write(&head, &body, &mut again);
        assert_eq!(record::read_head(&again).as_ref(), Ok(&head));
        assert_eq!(record::read(&again).as_ref(), Ok(&(head, body)));
        true
    }),
    Reader::new("head", |bytes| match record::read_head(bytes) {
        Ok(head) => !format!("{:?}", head.describe()).is_empty(),
        Err(_) => false,
    }),
    Reader::new("frame", |bytes| {
        // The one in the row of an instance, by everybody who looks into frames.
        let Some(frame) = frame(bytes) else {
            return false;
        };
        let frames = [
            point_of(&frame).is_some(),
            stored_state(&frame).is_ok(),
            stored_fields(&frame).is_ok(),
        ];
        frames.contains(&true)
    }),
    Reader::new("operation", |bytes| OperationRow::read(bytes).is_ok()),
    Reader::new("name", |bytes| {
        let Ok(n) = record::read_name(bytes) else {
            return false;
        };
        let origin = record::read_origin(bytes).ok();
        if record::is_born(bytes) && origin.is_some() {
            let mut again = Vec::new();
            record::write_name(n, origin.as_ref(), &mut again);
            assert_eq!(record::read_name(&again), Ok(n));
            assert_eq!(record::read_origin(&again).ok(), origin);
        }
        true
    }),
    Reader::new("once", |bytes| {
        let Ok(row) = OnceRow::read(bytes) else {
            return false;
        };
        let mut again = Vec::new();
        row.write(&mut again);
        assert!(OnceRow::read(&again).is_ok());
        true
    }),
    Reader::new("rewind", |bytes| format::read::<RewindPoint>(bytes).is_ok()),
    Reader::new("chunk", |bytes| {
        // A chunk's row, of a history that has nothing else.
        let row = (b"chunk".to_vec(), bytes.to_vec());
        let history = History::load(Kept::one_chunk(), Timestamp(1), Vec::new());
        read_history(&history, &row)
    }),
    Reader::new("history", |bytes| {
        // What an instance's row has of its history, and a chunk's row, which may be many.
        let (kept, chunk) = split(bytes);
        let Ok((kept, _)) = format::take::<Kept<'_>>(kept) else {
            return false;
        };
        let row = (b"chunk".to_vec(), chunk.to_vec());
        read_history(&History::load(kept, Timestamp(1), Vec::new()), &row)
    }),
    Reader::new("high water", |bytes| {
        format::read::<HighWater>(bytes).is_ok()
    }),
];

pub(crate) fn frame(row: &[u8]) -> Option<Vec<u8>> {
    match record::read(row).ok()?.1.progress {
        Progress::Suspended(frame) => Some(frame.0.into_owned()),
        Progress::Begun(_) | Progress::Ended(_) | Progress::Unborn => None,
    }
}

fn read_history(history: &History, row: &(Vec<u8>, Vec<u8>)) -> bool {
    // A few entries, so that a chunk's row is not read without end.
    match history.read(0, 40, |_| Ok(Some(row.clone()))) {
        Ok((entries, _)) => {
            let lines = entries.iter().map(ToString::to_string);
            lines.map(|line| line.len()).sum::<usize>() > 0
        }
        Err(error) => error.to_string().is_empty(),
    }
}
