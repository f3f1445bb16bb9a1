//! JSON, stored without a type and read as one.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::net::IpAddr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::schema::{Json, Stored};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Approval {
    granted: bool,
    #[serde(default)]
    remarks: Vec<String>,
    by: Option<Person>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    NotYet,
    One(u8),
    Two(u8, char),
    Named { from: String },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Meters(f32);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Nothing;

fn text(text: &str) -> Json {
    Json::Text(text.into())
}

fn object<const N: usize>(entries: [(&str, Json); N]) -> Json {
    Json::Object(entries.map(|(key, value)| (key.to_owned(), value)).into())
}

fn list<const N: usize>(items: [Json; N]) -> Json {
    Json::List(items.into())
}

fn int(number: i128) -> Json {
    Json::Integer(number)
}

/// The document, stored and read as a `T`.
fn read<T: DeserializeOwned + 'static>(json: Json) -> Result<T, String> {
    let stored = Stored::write(&json).expect("a document can be stored");
    assert!(stored.is_json());
    assert_eq!(stored.read::<Json>().as_ref(), Ok(&json));
    stored.read::<T>().map_err(|error| error.to_string())
}

#[track_caller]
fn reads<T: DeserializeOwned + PartialEq + Debug + 'static>(json: Json, value: T) {
    assert_eq!(read::<T>(json), Ok(value));
}

#[track_caller]
fn refuses<T: DeserializeOwned + Debug + 'static>(json: Json, why: &str) {
    let error = read::<T>(json).expect_err("it does not fit");
    assert!(error.ends_with(why), "{error}");
}

#[test]
fn structs_are_read_by_name_with_their_defaults_and_options() {
    let ann = object([("name", text("ann"))]);
    reads(
        object([("by", ann), ("granted", Json::Bool(true)), ("more", int(7))]),
        Approval {
            granted: true,
            remarks: vec![],
            by: Some(Person { name: "ann".into() }),
        },
    );
    reads(Json::Null, None::<Approval>);
    reads(Json::Null, Nothing);
    reads(Json::Null, ());
}

#[test]
fn variants_are_read_as_serde_json_reads_them() {
    reads(text("not_yet"), Choice::NotYet);
    reads(object([("not_yet", Json::Null)]), Choice::NotYet);
    reads(object([("one", int(1))]), Choice::One(1));
    reads(
        object([("two", list([int(1), text("é")]))]),
        Choice::Two(1, 'é'),
    );
    let from = "here".to_owned();
    reads(
        object([("named", object([("from", text("here"))]))]),
        Choice::Named { from },
    );
    reads(object([("Ok", int(1))]), Ok::<u8, String>(1));
}

#[test]
fn numbers_are_read_where_they_fit() {
    reads(int(255), 255_u8);
    reads(int(-3), -3_i64);
    reads(int(3), 3.0_f64);
    reads(Json::Float(0.5), Meters(0.5));
    reads(text("340282366920938463463374607431768211455"), u128::MAX);
    reads(text("-170141183460469231731687303715884105728"), i128::MIN);
    reads(text("-Infinity"), f64::NEG_INFINITY);
    assert!(read::<f32>(text("NaN")).unwrap().is_nan());
    refuses::<u8>(int(256), "the value: it is the number `256`, not `u8`");
    refuses::<u8>(
        Json::Float(1.0),
        "the value: it is the number `1.0`, not `u8`",
    );
    refuses::<f64>(text("inf"), "it is the string `\"inf\"`, not `f64`");
}

#[test]
fn lists_maps_and_types_for_human_readers_are_read() {
    reads(list([int(1), int(2)]), vec![1_u8, 2]);
    reads(list([int(1), text("x")]), (1_u16, "x".to_owned()));
    reads(
        object([("a", int(1))]),
        HashMap::from([("a".to_owned(), 1_u32)]),
    );
    reads(object([("-7", int(1))]), BTreeMap::from([(-7_i64, 1_u32)]));
    reads(
        object([("not_yet", int(1))]),
        BTreeMap::from([(Choice::NotYet, 1_u32)]),
    );
    reads(
        list([list([list([int(1), int(2)]), text("x")])]),
        BTreeMap::from([((1_u8, 2_u8), 'x')]),
    );
    reads(text("127.0.0.1"), IpAddr::from([127, 0, 0, 1]));
}

#[test]
fn what_does_not_fit_is_named_with_its_place() {
    refuses::<Approval>(
        object([("granted", text("yes"))]),
        "does not fit `Approval`: `granted`: it is the string `\"yes\"`, not `bool`",
    );
    refuses::<Approval>(object([]), "the value: `granted` is missing");
    refuses::<Vec<Person>>(
        list([object([("name", text("a")), ("age", int(1))])]),
        "`[0]`: there is no `age`",
    );
    refuses::<Choice>(
        text("maybe"),
        "there is no variant `maybe`, only [\"not_yet\", \"one\", \"two\", \"named\"]",
    );
    refuses::<Choice>(
        object([("one", text("x"))]),
        "`one`: it is the string `\"x\"`, not `u8`",
    );
    refuses::<(u8, u8)>(
        list([int(1), int(2), int(3)]),
        "it has 1 elements more than 2",
    );
    refuses::<Choice>(
        text("one"),
        "`one`: it holds nothing, and one unnamed field is wanted",
    );
}

#[test]
fn a_document_is_printed_as_json() {
    let json = object([(
        "a\n\"",
        list([Json::Null, Json::Float(2.0), Json::Bool(false)]),
    )]);
    let stored = Stored::write(&json).unwrap();
    let printed = stored.describe().unwrap().to_string();
    assert_eq!(printed, "{\"a\\u000a\\\"\":[null,2.0,false]}");
}
