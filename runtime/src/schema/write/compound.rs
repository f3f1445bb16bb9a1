//! Values in parts, on their way out.

use serde::ser::{self, Serialize};

use super::Writer;
use crate::schema::fault::{Fault, Step};
use crate::schema::model::{At, Field};

/// What is read for the parts of a compound value.
pub(super) enum Parts<'a> {
    Unknown,
    Alike(At),
    Pairs(At, At),
    Each(&'a [At]),
    Fields(&'a [Field]),
}

impl<'a> Parts<'a> {
    pub(super) fn of_length(self, len: usize) -> Result<Self, Fault> {
        let read = match &self {
            Parts::Each(items) => items.len(),
            Parts::Fields(fields) => fields.len(),
            Parts::Unknown | Parts::Alike(_) | Parts::Pairs(..) => return Ok(self),
        };
        if read == len {
            Ok(self)
        } else {
            Err(Fault::new(format!(
                "its `Serialize` writes {len} parts where its `Deserialize` reads {read}: \
                 `skip_serializing`, `skip_serializing_if` and `skip_deserializing` cannot be \
                 used; `#[serde(skip)]` can"
            )))
        }
    }
}

/// A value in parts, on its way out.
pub(super) struct Compound<'a> {
    pub(super) writer: Writer<'a>,
    pub(super) parts: Parts<'a>,
    pub(super) written: usize,
    /// What the type said it would write.
    pub(super) len: usize,
}

impl Compound<'_> {
    #[inline]
    fn part<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
        at: Option<At>,
        step: impl FnOnce(usize) -> Step,
    ) -> Result<(), Fault> {
        let writer = Writer {
            schema: self.writer.schema,
            out: &mut *self.writer.out,
            at,
            depth: self.writer.depth,
        };
        value
            .serialize(writer)
            .map_err(|fault| fault.inside(step(self.written)))
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let at = match self.parts {
            Parts::Unknown | Parts::Pairs(..) => None,
            Parts::Alike(at) => Some(at),
            Parts::Each(items) => items.get(self.written).copied(),
            Parts::Fields(fields) => fields.get(self.written).map(|field| field.at),
        };
        self.part(value, at, Step::Index)?;
        self.written += 1;
        Ok(())
    }

    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Fault> {
        let at = match self.parts {
            Parts::Unknown | Parts::Pairs(..) => None,
            Parts::Alike(at) => Some(at),
            Parts::Each(items) => items.get(self.written).copied(),
            Parts::Fields(fields) => {
                let field = fields.get(self.written);
                let moved = field.is_none_or(|field| field.name != *name)
                    && fields.iter().any(|field| field.name == *name);
                if moved {
                    return Err(Fault::new(format!(
                        "its `Serialize` writes `{name}` in another place than its \
                         `Deserialize` reads it"
                    )));
                }
                field.map(|field| field.at)
            }
        };
        self.part(value, at, |_| Step::Field(name.into()))?;
        self.written += 1;
        Ok(())
    }

    fn skip(&self, name: &'static str) -> Result<(), Fault> {
        Err(Fault::new(format!(
            "its field `{name}` is skipped by `skip_serializing_if`, and without names in the \
             bytes the fields after it would be misread: remove the attribute, or skip the field \
             always with `#[serde(skip)]`"
        )))
    }

    fn finish(self) -> Result<(), Fault> {
        if self.written == self.len {
            return Ok(());
        }
        let (written, len) = (self.written, self.len);
        Err(Fault::new(format!(
            "it announced {len} parts and wrote {written}"
        )))
    }
}

impl ser::SerializeSeq for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeTuple for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeTupleStruct for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeTupleVariant for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        let at = if let Parts::Pairs(key, _) = self.parts {
            Some(key)
        } else {
            None
        };
        self.part(key, at, Step::Key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let at = if let Parts::Pairs(_, value) = self.parts {
            Some(value)
        } else {
            None
        };
        self.part(value, at, Step::Index)?;
        self.written += 1;
        Ok(())
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeStruct for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        self.field(name, value)
    }

    fn skip_field(&mut self, name: &'static str) -> Result<(), Fault> {
        self.skip(name)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeStructVariant for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        self.field(name, value)
    }

    fn skip_field(&mut self, name: &'static str) -> Result<(), Fault> {
        self.skip(name)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}
