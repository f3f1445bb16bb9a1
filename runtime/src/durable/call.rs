//! `Call` and `Body`: what the macros say about an annotated function.

use serde::de::{DeserializeOwned, DeserializeSeed, SeqAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::task::Poll;

use super::{Failure, Frame, Persist, Turn};

/// What can be a parameter of a durable function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parameter of a durable function",
    label = "parameters are saved with the call",
    note = "derive `Serialize` and `Deserialize` for it, or take it from the engine: `State(x): State<T>`"
)]
pub trait Parameter: Persist {}
#[diagnostic::do_not_recommend]
impl<T: Persist> Parameter for T {}

/// One argument. The wrapper turns a parameter that cannot be saved into one worded error.
#[derive(Debug, Clone)]
pub struct Arg<T>(pub T);

/// A tuple of [`Arg`]s, written as a struct whose fields are the parameters' names.
pub trait Arguments: Sized + Send + 'static {
    /// Writes the tuple as a struct.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<S: Serializer>(
        &self,
        names: &'static [&'static str],
        to: S,
    ) -> Result<S::Ok, S::Error>;
    /// Reads the struct back.
    ///
    /// # Errors
    /// Those of the deserializer.
    fn read<'de, D: Deserializer<'de>>(
        names: &'static [&'static str],
        from: D,
    ) -> Result<Self, D::Error>;
}

/// A call of an annotated function: its name, its parameters, its result.
pub trait Call: Sized + Send + 'static {
    /// The stored name.
    const NAME: &'static str;
    /// The parameters' names.
    const PARAMETERS: &'static [&'static str];
    /// The parameters.
    type Args: Arguments;
    /// The declared return type.
    type Output: Persist;
    /// Says an engine failure in the words of `Output`.
    ///
    /// # Errors
    /// Gives the failure back when `Output` has no way to say it.
    fn failed(failure: Failure) -> Result<Self::Output, Failure>;
}

/// A place where a suspended frame can wait.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// Callee and ordinal among equals, or the name the user chose.
    pub name: &'static str,
    /// The slots that live there, as indices.
    pub live: &'static [u16],
}

/// The body of a durable function, as a step function over its frame.
pub trait Body: Call {
    /// The names of the saved slots.
    const SLOTS: &'static [&'static str];
    /// The resume points.
    const POINTS: &'static [Point];
    /// Goes on from where the frame is, to its next suspension or its end.
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<Self::Output>;
}

/// The arguments of `C` as one value.
#[derive(Debug)]
pub struct Named<C: Call>(pub C::Args);

impl<C: Call> Serialize for Named<C> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.write(C::PARAMETERS, to)
    }
}

impl<'de, C: Call> Deserialize<'de> for Named<C> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        C::Args::read(C::PARAMETERS, from).map(Named)
    }
}

struct ArgumentsVisitor<A>(&'static [&'static str], PhantomData<A>);
struct FieldName(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for FieldName {
    type Value = Option<usize>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<usize>, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for FieldName {
    type Value = Option<usize>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a parameter's name")
    }
    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|known| *known == name))
    }
    fn visit_u64<E>(self, index: u64) -> Result<Option<usize>, E> {
        Ok(usize::try_from(index)
            .ok()
            .filter(|index| *index < self.0.len()))
    }
}

macro_rules! arguments { ($($($T:ident $i:tt)*;)*) => { $(
    #[allow(non_snake_case, unused_variables, unused_mut)]
    impl<$($T: Parameter),*> Arguments for ($(Arg<$T>,)*) {
        fn write<S: Serializer>(&self, names: &'static [&'static str], to: S) -> Result<S::Ok, S::Error> {
            let mut fields = to.serialize_struct("arguments", names.len())?;
            $(fields.serialize_field(names[$i], &self.$i.0)?;)*
            fields.end()
        }
        fn read<'de, De: Deserializer<'de>>(names: &'static [&'static str], from: De) -> Result<Self, De::Error> {
            from.deserialize_struct("arguments", names, ArgumentsVisitor::<Self>(names, PhantomData))
        }
    }
    #[allow(non_snake_case, unused_variables, unused_mut)]
    impl<'de, $($T: DeserializeOwned),*> Visitor<'de> for ArgumentsVisitor<($(Arg<$T>,)*)> {
        type Value = ($(Arg<$T>,)*);
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "the arguments ({})", self.0.join(", "))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            $(let $T = seq.next_element::<$T>()?
                .ok_or_else(|| serde::de::Error::missing_field(self.0[$i]))?;)*
            Ok(($(Arg($T),)*))
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            $(let mut $T: Option<$T> = None;)*
            while let Some(field) = map.next_key_seed(FieldName(self.0))? {
                match field {
                    $(Some($i) => $T = Some(map.next_value()?),)*
                    _ => { map.next_value::<serde::de::IgnoredAny>()?; }
                }
            }
            $(let $T = $T.ok_or_else(|| serde::de::Error::missing_field(self.0[$i]))?;)*
            Ok(($(Arg($T),)*))
        }
    }
)* } }
arguments! {
    ;
    T0 0;
    T0 0 T1 1;
    T0 0 T1 1 T2 2;
    T0 0 T1 1 T2 2 T3 3;
    T0 0 T1 1 T2 2 T3 3 T4 4;
    T0 0 T1 1 T2 2 T3 3 T4 4 T5 5;
    T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6;
    T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7;
    T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8;
    T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9;
    T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10;
    T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10 T11 11;
}
