//! What the trace finds out about types.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use super::{becomes, keeps};
use crate::schema::trace::explore;
use crate::schema::{Schema, Stored, Untraceable, id_of, trace};

fn schema<T: DeserializeOwned>() -> Schema {
    trace::<T>().expect("a storable type")
}

/// Why the structure of `T` is unknown.
fn why_opaque<T: DeserializeOwned>() -> String {
    explore::<T>()
        .expect("a storable type")
        .1
        .expect("an opaque type")
}

fn needs_self_describing<T: DeserializeOwned>() -> String {
    let Err(why @ Untraceable::NeedsSelfDescribing { .. }) = trace::<T>() else {
        panic!("it was traced");
    };
    why.to_string()
}

#[test]
fn two_types_of_one_name_do_not_mix() {
    mod a {
        #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
        pub(super) struct Line {
            pub(super) x: u8,
        }
    }
    mod b {
        #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
        pub(super) struct Line {
            pub(super) x: String,
        }
    }
    keeps((
        a::Line { x: 1 },
        b::Line { x: "b".into() },
        a::Line { x: 2 },
    ));
}

#[test]
fn two_types_of_one_name_and_path_do_not_mix() {
    let first = {
        #[derive(Serialize, Deserialize, PartialEq, Debug)]
        struct Line {
            x: Vec<u8>,
        }
        Line { x: vec![1, 2] }
    };
    let second = {
        #[derive(Serialize, Deserialize, PartialEq, Debug)]
        struct Line {
            x: Vec<String>,
        }
        Line {
            x: vec!["b".into()],
        }
    };
    keeps((first, second));
}

#[test]
fn the_parameters_of_a_generic_type_do_not_mix() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Of<T> {
        x: Option<T>,
    }
    keeps((
        Of { x: Some(1u8) },
        Of {
            x: Some("a".to_owned()),
        },
        Of {
            x: Some(Of { x: Some('c') }),
        },
    ));
}

#[test]
fn equal_structures_have_one_schema() {
    use std::collections::{BTreeSet, VecDeque};
    assert_eq!(id_of::<Vec<u32>>(), id_of::<VecDeque<u32>>());
    assert_eq!(id_of::<Vec<u32>>(), id_of::<BTreeSet<u32>>());
    assert_eq!(id_of::<Box<str>>(), id_of::<String>());
    assert_eq!(id_of::<[u8; 2]>(), id_of::<(u8, u8)>());
}

#[test]
fn different_structures_have_different_schemas() {
    #[derive(Serialize, Deserialize)]
    struct A {
        x: u8,
    }
    #[derive(Serialize, Deserialize)]
    #[serde(rename = "A")]
    struct Renamed {
        y: u8,
    }
    assert_ne!(id_of::<A>(), id_of::<Renamed>());
    assert_ne!(id_of::<u8>(), id_of::<i8>());
    assert_ne!(id_of::<[u8; 2]>(), id_of::<[u8; 3]>());
}

#[test]
fn an_id_is_the_same_in_every_process_and_release() {
    #[derive(Serialize, Deserialize)]
    struct Order {
        id: u64,
        lines: Vec<(String, Option<u32>)>,
        status: Status,
    }
    #[derive(Serialize, Deserialize)]
    enum Status {
        New,
        Paid { at: u64 },
    }
    assert_eq!(id_of::<Order>().to_string(), "6e2f1cde91657b7d");
}

#[test]
fn a_list_of_variants_is_no_longer_traced_when_it_is_long() {
    macro_rules! long {
        ($($name:ident)*) => {
            #[derive(Serialize, Deserialize, PartialEq, Debug)]
            enum Long { $($name(Option<Vec<Long>>),)* End }
        };
    }
    long!(A B C D E F G H I J K L M N O P Q R S T U V W X Y Z
        Aa Ba Ca Da Ea Fa Ga Ha Ia Ja Ka La Ma Na Oa Pa Qa Ra Sa Ta Ua Va Wa Xa Ya Za
        Ab Bb Cb Db Eb Fb Gb Hb Ib Jb Kb Lb Mb Nb Ob Pb Qb Rb Sb Tb Ub Vb Wb Xb Yb Zb);
    keeps(Long::Zb(Some(vec![Long::A(None), Long::End])));
    assert!(!schema::<Long>().is_opaque());
}

