//! Types whose structure cannot be known.

use serde::{Deserialize, Deserializer, Serialize};

use super::{keeps, why_opaque};
use crate::schema::Stored;

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
    why_opaque::<Whole>();
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
