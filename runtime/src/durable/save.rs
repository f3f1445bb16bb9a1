//! `Saver` and `Loader`: how frames become bytes and bytes become frames.

use rustc_hash::FxHashMap;

use super::{LayoutId, Persist, Refusal};
use crate::schema::{self, SchemaId, Stored, append_bytes, append_number};

/// Values that are kept in rows of their own, by part number.
pub type Parts = FxHashMap<u32, Vec<u8>>;

/// Writes one frame. Integers are little-endian base-128, values carry their schema.
#[derive(Debug, Default)]
pub struct Writing {
    /// The frame itself.
    pub bytes: Vec<u8>,
    /// Changed parts: to be put, or deleted.
    pub parts: Vec<(u32, Option<Vec<u8>>)>,
    /// Schemas the bytes refer to.
    pub schemas: Vec<SchemaId>,
    /// Layouts the bytes refer to.
    pub layouts: Vec<LayoutId>,
    /// Where locals are written, one after the other.
    scratch: Vec<u8>,
}

impl Writing {
    /// More memory than this is not kept for the next frame.
    const KEPT_BYTES: usize = 64 * 1024;

    /// Empties it, to be used again.
    pub(crate) fn clear(&mut self) {
        if self.bytes.capacity() > Writing::KEPT_BYTES {
            self.bytes = Vec::new();
        }
        if self.scratch.capacity() > Writing::KEPT_BYTES {
            self.scratch = Vec::new();
        }
        self.bytes.clear();
        self.parts.clear();
        self.schemas.clear();
        self.layouts.clear();
    }
}

/// The writing end of a frame.
#[derive(Debug)]
pub struct Saver<'a> {
    writing: &'a mut Writing,
    /// Only the slots of an instance's own frame may move into parts.
    pub(crate) may_part: bool,
    /// Nothing is left in rows of its own, and nothing is noted as written.
    pub(crate) whole: bool,
    pub(crate) body: &'static str,
}

impl<'a> Saver<'a> {
    /// A saver for the frame of an instance.
    pub fn new(writing: &'a mut Writing, body: &'static str) -> Self {
        Saver {
            writing,
            may_part: true,
            whole: false,
            body,
        }
    }

    /// A saver that writes all of a frame and changes nothing of it.
    pub(crate) fn whole(writing: &'a mut Writing, body: &'static str) -> Self {
        Saver {
            writing,
            may_part: true,
            whole: true,
            body,
        }
    }

    /// Writes a frame nested in this one, with its length before it.
    pub(crate) fn nested(
        &mut self,
        body: &'static str,
        write: impl FnOnce(&mut Saver<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let outer = std::mem::take(&mut self.writing.bytes);
        let mut saver = Saver {
            writing: self.writing,
            may_part: false,
            whole: self.whole,
            body,
        };
        let written = write(&mut saver);
        let inner = std::mem::replace(&mut self.writing.bytes, outer);
        self.bytes(&inner);
        written
    }

    pub(crate) fn damaged(&self, what: &str) -> Refusal {
        Refusal::Damaged {
            body: self.body.to_owned(),
            what: what.to_owned(),
        }
    }

    /// Gives `write` the place where locals are written.
    pub(crate) fn with_scratch(&mut self, write: impl FnOnce(&mut Self, &mut Vec<u8>)) {
        let mut scratch = std::mem::take(&mut self.writing.scratch);
        write(self, &mut scratch);
        self.writing.scratch = scratch;
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.writing.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn u64(&mut self, value: u64) {
        append_number(value, &mut self.writing.bytes);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        append_bytes(bytes, &mut self.writing.bytes);
    }

    pub(crate) fn layout(&mut self, id: LayoutId) {
        self.writing.layouts.push(id);
        self.writing.bytes.extend_from_slice(&id.0.to_le_bytes());
    }

    pub(crate) fn part(&mut self, part: u32, bytes: Option<Vec<u8>>) {
        self.writing.parts.push((part, bytes));
    }

    /// The bytes refer to this schema.
    pub(crate) fn schema(&mut self, schema: SchemaId) {
        self.writing.schemas.push(schema);
    }

    pub(crate) fn stored(&mut self, stored: &Stored) {
        self.schema(stored.schema);
        self.writing
            .bytes
            .extend_from_slice(&stored.schema.0.to_le_bytes());
        self.bytes(&stored.bytes);
    }

    /// Writes a value with its schema.
    pub(crate) fn value<T: Persist>(&mut self, place: &str, value: &T) -> Result<(), Refusal> {
        let refuse = |error| Refusal::value(format!("{place} in `{}`", self.body), error);
        let stored = Stored::write(value).map_err(refuse)?;
        self.stored(&stored);
        Ok(())
    }
}

/// The reading end of a frame.
#[derive(Debug)]
pub struct Loader<'a> {
    bytes: &'a [u8],
    parts: &'a Parts,
    pub(crate) body: &'static str,
}

impl<'a> Loader<'a> {
    /// A loader over what a [`Saver`] wrote.
    pub fn new(bytes: &'a [u8], parts: &'a Parts, body: &'static str) -> Self {
        Loader { bytes, parts, body }
    }

    pub(crate) fn damaged(&self, what: &str) -> Refusal {
        Refusal::Damaged {
            body: self.body.to_owned(),
            what: what.to_owned(),
        }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Refusal> {
        let Some((head, tail)) = self.bytes.split_at_checked(count) else {
            return Err(self.damaged("it ends too early"));
        };
        self.bytes = tail;
        Ok(head)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Refusal> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.damaged("an integer is too long"))
    }

    pub(crate) fn usize(&mut self) -> Result<usize, Refusal> {
        usize::try_from(self.u64()?).map_err(|_| self.damaged("a length is too large"))
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Refusal> {
        let count = self.usize()?;
        self.take(count)
    }

    /// What was not read yet.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.bytes)
    }

    fn fixed(&mut self) -> Result<u64, Refusal> {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(self.take(8)?);
        Ok(u64::from_le_bytes(bytes))
    }

    pub(crate) fn layout(&mut self) -> Result<LayoutId, Refusal> {
        Ok(LayoutId(self.fixed()?))
    }

    pub(crate) fn part(&self, part: u32) -> Result<&'a [u8], Refusal> {
        self.parts.get(&part).map(Vec::as_slice).ok_or_else(|| {
            self.damaged(&format!(
                "part {part}, a local in a row of its own, is missing"
            ))
        })
    }

    /// A value with its schema, as bytes.
    pub(crate) fn stored(&mut self) -> Result<Stored, Refusal> {
        let schema = SchemaId(self.fixed()?);
        let bytes = self.bytes()?.to_vec();
        Ok(Stored { schema, bytes })
    }

    pub(crate) fn value<T: Persist>(&mut self, place: &str) -> Result<T, Refusal> {
        let id = SchemaId(self.fixed()?);
        let bytes = self.bytes()?;
        schema::read_from(id, bytes)
            .map_err(|error| Refusal::value(format!("{place} in `{}`", self.body), error))
    }

    /// Asserts that everything was read.
    pub(crate) fn end(&self) -> Result<(), Refusal> {
        if self.bytes.is_empty() {
            Ok(())
        } else {
            Err(self.damaged("bytes are left over"))
        }
    }
}
