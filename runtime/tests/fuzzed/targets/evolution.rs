//! Bytes of one type read as another: the same meaning, or an error.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::num::NonZeroU8;
use std::ops::Range;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use undying::schema::{Body, Schema, Stored, Value, ValueError, Width, book};

use super::{Memory, Target};

macro_rules! types {
    ($($item:item)*) => {$(
        #[derive(Serialize, Deserialize)]
        $item
    )*};
}

types! {
    struct Meters(u32);
    struct Text(String);
    struct Maybe(Option<u8>);
    struct Pair(u8, u8);
    struct Empty;
    struct Point { x: u8, y: i64 }
    struct Moved { y: i64, #[serde(default)] z: u8, x: u64 }
    struct Loose { #[serde(default)] x: u8, #[serde(default)] y: i64, z: Option<u8> }
    struct Nested { point: Point, all: Vec<Point> }
    enum Status { New, Paid { at: u64 }, Held(u8), Shipped(String, u32) }
    enum Other { Held(u64), Shipped(String, u32), New, Paid { at: u64, #[serde(default)] by: u8 } }
    enum Third { New(Option<u8>), Paid(Paid), Held { #[serde(default)] at: u8 } }
    struct Paid { at: u64 }
}

/// A type, some of its values, and how it reads those of others.
struct Kind {
    name: &'static str,
    values: Vec<Stored>,
    read: fn(&Stored) -> Result<Stored, ValueError>,
}

fn kind<T: Serialize + DeserializeOwned + 'static>(values: impl IntoIterator<Item = T>) -> Kind {
    Kind {
        name: std::any::type_name::<T>(),
        values: values
            .into_iter()
            .map(|value| Stored::write(&value).expect("a storable value"))
            .collect(),
        read: |stored| Stored::write(&stored.read::<T>()?),
    }
}

fn kinds() -> Vec<Kind> {
    let point = |x| Point { x, y: -1 };
    vec![
        kind([0u8, 1, 255]),
        kind([0u16, 300]),
        kind([u64::MAX, 7]),
        kind([u128::MAX, 7]),
        kind([-1i8, 7]),
        kind([i64::MIN, 7]),
        kind([i128::MIN, 7]),
        kind([1.5f32, f32::NAN]),
        kind([0.1f64, 0.0]),
        kind([true, false]),
        kind(['a', '\u{10ffff}']),
        kind(["".to_owned(), "New".to_owned()]),
        kind([()]),
        kind([None, Some(1u8)]),
        kind([Some(Some(1u8)), Some(None)]),
        kind([None, Some(Meters(1))]),
        kind([vec![], vec![1u8, 2]]),
        kind([vec![300u16, 2]]),
        kind([[1u8, 2]]),
        kind([(1u8, 2u8)]),
        kind([(1u8, 2u8, 3u8)]),
        kind([Meters(5)]),
        kind([Text("x".into())]),
        kind([Maybe(None), Maybe(Some(2))]),
        kind([Pair(1, 2)]),
        kind([Empty]),
        kind([point(1)]),
        kind([Moved { y: 1, z: 2, x: 300 }]),
        kind([Loose {
            x: 1,
            y: 2,
            z: Some(3),
        }]),
        kind([vec![point(1), point(2)]]),
        kind([Nested {
            point: point(3),
            all: vec![point(4)],
        }]),
        kind([
            Status::New,
            Status::Paid { at: 300 },
            Status::Held(7),
            Status::Shipped("a".into(), 1),
        ]),
        kind([Other::New, Other::Paid { at: 7, by: 1 }, Other::Held(300)]),
        kind([
            Third::New(None),
            Third::Paid(Paid { at: 9 }),
            Third::Held { at: 1 },
        ]),
        kind([Paid { at: 9 }]),
        kind([BTreeMap::from([(1u8, 2u8)])]),
        kind([BTreeMap::from([
            ("x".to_owned(), 1i64),
            ("y".to_owned(), 2),
        ])]),
        kind([BTreeMap::from([((1u8, 'a'), point(1))])]),
        kind([CString::from(c"ab")]),
        kind([NonZeroU8::MAX]),
        kind([Duration::from_secs(1)]),
        kind([SystemTime::UNIX_EPOCH]),
        kind([Range { start: 1u8, end: 2 }]),
        kind([Ok::<u8, String>(1), Err("e".into())]),
    ]
}

/// Without what may change while the meaning stays.
fn bare(value: &Value) -> Value {
    let wide = Width::W128;
    match value {
        Value::Newtype(_, inner) | Value::Option(Some(inner)) => bare(inner),
        Value::Unsigned(number, _) => match i128::try_from(*number) {
            Ok(number) => Value::Signed(number, wide),
            Err(_) => Value::Unsigned(*number, wide),
        },
        Value::Signed(number, _) => Value::Signed(*number, wide),
        Value::F32(number) => Value::F64((*number).into()),
        Value::UnitStruct(_) => Value::Unit,
        Value::Bytes(bytes) => Value::Seq(
            bytes
                .iter()
                .map(|byte| Value::Signed((*byte).into(), wide))
                .collect(),
        ),
        Value::Tuple(items) | Value::TupleStruct(_, items) | Value::Seq(items) => {
            Value::Seq(items.iter().map(bare).collect())
        }
        other => other.clone(),
    }
}

fn means_the_same(old: &Value, new: &Value) -> bool {
    let all = |old: &[Value], new: &[Value]| {
        old.len() == new.len()
            && old
                .iter()
                .zip(new)
                .all(|(old, new)| means_the_same(old, new))
    };
    match (bare(old), bare(new)) {
        (Value::F64(old), Value::F64(new)) => old.to_bits() == new.to_bits(),
        (Value::Seq(old), Value::Seq(new)) => all(&old, &new),
        (Value::Map(old), Value::Map(new)) => {
            let flat = |map: Vec<(Value, Value)>| {
                map.into_iter()
                    .flat_map(|(key, value)| [key, value])
                    .collect::<Vec<_>>()
            };
            all(&flat(old), &flat(new))
        }
        (Value::Unit, Value::Struct(..)) => true,
        (Value::Struct(_, old), Value::Struct(_, new)) => new.iter().all(|(name, new)| {
            let old = old.iter().find(|(old, _)| old == name);
            old.is_none_or(|(_, old)| means_the_same(old, new))
        }),
        (
            Value::Variant {
                name: old_name,
                body: old,
                ..
            },
            Value::Variant {
                name, body: new, ..
            },
        ) => old_name == name && means_the_same(&as_value(&old), &as_value(&new)),
        (old, new) => old == new,
    }
}

fn as_value(body: &Body) -> Value {
    match body {
        Body::Unit => Value::Unit,
        Body::Newtype(value) => (**value).clone(),
        Body::Tuple(items) => Value::Tuple(items.clone()),
        Body::Struct(fields) => Value::Struct("".into(), fields.clone()),
        other => panic!("a body of another kind: {other:?}"),
    }
}

/// A value of the first type reads as the second with its meaning, or not at all.
fn check(stored: &Stored, reader: &Kind) {
    let Ok(read) = (reader.read)(stored) else {
        return;
    };
    // What is not known by its structure is read by nobody else.
    let Ok(old) = stored.describe() else {
        return;
    };
    let new = read.describe().expect("a value of its schema");
    let to = reader.name;
    assert!(means_the_same(&old, &new), "{old} read as {new} of {to}");
}

thread_local! {
    static KINDS: Vec<Kind> = kinds();
}

/// Values of every type.
pub fn values() -> Vec<Stored> {
    KINDS.with(|kinds| kinds.iter().flat_map(|kind| kind.values.clone()).collect())
}

/// A value by its schema, which its length precedes: of a type of some program, read by all others.
pub const EVOLUTION: Target = Target {
    name: "evolution",
    memory: Memory::OfValues,
    samples: || values().iter().filter_map(super::with_schema).collect(),
    run: |input| {
        let Some((len, rest)) = input.split_first() else {
            return false;
        };
        let (schema, bytes) = rest.split_at(rest.len().min(usize::from(*len)));
        let Ok(schema) = Schema::from_bytes(schema) else {
            return false;
        };
        let stored = Stored {
            schema: book::insert(schema),
            bytes: bytes.to_vec(),
        };
        KINDS.with(|kinds| kinds.iter().for_each(|reader| check(&stored, reader)));
        true
    },
};

/// Checks every value of every type against every other type.
pub fn all_as_all_others() {
    for stored in values() {
        KINDS.with(|kinds| kinds.iter().for_each(|reader| check(&stored, reader)));
    }
}

/// Every type reads the values of the others as if the store had mixed them up.
pub fn all_under_wrong_schemas() {
    for stored in values() {
        KINDS.with(|kinds| {
            for reader in kinds {
                let schema = reader.values[0].schema;
                let bytes = stored.bytes.clone();
                let _ = (reader.read)(&Stored { schema, bytes });
            }
        });
    }
}
