//! What the trace finds out about types.

use serde::{Deserialize, Serialize};

use super::{is_traced, keeps};
use crate::schema::id_of;

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
    is_traced::<Long>();
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
    keeps(Old::B);
}
