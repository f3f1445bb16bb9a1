//! Types that take only some values, and so refuse samples.

use serde::{Deserialize, Deserializer, Serialize};

use super::{is_traced, keeps, why_opaque};

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
    is_traced::<(Email, Ordered, NonEmpty, Required, u8)>();
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
    is_traced::<Around>();
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
    is_traced::<Choice>();
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
