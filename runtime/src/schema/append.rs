//! Postcard at the end of a vector: the same bytes as that crate writes, a number and a text at a time.

use postcard::{Error, Result};
use serde::ser::{self, Serialize};

/// Appends `value` to `out`. After an error a part of it may be there.
///
/// # Errors
/// When the value refuses, or has a sequence without a length.
pub(crate) fn append<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<()> {
    value.serialize(&mut Tail(out))
}

/// Appends a number: seven bits a byte, the lowest first; all but the last byte have their eighth bit set.
#[inline]
pub(crate) fn append_number(number: u64, out: &mut Vec<u8>) {
    // Most are one byte.
    if number < 0x80 {
        out.push(number as u8);
    } else {
        append_large(number, out);
    }
}

fn append_large(number: u64, out: &mut Vec<u8>) {
    if number < 1 << 14 {
        out.extend_from_slice(&[number as u8 | 0x80, (number >> 7) as u8]);
        return;
    }
    let mut bytes: [u8; 10] = std::array::from_fn(|at| (number >> (7 * at)) as u8 | 0x80);
    let last = (number | 1).ilog2() as usize / 7;
    bytes[last] &= 0x7F;
    // All of them are copied, since so many at a time need no loop.
    out.extend_from_slice(&bytes);
    out.truncate(out.len() - (9 - last));
}

/// Appends a text, with its length before it.
#[inline]
pub(crate) fn append_text(text: &str, out: &mut Vec<u8>) {
    append_bytes(text.as_bytes(), out);
}

/// Appends bytes, with their length before them.
#[inline]
pub(crate) fn append_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    append_number(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// The end of the vector.
struct Tail<'a>(&'a mut Vec<u8>);

/// So that a small negative number is a small one too.
#[inline]
fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

