//! Types that make it hard for the trace.

use serde::{Deserialize, Deserializer};

use super::schema;

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
