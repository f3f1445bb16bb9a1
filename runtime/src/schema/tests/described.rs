//! How stored values print without the program's types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::schema::{Stored, book, describe, id_of};

#[derive(Serialize, Deserialize, Debug)]
struct Id(u64);

#[derive(Serialize, Deserialize, Debug)]
struct Nothing;

#[derive(Serialize, Deserialize, Debug)]
struct Both(u8, char);

#[derive(Serialize, Deserialize, Debug)]
enum Status {
    New,
    Paid { at: u64 },
    Shipped(String, u32),
    Held(Id),
}

#[derive(Serialize, Deserialize, Debug)]
struct Order {
    id: Id,
    all: Vec<Status>,
    note: Option<String>,
    by: BTreeMap<(u8, bool), f64>,
    nothing: (Nothing, ()),
    both: Both,
}

fn order() -> Order {
    Order {
        id: Id(7),
        all: vec![
            Status::New,
            Status::Paid { at: 99 },
            Status::Shipped("x\n".into(), 1),
            Status::Held(Id(2)),
        ],
        note: Some("hi".into()),
        by: BTreeMap::from([((1, true), 1.0)]),
        nothing: (Nothing, ()),
        both: Both(1, 'c'),
    }
}

#[test]
fn a_value_prints_as_rust_would_print_it() {
    let shown = Stored::write(&order())
        .and_then(|stored| stored.describe())
        .expect("a value");
    let rust = format!("{:?}", order());
    assert_eq!(shown.to_string(), rust);
}

#[test]
fn a_value_prints_on_many_lines_as_rust_would() {
    let shown = Stored::write(&order())
        .and_then(|stored| stored.describe())
        .expect("a value");
    let rust = format!("{:#?}", order());
    assert_eq!(format!("{shown:#}"), rust);
}

#[test]
fn a_stored_schema_is_enough_to_print_a_value() {
    let stored = Stored::write(&Status::Paid { at: 99 }).expect("a storable value");
    let bytes = book::bytes(stored.schema).expect("traced when it was written");
    let schema = crate::schema::Schema::from_bytes(&bytes).expect("a schema");
    let shown = describe(&schema, &stored.bytes).expect("a value");
    assert_eq!(shown.to_string(), "Paid { at: 99 }");
}

#[test]
fn a_schema_is_loaded_only_under_the_id_of_its_content() {
    let id = id_of::<(u8, Order)>();
    let bytes = book::bytes(id).expect("traced just now");
    assert!(book::load(id, &bytes).is_ok());
    assert!(book::load(crate::schema::SchemaId(id.0 ^ 1), &bytes).is_err());
}

#[test]
fn long_values_are_cut_in_messages() {
    let stored = Stored::write(&"a".repeat(1000)).expect("a storable value");
    let error = stored.read::<u8>().expect_err("no number").to_string();
    assert!(error.contains("aaa..`") && error.len() < 400, "{error}");
}