fn append_wide(mut number: u128, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

macro_rules! numbers {
    ($($serialize:ident $type:ty: $number:ident => $as:expr;)*) => {$(
        #[inline]
        fn $serialize(self, $number: $type) -> Result<()> {
            append_number($as, self.0);
            Ok(())
        }
    )*};
}

macro_rules! as_they_are {
    ($($serialize:ident $type:ty: $number:ident => $bytes:expr;)*) => {$(
        #[inline]
        fn $serialize(self, $number: $type) -> Result<()> {
            self.0.extend_from_slice(&$bytes);
            Ok(())
        }
    )*};
}

impl ser::Serializer for &mut Tail<'_> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    #[inline]
    fn is_human_readable(&self) -> bool {
        false
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<()> {
        self.serialize_u8(u8::from(value))
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Result<()> {
        self.0.push(value);
        Ok(())
    }

    #[inline]
    fn serialize_i8(self, value: i8) -> Result<()> {
        self.serialize_u8(value as u8)
    }

    numbers! {
        serialize_u16 u16: n => u64::from(n);
        serialize_u32 u32: n => u64::from(n);
        serialize_u64 u64: n => n;
        serialize_i16 i16: n => zigzag(i64::from(n));
        serialize_i32 i32: n => zigzag(i64::from(n));
        serialize_i64 i64: n => zigzag(n);
    }

    fn serialize_u128(self, value: u128) -> Result<()> {
        append_wide(value, self.0);
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Result<()> {
        append_wide((value << 1 ^ value >> 127) as u128, self.0);
        Ok(())
    }

    as_they_are! {
        serialize_f32 f32: n => n.to_bits().to_le_bytes();
        serialize_f64 f64: n => n.to_bits().to_le_bytes();
    }

    #[inline]
    fn serialize_char(self, value: char) -> Result<()> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<()> {
        append_text(value, self.0);
        Ok(())
    }

    #[inline]
    fn serialize_bytes(self, value: &[u8]) -> Result<()> {
        append_bytes(value, self.0);
        Ok(())
    }

    #[inline]
    fn serialize_none(self) -> Result<()> {
        self.serialize_u8(0)
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        self.0.push(1);
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<()> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Result<()> {
        self.serialize_u32(index)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<()> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Result<()> {
        append_number(u64::from(index), self.0);
        value.serialize(self)
    }

    #[inline]
    fn serialize_seq(self, len: Option<usize>) -> Result<Self> {
        append_number(len.ok_or(Error::SerializeSeqLengthUnknown)? as u64, self.0);
        Ok(self)
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Self> {
        Ok(self)
    }

    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self> {
        Ok(self)
    }

    #[inline]
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self> {
        append_number(u64::from(index), self.0);
        Ok(self)
    }

    #[inline]
    fn serialize_map(self, len: Option<usize>) -> Result<Self> {
        self.serialize_seq(len)
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self> {
        Ok(self)
    }

    #[inline]
    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self> {
        self.serialize_tuple_variant(name, index, variant, len)
    }
}

macro_rules! parts {
    ($($trait:ident $serialize:ident($($name:ty)?);)*) => {$(
        impl ser::$trait for &mut Tail<'_> {
            type Ok = ();
            type Error = Error;

            #[inline]
            fn $serialize<T: Serialize + ?Sized>(
                &mut self,
                $(_: $name,)?
                value: &T,
            ) -> Result<()> {
                value.serialize(&mut **self)
            }

            #[inline]
            fn end(self) -> Result<()> {
                Ok(())
            }
        }
    )*};
}

parts! {
    SerializeSeq serialize_element();
    SerializeTuple serialize_element();
    SerializeTupleStruct serialize_field();
    SerializeTupleVariant serialize_field();
    SerializeStruct serialize_field(&'static str);
    SerializeStructVariant serialize_field(&'static str);
}

impl ser::SerializeMap for &mut Tail<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        key.serialize(&mut **self)
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(&mut **self)
    }

    #[inline]
    fn end(self) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    enum Every {
        Unit,
        New(Option<char>),
        Tuple(i8, bool),
        Struct { left: f32, right: f64 },
    }

    #[derive(Serialize)]
    struct Unit;

    #[derive(Serialize)]
    struct New(u8);

    #[derive(Serialize)]
    struct Pair(u16, i16);

    fn same(value: &(impl Serialize + ?Sized)) {
        let mut appended = b"before".to_vec();
        append(value, &mut appended).unwrap();
        let written = postcard::to_stdvec(value).unwrap();
        assert_eq!(appended, [b"before", &*written].concat());
    }

    #[test]
    fn what_is_appended_is_what_postcard_writes() {
        let bits = (0..128).flat_map(|bit| [1u128 << bit, (1u128 << bit) - 1]);
        for n in bits.chain([u128::MAX]) {
            same(&(n, n as u64, n as u32, n as u16, n as u8, n as usize));
            let n = n as i128;
            same(&(n, n as i64, n as i32, n as i16, n as i8, n as isize));
            let n = n.wrapping_neg();
            same(&(n, n as i64, n as i32, n as i16, n as i8, n as isize));
        }
        let every = [
            Every::Unit,
            Every::New(None),
            Every::New(Some('ß')),
            Every::New(Some('🦀')),
            Every::Tuple(-1, true),
            Every::Struct {
                left: -0.5,
                right: f64::NAN,
            },
        ];
        same(&every);
        same(every.as_slice());
        same(&(Unit, New(200), Pair(300, -300), (), [false; 3]));
        let texts = [0, 1, 127, 128, 20_000].map(|n| "ü".repeat(n));
        same(&texts.clone().to_vec());
        let numbered: BTreeMap<_, _> = texts.into_iter().zip(0u64..).collect();
        same(&numbered);
        same(&serde_bytes::Bytes::new(&[7; 300]));
        same(&format_args!("{}, {}", 1, 2));
    }

    #[test]
    fn a_sequence_without_a_length_is_refused() {
        struct Endless;
        impl Serialize for Endless {
            fn serialize<S: ser::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                to.collect_seq((0u8..9).filter(|n| n % 2 == 0))
            }
        }
        let refused = append(&Endless, &mut Vec::new());
        assert_eq!(refused, Err(Error::SerializeSeqLengthUnknown));
    }
}
