//! A stored variant, given to a changed enum.

use serde::de::value::StringDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor};

use super::{Evolving, visit_fields, visit_items, visit_struct, visit_tuple};
use crate::schema::fault::{Fault, Step};
use crate::schema::json::Json;
use crate::schema::kinds;
use crate::schema::name::Name;
use crate::schema::value::{Body, Value};

pub(super) struct Chosen {
    name: Name,
    body: Body,
}

impl Chosen {
    /// Under whichever of the variant's names the program knows.
    pub(super) fn new(
        name: Name,
        aliases: &[Name],
        body: Body,
        known: &'static [&'static str],
    ) -> Self {
        let is_known = |name: &&Name| known.contains(&&***name);
        let name = std::iter::once(&name)
            .chain(aliases)
            .find(is_known)
            .unwrap_or(&name)
            .clone();
        Chosen { name, body }
    }

    fn wants(&self, wanted: &str) -> Fault {
        let stored = kinds::of_body(&self.body);
        Fault::new(format!("it holds {stored}, and {wanted} is wanted"))
    }
}

impl<'de> EnumAccess<'de> for Chosen {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let name: StringDeserializer<Fault> = self.name.to_string().into_deserializer();
        seed.deserialize(name).map(|value| (value, self))
    }
}

impl Chosen {
    fn inside<T>(name: Name, result: Result<T, Fault>) -> Result<T, Fault> {
        result.map_err(|fault| fault.inside(Step::Variant(name)))
    }
}

impl<'de> VariantAccess<'de> for Chosen {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.body {
            Body::Unit => Ok(()),
            Body::Newtype(value) if value.json() == Some(&Json::Null) => Ok(()),
            _ => {
                let fault = self.wants("nothing");
                Chosen::inside(self.name, Err(fault))
            }
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        let value = match self.body {
            Body::Newtype(value) => *value,
            // The fields have become a type of their own.
            Body::Struct(fields) => Value::Struct(self.name.clone(), fields),
            Body::Tuple(items) => Value::Tuple(items),
            Body::Unit => {
                let fault = self.wants("one unnamed field");
                return Chosen::inside(self.name, Err(fault));
            }
        };
        Chosen::inside(self.name, seed.deserialize(Evolving(value)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        let value = match self.body {
            Body::Tuple(items) => visit_items(items, &format!("{len}"), visitor),
            Body::Newtype(value) => visit_tuple(Evolving(*value).peeled(), len, visitor),
            Body::Unit | Body::Struct(_) => Err(self.wants("unnamed fields")),
        };
        Chosen::inside(self.name, value)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let value = match self.body {
            Body::Struct(fields) => visit_fields(fields, visitor),
            Body::Unit => visit_fields(Vec::new(), visitor),
            Body::Newtype(value) => visit_struct(Evolving(*value).peeled(), &self.name, visitor),
            Body::Tuple(_) => Err(self.wants("named fields")),
        };
        Chosen::inside(self.name, value)
    }
}
