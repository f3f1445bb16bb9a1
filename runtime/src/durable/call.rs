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
    /// The arguments without their wrappers: one argument as it is, others as a tuple.
    type Values;
    /// Takes the wrappers off.
    fn values(self) -> Self::Values;
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
    /// The slots that live there, as indices in ascending order.
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

/// A parameter the writer did not have: `None` for an `Option`, as in derived structs, else an error.
fn missing<T: DeserializeOwned, E: serde::de::Error>(name: &'static str) -> Result<T, E> {
    struct Missing<E>(&'static str, PhantomData<E>);
    impl<'de, E: serde::de::Error> Deserializer<'de> for Missing<E> {
        type Error = E;
        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
            Err(E::missing_field(self.0))
        }
        fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            visitor.visit_none()
        }
        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
            unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
            ignored_any
        }
    }
    T::deserialize(Missing(name, PhantomData))
}

macro_rules! arguments { ($($Values:ty: $($T:ident $i:tt)*;)*) => { $(
    #[allow(non_snake_case, unused_variables, unused_mut)]
    impl<$($T: Parameter),*> Arguments for ($(Arg<$T>,)*) {
        type Values = $Values;
        #[allow(clippy::unused_unit, unused_parens)]
        fn values(self) -> $Values {
            ($(self.$i.0),*)
        }
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
            $(let $T = match $T {
                Some(value) => value,
                None => missing(self.0[$i])?,
            };)*
            Ok(($(Arg($T),)*))
        }
    }
)* } }
arguments! {
    (): ;
    T0: T0 0;
    (T0, T1): T0 0 T1 1;
    (T0, T1, T2): T0 0 T1 1 T2 2;
    (T0, T1, T2, T3): T0 0 T1 1 T2 2 T3 3;
    (T0, T1, T2, T3, T4): T0 0 T1 1 T2 2 T3 3 T4 4;
    (T0, T1, T2, T3, T4, T5): T0 0 T1 1 T2 2 T3 3 T4 4 T5 5;
    (T0, T1, T2, T3, T4, T5, T6): T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6;
    (T0, T1, T2, T3, T4, T5, T6, T7): T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7;
    (T0, T1, T2, T3, T4, T5, T6, T7, T8): T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8;
    (T0, T1, T2, T3, T4, T5, T6, T7, T8, T9): T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9;
    (T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10): T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10;
    (T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11): T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10 T11 11;
}

#[cfg(test)]
mod tests {
    use super::{Arg, Call, Failure, Named};
    use crate::schema::Stored;

    /// A call with the parameters an earlier version had, and one with those of today.
    macro_rules! version {
        ($Version:ident, $names:expr, $Args:ty) => {
            struct $Version;
            impl Call for $Version {
                const NAME: &'static str = "pay";
                const PARAMETERS: &'static [&'static str] = $names;
                type Args = $Args;
                type Output = ();
                fn failed(failure: Failure) -> Result<(), Failure> {
                    Err(failure)
                }
            }
        };
    }
    version!(Old, &["amount", "order"], (Arg<u32>, Arg<String>));
    version!(Swapped, &["order", "amount"], (Arg<String>, Arg<u64>));
    version!(
        Wider,
        &["order", "tip", "amount"],
        (Arg<String>, Arg<Option<u8>>, Arg<u32>)
    );
    version!(Stricter, &["order", "tip"], (Arg<String>, Arg<u8>));

    fn stored() -> Stored {
        Stored::write(&Named::<Old>((Arg(42), Arg("o-17".to_owned())))).unwrap()
    }

    #[test]
    fn reordered_and_widened_parameters_are_read_by_name() {
        let Named((order, amount)) = stored().read::<Named<Swapped>>().unwrap();
        assert_eq!((order.0.as_str(), amount.0), ("o-17", 42));
    }

    #[test]
    fn a_new_optional_parameter_is_none_in_old_calls() {
        let Named((_, tip, amount)) = stored().read::<Named<Wider>>().unwrap();
        assert_eq!((tip.0, amount.0), (None, 42));
    }

    #[test]
    fn a_new_required_parameter_is_refused_by_name_in_old_calls() {
        let error = stored().read::<Named<Stricter>>().map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("tip"), "{error}");
    }
}