mod validated {
    use super::*;

    macro_rules! validated {
        ($name:ident($inner:ty), $valid:expr) => {
            #[derive(Serialize, PartialEq, Debug)]
            struct $name($inner);
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    let value = <$inner>::deserialize(from)?;
                    let is_valid: fn(&$inner) -> bool = $valid;
                    let invalid = || serde::de::Error::custom("invalid");
                    is_valid(&value).then(|| $name(value)).ok_or_else(invalid)
                }
            }
        };
    }

    validated!(Email(String), |text| text.contains('@'));
    validated!(Ordered((u8, u8)), |pair| pair.0 < pair.1);
    validated!(NonEmpty(Vec<Email>), |list| !list.is_empty());
    validated!(Required(Option<u8>), Option::is_some);
    validated!(Impossible(String), |text| text == "xyzzy");

    #[test]
    fn types_that_take_only_some_values_are_offered_others() {
        let email = || Email("a@b".into());
        let value = (
            email(),
            Ordered((1, 2)),
            NonEmpty(vec![email()]),
            Required(Some(1)),
            7u8,
        );
        assert!(!schema::<(Email, Ordered, NonEmpty, Required, u8)>().is_opaque());
        keeps(value);
    }

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Around {
        a: u8,
        hard: Impossible,
        #[serde(alias = "x")]
        b: Vec<Impossible>,
        c: Option<Email>,
    }

    #[test]
    fn a_field_that_takes_no_sample_hides_no_other() {
        assert_eq!(explore::<Around>().expect("a storable type").1, None);
        let hard = || Impossible("xyzzy".into());
        keeps(Around {
            a: 1,
            hard: hard(),
            b: vec![hard()],
            c: None,
        });
    }

    #[test]
    fn a_variant_that_takes_no_sample_hides_no_other() {
        #[derive(Serialize, Deserialize, PartialEq, Debug)]
        enum Choice {
            Hard(Impossible),
            Pair { hard: Impossible, c: char },
            Easy(u8),
        }
        assert!(!schema::<Choice>().is_opaque());
        keeps(Choice::Pair {
            hard: Impossible("xyzzy".into()),
            c: 'c',
        });
    }

    #[test]
    fn a_tuple_that_cannot_be_seen_to_its_end_is_opaque() {
        let why = why_opaque::<(Impossible, u8)>();
        assert!(why.contains("no sample"), "{why}");
        keeps((Impossible("xyzzy".into()), 1u8));
    }

    #[test]
    fn aliases_of_a_field_that_takes_no_sample_are_never_taken_for_two_fields() {
        #[derive(Serialize, Deserialize, PartialEq, Debug)]
        struct Aliased {
            #[serde(alias = "soft")]
            hard: Impossible,
        }
        assert!(why_opaque::<Aliased>().contains("aliases"));
        keeps(Aliased {
            hard: Impossible("xyzzy".into()),
        });
    }
}

mod opaque {
    use super::*;

