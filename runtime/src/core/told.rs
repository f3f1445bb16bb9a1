//! What a commit tells: the entries of histories that are new in its batch.

use std::collections::BTreeMap;

use super::format::ReadError;
use super::history::History;
use super::limits::HISTORY_CHUNK;
use super::record;
use crate::store::keys::Row;
use crate::store::{Batch, Bytes, Key};

/// For each instance that the batch writes: its id, and what is new of its history, in words. `before`
/// gives a row as it was. What cannot be read is left out: this is for people.
pub fn told(batch: &Batch, before: impl Fn(&[u8]) -> Option<Bytes>) -> Vec<(String, Vec<String>)> {
    let rows: BTreeMap<&[u8], Option<&[u8]>> = batch.iter().collect();
    let mut told = Vec::new();
    for (key, row) in &rows {
        let (Some(Row::Inst { vp, n }), Some(row)) = (Row::parse(key), row) else {
            continue;
        };
        let Ok((head, body)) = record::read(row) else {
            continue;
        };
        if !head.is_born() {
            continue;
        }
        let old = before(key).and_then(|row| record::read(&row).ok());
        let from = old.map_or(0, |(_, body)| body.history.next());
        let history = History::load(body.history, head.created, Vec::new());
        let chunk = |seq| -> Result<Option<(Key, Bytes)>, ReadError> {
            let key = Row::Hist { vp, n, seq }.key();
            let row = match rows.get(key.as_slice()) {
                Some(row) => row.map(<[u8]>::to_vec),
                None => before(&key),
            };
            Ok(row.map(|row| (key, row)))
        };
        let entries = history.read(from, HISTORY_CHUNK * 4, chunk);
        let entries = entries.map_or_else(|_| Vec::new(), |(entries, _)| entries);
        let words = entries.iter().map(|entry| entry.what.to_string()).collect();
        told.push((head.id.into_owned(), words));
    }
    told
}
