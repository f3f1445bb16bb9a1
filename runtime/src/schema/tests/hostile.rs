//! Bytes that nobody wrote.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::schema::{Schema, SchemaId, Stored, ValueError, describe, id_of, read_from};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum Status {
    New,
    Paid { at: u64 },
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Order {
    lines: Vec<(String, u32)>,
    status: Status,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum List {
    Nil,
    Cons(Box<List>),
}

fn order() -> Order {
    Order {
        lines: vec![("a".into(), 1), ("b".into(), 2)],
        status: Status::Paid { at: 9 },
    }
}

fn damaged<T: DeserializeOwned + std::fmt::Debug + 'static>(bytes: &[u8]) -> String {
    match read_from::<T>(id_of::<T>(), bytes).expect_err("damaged") {
        error @ ValueError::Damaged { .. } => error.to_string(),
        other => panic!("{other}"),
    }
}

#[test]
fn bytes_that_end_early_are_named_with_their_place() {
    let bytes = Stored::write(&order()).expect("a storable value").bytes;
    let error = damaged::<Order>(&bytes[..4]);
    assert!(
        error.contains("`Order.lines[1][0]`") && error.contains("end"),
        "{error}"
    );
    for len in 0..bytes.len() {
        damaged::<Order>(&bytes[..len]);
    }
}

#[test]
fn bytes_left_over_are_an_error() {
    let mut bytes = Stored::write(&order()).expect("a storable value").bytes;
    bytes.push(0);
    assert!(damaged::<Order>(&bytes).contains("1 bytes are left over"));
}

#[test]
fn a_variant_that_does_not_exist_is_named_with_its_place() {
    let error = damaged::<Order>(&[0, 7]);
    assert!(
        error.contains("`Order.status`") && error.contains("none is number 7"),
        "{error}"
    );
}

#[test]
fn texts_chars_bools_and_options_are_checked() {
    assert!(damaged::<String>(&[1, 0xff]).contains("not a string"));
    assert!(damaged::<char>(&[1, 0xff]).contains("not a char"));
    assert!(damaged::<bool>(&[2]).contains("not a bool"));
    assert!(damaged::<Option<u8>>(&[2]).contains("neither `None` nor `Some`"));
    assert!(damaged::<u16>(&[0xff, 0xff, 0xff]).contains("not a u16"));
}

#[test]
fn a_length_larger_than_the_bytes_reserves_nothing() {
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    damaged::<Vec<u64>>(&huge);
    damaged::<String>(&huge);
    damaged::<BTreeMap<u8, u8>>(&huge);
}

#[test]
fn a_length_of_empty_elements_comes_to_an_end() {
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    damaged::<Vec<()>>(&huge);
    damaged::<Vec<((), [(); 3])>>(&huge);
}

#[test]
fn endless_depth_is_an_error_and_not_an_overflow() {
    assert!(damaged::<List>(&vec![1; 1_000_000]).contains("levels"));
}

#[test]
fn all_that_is_not_too_deep_to_read_fits_the_stack() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    enum Chain {
        Nil,
        Cons(Box<Chain>),
        More,
    }
    for depth in [120, 200, 255, 256, 257] {
        let mut bytes = vec![1; depth];
        bytes.push(0);
        let _ = read_from::<List>(id_of::<List>(), &bytes);
        let _ = read_from::<Chain>(id_of::<List>(), &bytes);
    }
}

#[test]
fn a_value_of_an_unknown_schema_is_refused() {
    let error = read_from::<u8>(SchemaId(1), &[1]).expect_err("nobody's schema");
    assert_eq!(
        error,
        ValueError::UnknownSchema {
            type_name: "u8".into(),
            schema: SchemaId(1)
        }
    );
}

#[test]
fn a_value_that_its_own_type_refuses_is_told_from_damage() {
    let stored = Stored {
        schema: id_of::<(u8, std::num::NonZeroU8)>(),
        bytes: vec![1, 0],
    };
    let error = stored
        .read::<(u8, std::num::NonZeroU8)>()
        .expect_err("a zero");
    let ValueError::Refused { place, why, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(
        (&*place, &*why),
        (
            "value[1]",
            "invalid value: integer `0`, expected a nonzero u8"
        )
    );
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = read_from::<Order>(id_of::<Order>(), &bytes);
        let _ = read_from::<List>(id_of::<List>(), &bytes);
        let _ = read_from::<BTreeMap<Option<char>, Vec<f32>>>(id_of::<Order>(), &bytes);
        let _ = read_from::<Order>(id_of::<(i128, Vec<Status>)>(), &bytes);
    }

    #[test]
    fn random_bytes_are_no_schema_that_panics(
        schema in prop::collection::vec(0u8..32, 0..64),
        bytes in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        if let Ok(schema) = Schema::from_bytes(&schema) {
            let _ = describe(&schema, &bytes);
        }
    }
}
