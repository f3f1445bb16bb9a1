//! What a type may become without losing its stored values.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::{becomes, refuses};

macro_rules! types {
    ($($item:item)*) => {$(
        #[derive(Serialize, Deserialize, PartialEq, Debug)]
        $item
    )*};
}

types! {
    struct Point { x: u8, y: i64 }
    struct Reordered { y: i64, x: u8 }
    struct Wider { x: u64, y: i128 }
    struct Narrower { x: u8, y: i8 }
    struct Renamed { #[serde(alias = "x")] column: u8, y: i64 }
    struct Grown { x: u8, y: i64, z: u8 }
    struct GrownByDefault { x: u8, y: i64, #[serde(default)] z: u8, more: Option<String> }
    struct Shrunk { y: i64 }
    #[serde(deny_unknown_fields)]
    struct Strict { y: i64 }
    struct Texts { x: String, y: i64 }
    struct Meters(u32);
    struct Feet(u32);
    struct Empty;
    struct Filled { #[serde(default)] x: u8 }
    struct Pair(u8, u8);
    struct Maybe(Option<u8>);
}

#[test]
fn fields_may_be_reordered() {
    becomes(Point { x: 1, y: -2 }, Reordered { y: -2, x: 1 });
}

#[test]
fn fields_may_be_renamed_with_an_alias() {
    becomes(Point { x: 1, y: -2 }, Renamed { column: 1, y: -2 });
}

#[test]
fn fields_with_a_default_may_be_added() {
    becomes(
        Point { x: 1, y: 2 },
        GrownByDefault {
            x: 1,
            y: 2,
            z: 0,
            more: None,
        },
    );
}

#[test]
fn a_field_without_a_default_is_missed_by_name() {
    refuses::<Grown>(
        Point { x: 1, y: 2 },
        &["`Point`", "no field `z`", "#[serde(default)]"],
    );
}

#[test]
fn fields_may_be_removed() {
    becomes(Point { x: 1, y: 2 }, Shrunk { y: 2 });
}

#[test]
fn removed_fields_are_refused_where_the_type_denies_unknown_ones() {
    refuses::<Strict>(Point { x: 1, y: 2 }, &["field `x`", "deny_unknown_fields"]);
}

#[test]
fn integers_may_become_wider() {
    becomes(
        Point {
            x: 255,
            y: i64::MIN,
        },
        Wider {
            x: 255,
            y: i64::MIN.into(),
        },
    );
}

#[test]
fn integers_may_become_narrower_where_the_value_fits() {
    becomes(Point { x: 1, y: -128 }, Narrower { x: 1, y: -128 });
    refuses::<Narrower>(
        Point { x: 1, y: -129 },
        &["`Point.y`", "the i64 `-129`", "`i8`"],
    );
}

#[test]
fn integers_may_change_their_sign_where_the_value_fits() {
    becomes(7u8, 7i32);
    becomes(7i64, 7u16);
    refuses::<u64>(-7i64, &["the i64 `-7`", "`u64`"]);
    refuses::<i128>(u128::MAX, &["the u128", "`i128`"]);
}

#[test]
fn floats_may_become_wider_and_never_narrower() {
    becomes(1.5f32, 1.5f64);
    refuses::<f32>(1.5f64, &["the f64 `1.5`", "`f32`"]);
}

#[test]
fn numbers_never_change_their_kind() {
    refuses::<f64>(1u32, &["the u32 `1`", "`f64`"]);
    refuses::<u32>(1.0f64, &["the f64 `1.0`", "`u32`"]);
    refuses::<bool>(1u8, &["the u8 `1`", "`bool`"]);
    refuses::<u8>(true, &["the bool `true`", "`u8`"]);
    refuses::<String>('a', &["the char `'a'`", "a string"]);
}

#[test]
fn a_field_of_another_kind_is_refused_by_its_place() {
    refuses::<Texts>(
        Point { x: 1, y: 2 },
        &["`Point.x`", "the u8 `1`", "wants a string"],
    );
}

#[test]
fn a_value_may_get_a_newtype_around_it_and_lose_it() {
    becomes(5u32, Meters(5));
    becomes(Meters(5), 5u32);
    becomes(Meters(5), Feet(5));
}

#[test]
fn a_value_may_become_optional() {
    becomes(5u32, Some(5u32));
    becomes(Meters(5), Some(Meters(5)));
    becomes(Some(5u32), Some(Some(5u32)));
}

#[test]
fn an_option_never_becomes_required() {
    refuses::<u32>(Some(1u32), &["the option `Some(1)`", "`u32`"]);
    refuses::<u32>(None::<u32>, &["the option `None`", "`u32`"]);
}

#[test]
fn a_newtype_of_an_option_is_read_as_an_option_only_where_that_is_clear() {
    becomes(Maybe(Some(1)), Some(1u8));
    becomes(Maybe(Some(1)), Some(Maybe(Some(1))));
    refuses::<Option<Maybe>>(Maybe(None), &["could mean `None` or `Some(Maybe(None))`"]);
}

#[test]
fn a_unit_struct_may_get_fields() {
    becomes(Empty, Filled { x: 0 });
}

#[test]
fn arrays_and_vectors_may_become_each_other() {
    becomes([1u8, 2], vec![1u8, 2]);
    becomes(vec![1u8, 2], [1u16, 2]);
    refuses::<[u16; 2]>(vec![1u8, 2, 3], &["1 elements more"]);
    refuses::<[u16; 2]>(vec![1u8], &["invalid length 1"]);
}

#[test]
fn tuples_never_lose_elements() {
    becomes((1u8, 2u8), Pair(1, 2));
    refuses::<Pair>((1u8, 2u8, 3u8), &["1 elements more"]);
    refuses::<(u8, u8, u8)>(Pair(1, 2), &["invalid length 2"]);
}

#[test]
fn named_and_unnamed_fields_are_never_confused() {
    refuses::<(u8, i64)>(Point { x: 1, y: 2 }, &["the struct `Point { x: 1, y: 2 }`"]);
    refuses::<Point>((1u8, 2i64), &["the tuple `(1, 2)`", "the struct `Point`"]);
}

#[test]
fn structs_and_maps_are_never_confused() {
    let map = BTreeMap::from([("x".to_owned(), 1i64), ("y".to_owned(), 2)]);
    refuses::<Point>(map, &["the map"]);
    refuses::<BTreeMap<String, i64>>(Point { x: 1, y: 2 }, &["a map"]);
}

#[test]
fn places_lead_through_sequences_and_maps() {
    types! {
        struct Line { sku: String }
        struct Order { lines: Vec<Line>, tags: HashMap<u16, (u8, Line)> }
        struct Line2 { sku: u8 }
        struct Lines { lines: Vec<Line2> }
        struct Tags { tags: HashMap<u16, (u8, Line2)> }
    }
    let line = |sku: &str| Line { sku: sku.into() };
    let order = || Order {
        lines: vec![line("a"), line("b")],
        tags: HashMap::from([(7, (1, line("c")))]),
    };
    refuses::<Lines>(
        order(),
        &["`Order.lines[0].sku`", "the string `\"a\"`", "`u8`"],
    );
    refuses::<Tags>(
        order(),
        &["`Order.tags[7][1].sku`", "the string `\"c\"`", "`u8`"],
    );
}

mod enums {
    use super::*;

    types! {
        enum Status { New, Paid { at: u64 }, Shipped(String, u32), Held(u8) }
        enum More { Cancelled, Held(u64), New, Shipped(String, u64), Paid { #[serde(default)] by: String, at: u64 } }
        enum Renamed { #[serde(alias = "New")] Fresh, #[serde(rename = "Paid")] Settled { at: u64 } }
        enum Fewer { New }
        struct Payment { at: u64 }
        enum Named { Paid(Payment), Shipped((String, u32)), Held { #[serde(default)] for_days: u8 } }
        enum Emptied { Paid, Held }
        enum Filled { New { #[serde(default)] since: u64 } }
    }

    #[test]
    fn variants_may_be_added_and_reordered() {
        becomes(Status::New, More::New);
        becomes(
            Status::Paid { at: 9 },
            More::Paid {
                at: 9,
                by: String::new(),
            },
        );
        becomes(Status::Shipped("a".into(), 1), More::Shipped("a".into(), 1));
        becomes(Status::Held(3), More::Held(3));
    }

    #[test]
    fn variants_may_be_renamed_with_an_alias() {
        becomes(Status::New, Renamed::Fresh);
        becomes(Status::Paid { at: 9 }, Renamed::Settled { at: 9 });
    }

    #[test]
    fn a_variant_with_an_alias_is_read_under_any_of_its_names() {
        #[derive(Serialize, Deserialize, PartialEq, Debug)]
        enum WithoutAlias {
            Fresh,
        }
        becomes(Renamed::Fresh, WithoutAlias::Fresh);
        becomes(Renamed::Fresh, Status::New);
    }

    #[test]
    fn a_removed_variant_is_refused_by_name() {
        refuses::<Fewer>(Status::Held(1), &["variant `Held`", "keep the variant"]);
    }

    #[test]
    fn the_fields_of_a_variant_may_become_a_type_of_their_own() {
        becomes(Status::Paid { at: 9 }, Named::Paid(Payment { at: 9 }));
        becomes(Named::Paid(Payment { at: 9 }), Status::Paid { at: 9 });
        becomes(
            Status::Shipped("a".into(), 1),
            Named::Shipped(("a".into(), 1)),
        );
        becomes(
            Named::Shipped(("a".into(), 1)),
            Status::Shipped("a".into(), 1),
        );
    }

    #[test]
    fn a_variant_may_get_fields_with_defaults() {
        becomes(Status::New, Filled::New { since: 0 });
    }

    #[test]
    fn a_variant_never_loses_what_it_held() {
        refuses::<Emptied>(
            Status::Paid { at: 9 },
            &["`Status::Paid`", "named fields", "nothing"],
        );
        refuses::<Emptied>(
            Status::Held(9),
            &["`Status::Held`", "one unnamed field", "nothing"],
        );
        refuses::<Named>(Status::Held(9), &["`Status::Held`", "the u8 `9`"]);
    }

    #[test]
    fn enums_and_other_types_are_never_confused() {
        refuses::<u32>(Status::New, &["the variant `New`", "`u32`"]);
        refuses::<Status>(0u32, &["the u32 `0`", "the enum `Status`"]);
        refuses::<Status>(
            "New".to_owned(),
            &["the string `\"New\"`", "the enum `Status`"],
        );
    }
}
