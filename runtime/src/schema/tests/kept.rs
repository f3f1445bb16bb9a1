//! What stays whole on the way through another version of a type.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{becomes, cast};
use crate::schema::Stored;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Before<T> {
    value: T,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct After<T> {
    #[serde(default)]
    fresh: bool,
    value: T,
}

macro_rules! kept {
    ($($value:expr),* $(,)?) => {$(
        becomes(Before { value: $value }, After { fresh: false, value: $value });
    )*};
}

#[test]
fn integers_of_128_bits() {
    kept!(u128::MAX, i128::MIN, i128::MAX);
}

#[test]
fn the_payload_of_a_nan() {
    let bits = 0x7ff8_dead_beef_0001;
    let after: After<f64> = cast(&Before {
        value: f64::from_bits(bits),
    })
    .expect("a float");
    assert_eq!(after.value.to_bits(), bits);
    let bits = 0xffc0_0123;
    let after: After<f32> = cast(&Before {
        value: f32::from_bits(bits),
    })
    .expect("a float");
    assert_eq!(after.value.to_bits(), bits);
}

#[test]
fn negative_zero_and_infinities() {
    let after: After<f64> = cast(&Before { value: -0.0f64 }).expect("a float");
    assert!(after.value.is_sign_negative());
    kept!(f64::INFINITY, f32::NEG_INFINITY);
}

#[test]
fn bytes_as_bytes() {
    let path = std::ffi::CString::new("a\u{1}b").expect("no zero in it");
    kept!(path.clone(), vec![0u8, 255]);
}

#[test]
fn bytes_and_vectors_of_bytes_become_each_other() {
    let text = std::ffi::CString::new("ab").expect("no zero in it");
    becomes(text.clone(), b"ab".to_vec());
    becomes(b"ab".to_vec(), text);
}

#[test]
fn map_keys_of_any_kind() {
    kept!(
        BTreeMap::from([((1u8, 'a'), "x".to_owned()), ((2, 'b'), "y".to_owned())]),
        BTreeMap::from([(vec![Some(-1i128)], ()), (vec![None], ())]),
        BTreeMap::from([(u128::MAX, BTreeMap::from([(false, 1u8)]))]),
    );
}

#[test]
fn chars_and_texts() {
    kept!('\u{10ffff}', "\u{0} \u{10ffff} \"".to_owned());
}

#[test]
fn nested_options_and_units() {
    kept!(
        Some(None::<Option<()>>),
        Some(Some(Some(()))),
        ((), [(); 3])
    );
}

#[test]
fn a_value_read_by_its_own_schema_is_what_postcard_reads() {
    let value = Before {
        value: (1u8, "a".to_owned(), Some(-5i64)),
    };
    let stored = Stored::write(&value).expect("a storable value");
    assert_eq!(
        stored.bytes,
        postcard::to_stdvec(&value).expect("plain values")
    );
}
