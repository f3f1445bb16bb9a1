//! Values read by the type that wrote them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsString};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::{NonZeroI64, NonZeroU8, NonZeroU128, Saturating, Wrapping};
use std::ops::{Bound, Range, RangeInclusive};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{is_traced, keeps};
use crate::schema::{Stored, id_of, read_from, write_into};

/// Keeps the value, and knows the structure of its type.
#[track_caller]
fn keeps_traced<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug + 'static>(value: T) {
    is_traced::<T>();
    let stored = Stored::write(&value).expect("a storable value");
    stored.describe().expect("a value of its schema");
    keeps(value);
}

#[test]
fn numbers_of_all_widths() {
    keeps_traced((u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX, usize::MAX));
    keeps_traced((i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN, isize::MIN));
    keeps_traced((1.5f32, f64::MIN_POSITIVE, true, 'x'));
}

#[test]
fn texts_and_bytes() {
    keeps_traced((
        "a".to_owned(),
        Box::<str>::from("b"),
        Cow::Borrowed("c"),
        CString::default(),
    ));
    keeps_traced((
        PathBuf::from("/a"),
        OsString::from("b"),
        vec![1u8, 2].into_boxed_slice(),
    ));
}

#[test]
fn collections() {
    keeps_traced((vec![1u8], VecDeque::from([2u8]), LinkedList::from([3u8])));
    keeps_traced((
        BTreeSet::from([1]),
        HashSet::from([2]),
        BTreeMap::from([('a', ())]),
    ));
    keeps_traced(HashMap::from([(vec![1u8], Some(2u8)), (vec![], None)]));
    let heap: BinaryHeap<u8> =
        serde::Deserialize::deserialize(serde::de::value::SeqDeserializer::<
            _,
            serde::de::value::Error,
        >::new([1u8, 2].into_iter()))
        .expect("a heap");
    let stored = Stored::write(&heap).expect("a storable value");
    assert_eq!(
        stored
            .read::<BinaryHeap<u8>>()
            .expect("a heap")
            .into_sorted_vec(),
        [1, 2]
    );
}

#[test]
fn tuples_and_arrays() {
    keeps_traced(((), (1u8,), (1u8, 'b'), [1u8; 32], [(); 0], [[1u8; 2]; 3]));
}

#[test]
fn results_options_and_boxes() {
    keeps_traced((
        Ok::<u8, String>(1),
        Err::<u8, String>("e".into()),
        Some(Box::new(1u8)),
    ));
}

#[test]
fn times_and_ranges() {
    keeps_traced((
        Duration::from_millis(1_500),
        SystemTime::UNIX_EPOCH + Duration::from_secs(9),
    ));
    keeps_traced((
        Range { start: 1, end: 2 },
        RangeInclusive::new('a', 'b'),
        Bound::Included(3u8),
    ));
}

#[test]
fn addresses() {
    let addresses = [
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ];
    keeps_traced((addresses, SocketAddr::from((addresses[1], 80))));
}

#[test]
fn numbers_that_are_never_zero() {
    let one = (NonZeroU8::MIN, NonZeroU128::MIN, NonZeroI64::MIN);
    keeps_traced((one, Some(NonZeroU8::MAX), Wrapping(1u8), Saturating(1u8)));
}

#[test]
fn phantoms() {
    keeps_traced((PhantomData::<String>, 1u8));
}

#[test]
fn attributes_of_serde() {
    #[derive(Serialize, Deserialize, PartialEq, Debug, Default)]
    struct Marked {
        #[serde(default)]
        defaulted: u8,
        #[serde(skip)]
        skipped: u8,
        #[serde(rename = "other")]
        renamed: u8,
        #[serde(alias = "a", alias = "zz")]
        aliased: u16,
        #[serde(with = "as_text")]
        with: u32,
        transparent: Transparent,
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug, Default)]
    #[serde(transparent)]
    struct Transparent {
        inner: String,
    }
    mod as_text {
        use serde::{Deserialize, Deserializer, Serializer, de::Error};

        pub(super) fn serialize<S: Serializer>(value: &u32, to: S) -> Result<S::Ok, S::Error> {
            to.collect_str(value)
        }

        pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
            String::deserialize(from)?.parse().map_err(D::Error::custom)
        }
    }
    keeps_traced(Marked {
        with: 77,
        transparent: Transparent { inner: "x".into() },
        ..Marked::default()
    });
}

#[test]
fn recursive_types() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    enum Expr {
        Add(Box<Expr>, Box<Expr>),
        Neg { of: Box<Expr> },
        All(Vec<Expr>),
        Lit(i64),
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Tree(Vec<Tree>);
    let neg = Expr::Neg {
        of: Box::new(Expr::Lit(1)),
    };
    keeps_traced(Expr::Add(
        Box::new(neg),
        Box::new(Expr::All(vec![Expr::Lit(2)])),
    ));
    keeps_traced(Tree(vec![Tree(vec![]), Tree(vec![Tree(vec![])])]));
}

#[test]
fn mutually_recursive_types() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Block {
        body: Vec<Stmt>,
        last: Option<Box<Expr>>,
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    enum Stmt {
        Let { name: String, value: Expr },
        Expr(Expr),
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    enum Expr {
        Block(Block),
        Call(Box<Expr>, BTreeMap<String, Expr>),
        Lit(u8),
    }
    let call = Expr::Call(
        Box::new(Expr::Lit(1)),
        BTreeMap::from([("a".into(), Expr::Lit(2))]),
    );
    let body = vec![
        Stmt::Let {
            name: "x".into(),
            value: call,
        },
        Stmt::Expr(Expr::Lit(3)),
    ];
    keeps_traced(Expr::Block(Block { body, last: None }));
}

#[test]
fn values_append_to_a_buffer() {
    let mut buffer = vec![9];
    write_into(&"ab".to_owned(), &mut buffer).expect("a storable value");
    assert_eq!(buffer, [9, 2, b'a', b'b']);
    let read: String = read_from(id_of::<String>(), &buffer[1..]).expect("a text");
    assert_eq!(read, "ab");
}

#[test]
fn a_failed_write_leaves_the_buffer_as_it_was() {
    struct Fails;
    impl Serialize for Fails {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("not today"))
        }
    }
    impl<'de> Deserialize<'de> for Fails {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            <(u8, Never)>::deserialize(from).map(|_| Fails)
        }
    }
    type Never = u8;
    let mut buffer = vec![9];
    write_into(&(Some(1u8), Fails), &mut buffer).expect_err("it fails");
    assert_eq!(buffer, [9]);
}
