//! Types that postcard could never read back.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::schema::{Stored, Untraceable, trace};

fn needs_self_describing<T: DeserializeOwned>() -> String {
    let Err(why @ Untraceable::NeedsSelfDescribing { .. }) = trace::<T>() else {
        panic!("it was traced");
    };
    why.to_string()
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    A(u8),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "t")]
enum Internal {
    A { x: u8 },
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    A(u8),
}

#[derive(Serialize, Deserialize)]
struct Flat {
    #[serde(flatten)]
    rest: HashMap<String, u8>,
}

#[derive(Serialize, Deserialize)]
struct Deep {
    a: Option<Vec<(u8, Choice)>>,
}

#[derive(Serialize, Deserialize)]
enum Choice {
    A,
    B { c: HashMap<u8, Untagged> },
}

#[test]
fn types_that_need_a_self_describing_format_are_named() {
    assert!(needs_self_describing::<Untagged>().contains("Untagged"));
    assert!(needs_self_describing::<Internal>().contains("Internal"));
    assert!(needs_self_describing::<Adjacent>().contains("Adjacent"));
    assert!(needs_self_describing::<Flat>().contains("flatten"));
}

#[test]
fn they_are_found_behind_options_and_variants_with_their_place() {
    let why = needs_self_describing::<Deep>();
    assert!(why.contains("Deep.a[].1.c.<value>"), "{why}");
}

#[test]
fn they_are_never_written() {
    let error = Stored::write(&Untagged::A(1))
        .expect_err("not storable")
        .to_string();
    assert!(error.contains("self-describing"), "{error}");
    let error = Stored::write(&Deep { a: None })
        .expect_err("not storable")
        .to_string();
    assert!(error.contains("`#[serde(untagged)]`"), "{error}");
}
