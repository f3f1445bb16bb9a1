//! `Slot`: one saved local of a durable function.

use std::any::Any;

use super::{AnySlot, Persist, Section, Turn};
use crate::schema::{self, SchemaId, ValueError};

/// How values of one type are written and read; made where the bound is known.
struct Codec<T> {
    schema: fn() -> SchemaId,
    write: fn(&T, &mut Vec<u8>) -> Result<(), ValueError>,
    read: fn(SchemaId, &[u8]) -> Result<T, ValueError>,
}

trait HasCodec: Sized + 'static {
    const CODEC: Codec<Self>;
}

impl<T: Persist> HasCodec for T {
    const CODEC: Codec<T> = Codec {
        schema: schema::id_of::<T>,
        write: schema::write_into::<T>,
        read: schema::read_from::<T>,
    };
}

/// A row of its own that holds a slot's value.
#[derive(Debug, Clone, Copy)]
pub struct Filed {
    pub(crate) part: u32,
    /// The content hash of what the row holds.
    pub(crate) hash: u64,
}

/// A local that lives across an `.await`. Empty while its value is a Rust variable, or dead.
#[allow(missing_debug_implementations)]
pub struct Slot<T: 'static> {
    value: Option<T>,
    touched: bool,
    filed: Option<Filed>,
    codec: &'static Codec<T>,
}

/// An empty slot: the one place that asks for `Persist`, so that a local that cannot be saved is
/// one error, at its `let`.
#[must_use]
pub fn slot<T: Persist>() -> Slot<T> {
    Slot {
        value: None,
        touched: false,
        filed: None,
        codec: &<T as HasCodec>::CODEC,
    }
}

impl<T> Slot<T> {
    /// Takes the value out for a stretch of code.
    ///
    /// # Panics
    /// When the slot is empty, which liveness analysis excludes.
    #[inline]
    #[track_caller]
    pub fn take(&mut self) -> T {
        self.value.take().expect("a live slot holds its value")
    }

    /// Puts the value back.
    #[inline]
    pub fn put(&mut self, value: T) {
        self.value = Some(value);
        self.touched = true;
    }

    /// The value in place, without counting as a change: for work lists, whose progress is a
    /// cursor in a slot of its own.
    ///
    /// # Panics
    /// When the slot is empty, which liveness analysis excludes.
    #[inline]
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut T {
        self.value.as_mut().expect("a live slot holds its value")
    }
}

impl<T: Send + 'static> AnySlot for Slot<T> {
    fn is_full(&self) -> bool {
        self.value.is_some()
    }
    fn is_touched(&self) -> bool {
        self.touched
    }
    fn filed(&self) -> Option<Filed> {
        self.filed
    }
    fn set_filed(&mut self, filed: Option<Filed>) {
        self.filed = filed;
        self.touched = false;
    }
    fn schema(&self) -> SchemaId {
        (self.codec.schema)()
    }
    fn write(&self, out: &mut Vec<u8>) -> Result<(), ValueError> {
        match &self.value {
            Some(value) => (self.codec.write)(value, out),
            None => Ok(()),
        }
    }
    fn read(&mut self, schema: SchemaId, bytes: &[u8]) -> Result<(), ValueError> {
        self.value = Some((self.codec.read)(schema, bytes)?);
        Ok(())
    }
    fn clear(&mut self) {
        self.value = None;
    }
    fn leave(&mut self, turn: &mut Turn) {
        let value: &mut dyn Any = &mut self.value;
        let section = value.downcast_mut::<Option<Section>>();
        if let Some(section) = section.and_then(Option::take) {
            section.leave(turn);
        }
    }
}
