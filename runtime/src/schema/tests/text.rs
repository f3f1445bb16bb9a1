//! How stored values print themselves: as Rust would, up to a bound, whatever the bytes are.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::durable::limits::VALUE_TEXT_BYTES_MAX;
use crate::schema::{SchemaId, Stored};

#[derive(Clone, Serialize, Deserialize, Debug)]
enum Kind {
    New,
    Named(String),
    At { x: i16, y: f64 },
}

#[derive(Serialize, Deserialize, Debug)]
struct Thing {
    kind: Kind,
    number: Option<u64>,
    pairs: Vec<(char, bool)>,
    by: BTreeMap<String, i128>,
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::New),
        any::<String>().prop_map(Kind::Named),
        any::<(i16, f64)>().prop_map(|(x, y)| Kind::At { x, y }),
    ]
}

fn things() -> impl Strategy<Value = Thing> {
    let pairs = prop::collection::vec(any::<(char, bool)>(), 0..20);
    let by = prop::collection::btree_map(any::<String>(), any::<i128>(), 0..8);
    (kinds(), any::<Option<u64>>(), pairs, by).prop_map(|(kind, number, pairs, by)| Thing {
        kind,
        number,
        pairs,
        by,
    })
}

/// What `text` becomes when it is cut.
fn cut(text: &str, bytes: usize) -> String {
    match text.len() > VALUE_TEXT_BYTES_MAX {
        true => {
            let start = &text[..text.floor_char_boundary(VALUE_TEXT_BYTES_MAX)];
            format!("{start}.. (of {bytes} bytes)")
        }
        false => text.to_owned(),
    }
}

proptest! {
    #[test]
    fn a_value_prints_as_its_debug_does_up_to_the_bound(thing in things()) {
        let stored = Stored::write(&thing).expect("a storable value");
        let bytes = stored.bytes.len();
        prop_assert_eq!(stored.to_string(), cut(&format!("{thing:?}"), bytes));
        prop_assert_eq!(format!("{stored:#}"), cut(&format!("{thing:#?}"), bytes));
    }

    #[test]
    fn any_bytes_print_and_never_more_than_the_bound(
        thing in things(),
        bytes in prop::collection::vec(any::<u8>(), 0..4_000),
    ) {
        let mut stored = Stored::write(&thing).expect("a storable value");
        stored.bytes = bytes;
        prop_assert!(stored.to_string().len() < VALUE_TEXT_BYTES_MAX + 64);
    }
}

#[test]
fn a_long_value_says_how_many_bytes_there_are() {
    let stored = Stored::write(&"ä".repeat(5_000)).expect("a storable value");
    let text = stored.to_string();
    assert!(text.ends_with("ää.. (of 10002 bytes)"), "{text}");
    assert!(text.starts_with("\"ää"), "{text}");
}

#[test]
fn a_damaged_value_says_where_it_is_damaged() {
    let mut stored = Stored::write(&vec![(1u32, "one".to_owned())]).expect("a storable value");
    stored.bytes.pop();
    let text = stored.to_string();
    assert!(
        text.starts_with("<`value[0][1]`") && text.contains("is damaged: the bytes end"),
        "{text}"
    );
}

#[test]
fn a_value_whose_schema_is_lost_says_so() {
    let (schema, bytes) = (SchemaId(3), vec![1, 2]);
    let text = Stored { schema, bytes }.to_string();
    assert!(
        text.starts_with('<') && text.contains("is unknown"),
        "{text}"
    );
}
