//! Items, entries and fields of a stored value, given to a changed type.

use serde::de::value::StringDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess};

use super::Evolving;
use crate::schema::fault::{Fault, Step};
use crate::schema::name::Name;
use crate::schema::value::Value;

pub(super) struct Items<I> {
    items: I,
    given: usize,
}

impl<I: ExactSizeIterator<Item = Value>> Items<I> {
    pub(super) fn new(items: impl IntoIterator<IntoIter = I>) -> Self {
        Items {
            items: items.into_iter(),
            given: 0,
        }
    }

    pub(super) fn left(&self) -> usize {
        self.items.len()
    }
}

impl<'de, I: ExactSizeIterator<Item = Value>> SeqAccess<'de> for Items<I> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let step = Step::Index(self.given);
        self.given += 1;
        seed.deserialize(Evolving(item))
            .map(Some)
            .map_err(|fault| fault.inside(step))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

pub(super) struct Entries {
    entries: std::vec::IntoIter<(Value, Value)>,
    given: usize,
    /// The value whose key was given last, and how that key prints.
    value: Option<(String, Value)>,
}

impl Entries {
    pub(super) fn new(entries: Vec<(Value, Value)>) -> Self {
        Entries {
            entries: entries.into_iter(),
            given: 0,
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some((key.to_string(), value));
        let step = Step::Key(self.given);
        self.given += 1;
        seed.deserialize(Evolving(key))
            .map(Some)
            .map_err(|fault| fault.inside(step))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let (key, value) = self.value.take().ok_or_else(no_key)?;
        seed.deserialize(Evolving(value))
            .map_err(|fault| fault.inside(Step::Entry(key)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

pub(super) struct Fields {
    fields: std::vec::IntoIter<(Name, Value)>,
    value: Option<(Name, Value)>,
}

impl Fields {
    pub(super) fn new(fields: Vec<(Name, Value)>) -> Self {
        Fields {
            fields: fields.into_iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some((name, value)) = self.fields.next() else {
            return Ok(None);
        };
        let key: StringDeserializer<Fault> = name.to_string().into_deserializer();
        self.value = Some((name, value));
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let (name, value) = self.value.take().ok_or_else(no_key)?;
        seed.deserialize(Evolving(value))
            .map_err(|fault| fault.inside(Step::Field(name)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}

fn no_key() -> Fault {
    Fault::new("its `Deserialize` asks for a value before its key")
}
