//! Stored values are shown as serde would write them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::Shown;
use crate::schema::Stored;

#[derive(Clone, Serialize, Deserialize, Debug)]
enum Kind {
    New,
    Named(String),
    Pair(i8, char),
    At { x: i64, y: f64 },
}

#[derive(Serialize, Deserialize, Debug)]
struct Thing {
    kind: Kind,
    number: Option<u64>,
    small: f32,
    pairs: Vec<(u8, bool)>,
    by: BTreeMap<String, Vec<u8>>,
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::New),
        any::<String>().prop_map(Kind::Named),
        any::<(i8, char)>().prop_map(|(a, b)| Kind::Pair(a, b)),
        (any::<i64>(), prop::num::f64::NORMAL).prop_map(|(x, y)| Kind::At { x, y }),
    ]
}

fn things() -> impl Strategy<Value = Thing> {
    let pairs = prop::collection::vec(any::<(u8, bool)>(), 0..5);
    let by = prop::collection::btree_map(any::<String>(), any::<Vec<u8>>(), 0..5);
    let small = prop::num::f32::NORMAL;
    let parts = (kinds(), any::<Option<u64>>(), small, pairs, by);
    parts.prop_map(|(kind, number, small, pairs, by)| Thing {
        kind,
        number,
        small,
        pairs,
        by,
    })
}

proptest! {
    #[test]
    fn a_value_is_shown_as_serde_writes_its_type(thing in things()) {
        let stored = Stored::write(&thing).expect("a storable value");
        let shown = serde_json::to_string(&Shown::of(&stored)).expect("it is shown");
        prop_assert_eq!(shown, serde_json::to_string(&thing).expect("it is JSON"));
    }

    #[test]
    fn any_bytes_are_shown(thing in things(), bytes in any::<Vec<u8>>()) {
        let mut stored = Stored::write(&thing).expect("a storable value");
        stored.bytes = bytes;
        prop_assert!(serde_json::to_string(&Shown::of(&stored)).is_ok());
    }
}
