//! `Callee`: which function a kept call is of, as a value.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, EnumAccess, Error, Unexpected, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Call;

/// The name of `C`, written as the one variant of an enum: a call that was kept is never read as the
/// call of another function, whose parameters may look the same.
pub(super) struct Callee<C>(PhantomData<fn() -> C>);

/// What has a stored name.
pub(super) trait HasName {
    /// The name.
    const NAME: &'static str;
}

impl<C: Call> HasName for C {
    const NAME: &'static str = <C as Call>::NAME;
}

impl<C: HasName> Callee<C> {
    const NAMES: &'static [&'static str] = &[C::NAME];

    pub(super) fn new() -> Self {
        Callee(PhantomData)
    }
}

impl<C: HasName> Serialize for Callee<C> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_unit_variant("Callee", 0, C::NAME)
    }
}

impl<'de, C: HasName> Deserialize<'de> for Callee<C> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_enum("Callee", Self::NAMES, OnlyOne(Self::NAMES))?;
        Ok(Callee::new())
    }
}

/// Accepts the only variant.
struct OnlyOne(&'static [&'static str]);

/// Its name, or its number.
struct Variant(&'static [&'static str]);

impl<'de> Visitor<'de> for OnlyOne {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a call of `{}`", self.0.join("`, `"))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<(), A::Error> {
        let ((), variant) = data.variant_seed(Variant(self.0))?;
        variant.unit_variant()
    }
}

impl<'de> DeserializeSeed<'de> for Variant {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Variant {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a function")
    }

    fn visit_u64<E: Error>(self, index: u64) -> Result<(), E> {
        match index {
            0 => Ok(()),
            _ => Err(E::invalid_value(Unexpected::Unsigned(index), &self)),
        }
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
        if self.0.contains(&name) {
            Ok(())
        } else {
            Err(E::unknown_variant(name, self.0))
        }
    }
}
