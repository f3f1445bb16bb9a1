//! `Recording`: what a replayed orchestration has done since its run began, as it is stored.
//!
//! It is one stream of bytes to which each turn appends. The end of the stream stands in the frame;
//! what is before it lies in rows of its own, each written once. So a turn writes what it added.

use rustc_hash::FxHashSet;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use super::recorded::Recorded;
use crate::durable::limits::{RECORDING_BYTES_MAX, RECORDING_CHUNK_BYTES, RECORDING_TURNS_MAX};
use crate::durable::{LayoutId, Loader, Parts, Refusal, Saver, Writing};
use crate::schema::{SchemaId, Stored, append};

/// Stands where a compiled body's frame names its layout.
pub(crate) const MARK: LayoutId = LayoutId(0);

/// Longest row that holds a part of a recording.
const ROW_BYTES_MAX: usize = 1 << 20;

/// How a run began.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Start {
    pub(super) args: Stored,
    /// The status that an earlier run left.
    pub(super) status: Option<String>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Recording {
    turns: usize,
    /// Without the start.
    bytes: usize,
    hash: Xxh3Default,
    /// How many rows there are.
    rows: u32,
    /// Rows that no save has taken.
    new: Vec<Vec<u8>>,
    /// What is in no row.
    tail: Vec<u8>,
    /// What the values in it were written by.
    schemas: FxHashSet<SchemaId>,
}

impl Recording {
    /// A run begins.
    pub(super) fn begin(&mut self, start: &Start) {
        self.schemas.insert(start.args.schema);
        self.append(start);
    }

    /// A turn is over.
    pub(super) fn record(&mut self, turn: &Recorded) {
        self.schemas.extend(turn.schemas());
        self.turns += 1;
        self.bytes += self.append(turn);
    }

    fn append(&mut self, value: &impl Serialize) -> usize {
        let before = self.tail.len();
        append(value, &mut self.tail).expect("a recording is plain data");
        self.hash.update(&self.tail[before..]);
        let added = self.tail.len() - before;
        while self.tail.len() >= RECORDING_CHUNK_BYTES {
            let rest = self.tail.split_off(self.tail.len().min(ROW_BYTES_MAX));
            self.new.push(std::mem::replace(&mut self.tail, rest));
            self.rows += 1;
        }
        added
    }

    /// Which limit it is beyond, if any.
    pub(super) fn too_long(&self) -> Option<String> {
        let what = if self.turns > RECORDING_TURNS_MAX {
            format!("{} turns, more than {RECORDING_TURNS_MAX}", self.turns)
        } else if self.bytes > RECORDING_BYTES_MAX {
            format!("{} bytes, more than {RECORDING_BYTES_MAX}", self.bytes)
        } else {
            return None;
        };
        Some(format!(
            "its recording has {what}: begin again with `continue_as_new` before, or do without \
             `replay`, which has no recording"
        ))
    }

    /// Writes what was added since the last time, and the end.
    pub(super) fn save(&mut self, saver: &mut Saver<'_>) {
        saver.raw(&MARK.0.to_le_bytes());
        let first = self.rows - self.new.len() as u32;
        for (part, row) in (first..).zip(self.new.drain(..)) {
            saver.part(part, Some(row));
        }
        for schema in &self.schemas {
            saver.schema(*schema);
        }
        saver.u64(u64::from(self.rows));
        saver.u64(self.hash.digest());
        saver.bytes(&self.tail);
    }

    /// Reads what [`save`](Self::save) wrote: the recording to go on with, how the run began and all
    /// its turns.
    pub(super) fn load(
        bytes: &[u8],
        parts: &Parts,
        body: &'static str,
    ) -> Result<(Recording, Start, Vec<Recorded>), Refusal> {
        let mut loader = Loader::new(bytes, parts, body);
        if loader.layout()? != MARK {
            return Err(Refusal::Stuck {
                body: body.to_owned(),
                why: "it was begun without `replay`: its frame is no recording; finish it with a \
                      version without that option"
                    .to_owned(),
            });
        }
        let rows = u32::try_from(loader.u64()?)
            .map_err(|_| loader.damaged("it has too many rows of recording"))?;
        let hash = loader.u64()?;
        let tail = loader.bytes()?.to_vec();
        loader.end()?;
        let mut stream = Vec::new();
        for row in 0..rows {
            stream.extend_from_slice(loader.part(row)?);
        }
        stream.extend_from_slice(&tail);
        let mut recording = Recording {
            rows,
            tail,
            ..Recording::default()
        };
        recording.hash.update(&stream);
        if recording.hash.digest() != hash {
            return Err(
                loader.damaged("the rows of its recording are not those it was written with")
            );
        }
        let mut rest = stream.as_slice();
        let start: Start = take(&mut rest, &loader)?;
        recording.schemas.insert(start.args.schema);
        recording.bytes = rest.len();
        let mut turns = Vec::new();
        while !rest.is_empty() {
            let turn: Recorded = take(&mut rest, &loader)?;
            recording.schemas.extend(turn.schemas());
            turns.push(turn);
        }
        recording.turns = turns.len();
        Ok((recording, start, turns))
    }
}

/// Whether these bytes are a recording without rows of its own, but for the hash of its content.
pub(crate) fn read_recording(bytes: &[u8]) -> bool {
    let parts = Parts::default();
    let mut loader = Loader::new(bytes, &parts, "a recording");
    let mut tail = || {
        let (_, _, _) = (
            loader.layout().ok()?,
            loader.u64().ok()?,
            loader.u64().ok()?,
        );
        loader.bytes().ok()
    };
    let Some(tail) = tail() else {
        return Recording::load(bytes, &parts, "a recording").is_ok();
    };
    let mut recording = Recording {
        tail: tail.to_vec(),
        ..Recording::default()
    };
    recording.hash.update(tail);
    let mut writing = Writing::default();
    recording.save(&mut Saver::new(&mut writing, "a recording"));
    Recording::load(&writing.bytes, &parts, "a recording").is_ok()
}

fn take<T: DeserializeOwned>(rest: &mut &[u8], loader: &Loader<'_>) -> Result<T, Refusal> {
    let (value, left) = postcard::take_from_bytes(rest)
        .map_err(|error| loader.damaged(&format!("its recording cannot be read: {error}")))?;
    *rest = left;
    Ok(value)
}