    /// Reads its second part in one way or another, depending on the first.
    macro_rules! tagged {
        ($name:ident, $other:ty) => {
            #[derive(Serialize, PartialEq, Debug)]
            pub(super) struct $name(pub(super) bool, pub(super) u8);
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    struct Parts;
                    impl<'de> serde::de::Visitor<'de> for Parts {
                        type Value = $name;
                        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                            f.write_str("two parts")
                        }
                        fn visit_seq<A: serde::de::SeqAccess<'de>>(
                            self,
                            mut parts: A,
                        ) -> Result<$name, A::Error> {
                            let tag: Option<Tag> = parts.next_element()?;
                            match tag {
                                Some(Tag::Small) => {
                                    Ok($name(false, parts.next_element()?.unwrap_or(0)))
                                }
                                _ => {
                                    parts.next_element::<$other>()?;
                                    Ok($name(true, 0))
                                }
                            }
                        }
                    }
                    from.deserialize_tuple(2, Parts)
                }
            }
        };
    }

    #[derive(Serialize, Deserialize)]
    enum Tag {
        Small,
        Large,
    }

    mod first {
        use super::*;
        tagged!(Tagged, String);
    }

    mod second {
        use super::*;
        tagged!(Tagged, Vec<String>);
    }

    #[test]
    fn a_type_read_in_two_ways_is_opaque() {
        let why = why_opaque::<first::Tagged>();
        assert!(why.contains("not always read in the same way"), "{why}");
    }

    #[test]
    fn an_opaque_value_is_read_by_the_type_that_wrote_it() {
        type Whole = (u8, first::Tagged);
        assert!(schema::<Whole>().is_opaque());
        let _ = (Tag::Large, second::Tagged(false, 0));
        keeps((1u8, first::Tagged(false, 7)));
    }

    #[test]
    fn an_opaque_value_is_refused_by_any_other_type() {
        let stored = Stored::write(&first::Tagged(false, 7)).expect("a storable value");
        let error = stored
            .read::<second::Tagged>()
            .expect_err("another type")
            .to_string();
        assert!(
            error.contains("could not be traced") && error.contains("first::Tagged"),
            "{error}"
        );
        assert!(stored.read::<(u8, u8)>().is_err());
        assert!(stored.describe().is_err());
    }

    #[test]
    fn an_opaque_value_that_cannot_be_read_back_is_not_written() {
        Stored::write(&first::Tagged(true, 7)).expect_err("a bool is not a tag and its string");
    }
}

mod self_describing {
    use std::collections::HashMap;

    use super::*;

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
}

mod hostile {
    use super::*;

    macro_rules! reads {
        ($name:ident, $deserialize:expr) => {
            #[derive(Debug, PartialEq)]
            struct $name;
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    let read: fn(D) -> Result<(), D::Error> = $deserialize;
                    read(from).map(|()| $name)
                }
            }
        };
    }

    reads!(Panics, |from| {
        String::deserialize(from).map(|text| assert!(text.starts_with("1970"), "an odd sample"))
    });
    reads!(Endless, |from| <(u8, Box<Endless>)>::deserialize(from)
        .map(drop));
    reads!(Nothing, |_| Ok(()));

    #[test]
    fn a_type_that_panics_on_a_sample_is_offered_others() {
        assert_eq!(schema::<(Panics, u8)>(), schema::<(String, u8)>());
    }

    #[test]
    fn a_type_without_finite_values_is_traced_without_end() {
        assert!(schema::<Endless>().nodes().len() <= 2);
    }

    #[test]
    fn a_type_that_reads_nothing_has_no_bytes() {
        assert_eq!(schema::<(Nothing, u8)>(), schema::<((), u8)>());
    }

    #[test]
    fn a_tuple_of_endless_length_is_opaque() {
        struct Wide;
        impl<'de> Deserialize<'de> for Wide {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct All;
                impl<'de> serde::de::Visitor<'de> for All {
                    type Value = Wide;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("all of it")
                    }
                    fn visit_seq<A: serde::de::SeqAccess<'de>>(
                        self,
                        mut parts: A,
                    ) -> Result<Wide, A::Error> {
                        while parts.next_element::<u8>()?.is_some() {}
                        Ok(Wide)
                    }
                }
                from.deserialize_tuple(usize::MAX, All)
            }
        }
        assert!(schema::<Wide>().is_opaque());
    }
}

#[test]
fn a_variant_skipped_at_the_end_shifts_nothing() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    enum Old {
        A,
        B,
        #[serde(skip)]
        #[allow(dead_code)]
        C,
    }
    becomes(Old::B, Old::B);
}
