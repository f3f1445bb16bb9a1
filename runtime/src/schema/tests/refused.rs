//! What is not written, because it could not be read back.

use serde::{Deserialize, Serialize};

use crate::schema::Stored;

#[track_caller]
fn refused<T: Serialize + serde::de::DeserializeOwned + 'static>(value: T, words: &[&str]) {
    let error = Stored::write(&value).expect_err("refused").to_string();
    for word in words {
        assert!(error.contains(word), "no {word:?} in: {error}");
    }
}

#[test]
fn a_field_that_is_sometimes_skipped() {
    #[derive(Serialize, Deserialize, Debug)]
    struct Order {
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<u8>,
        id: u8,
    }
    #[derive(Serialize, Deserialize, Debug)]
    struct Orders {
        all: Vec<Order>,
    }
    let all = vec![
        Order {
            note: Some(1),
            id: 1,
        },
        Order { note: None, id: 2 },
    ];
    refused(Orders { all }, &["`Orders.all[1]`", "skip_serializing_if"]);
}

#[test]
fn a_field_that_is_read_but_not_written() {
    #[derive(Serialize, Deserialize)]
    struct Order {
        #[serde(skip_serializing, default)]
        #[allow(dead_code)]
        note: u8,
        id: u8,
    }
    refused(Order { note: 1, id: 2 }, &["writes 1 parts", "reads 2"]);
}

#[test]
fn a_field_that_is_written_but_not_read() {
    #[derive(Serialize, Deserialize)]
    struct Order {
        #[serde(skip_deserializing)]
        note: u8,
        id: u8,
    }
    refused(Order { note: 1, id: 2 }, &["writes 2 parts", "reads 1"]);
}

#[test]
fn a_variant_behind_a_skipped_one() {
    #[derive(Serialize, Deserialize)]
    #[allow(dead_code)]
    enum Status {
        New,
        #[serde(skip)]
        Internal,
        Paid,
        Shipped,
    }
    refused(
        Status::Paid,
        &["`Paid` is written as variant 2", "`#[serde(skip)]`"],
    );
    refused(Status::Shipped, &["`Shipped` is written as variant 3"]);
    assert!(Stored::write(&Status::New).is_ok());
}

#[test]
fn a_type_written_otherwise_than_it_is_read() {
    #[derive(Deserialize)]
    struct Id {
        n: u64,
    }
    impl Serialize for Id {
        fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            (self.n.to_string(),).serialize(to)
        }
    }
    refused(
        vec![Id { n: 1 }],
        &["`Vec[0][0]`", "writes a string", "reads a u64"],
    );
}

#[test]
fn a_sequence_of_unknown_length() {
    #[derive(Deserialize)]
    struct Evens(Vec<u8>);
    impl Serialize for Evens {
        fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            to.collect_seq(self.0.iter().filter(|n| *n % 2 == 0))
        }
    }
    refused(Evens(vec![1, 2]), &["length is not known"]);
}

#[test]
fn a_chain_that_is_too_deep() {
    #[derive(Serialize, Deserialize)]
    struct Link {
        next: Option<Box<Link>>,
    }
    let chain = |links| (0..links).fold(None, |next, _| Some(Box::new(Link { next })));
    refused(
        Link { next: chain(1_000) },
        &["more than 128 levels", "Vec"],
    );
    let stored = Stored::write(&Link { next: chain(60) }).expect("not so deep");
    stored.read::<Link>().expect("what was written");
    stored.describe().expect("what was written");
}
