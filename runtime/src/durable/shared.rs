//! Text that several own, as serde sees it: a text like any other.

use std::fmt;
use std::sync::Arc;

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};

/// For `#[serde(with = "..")]`.
pub(crate) fn serialize<S: Serializer>(text: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(text)
}

/// Copies it once, to where it stays.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
    from.deserialize_string(Shared)
}

struct Shared;

impl Visitor<'_> for Shared {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Arc<str>, E> {
        Ok(text.into())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde::{Deserialize, Serialize};

    use crate::schema::Stored;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Named {
        #[serde(with = "super")]
        id: Arc<str>,
    }

    #[derive(Serialize, Deserialize)]
    struct Plain {
        id: String,
    }

    #[test]
    fn shared_text_is_stored_as_text() {
        let id = "rsm:Player:one";
        let plain = Stored::write(&Plain { id: id.to_owned() }).unwrap();
        let named = Named { id: id.into() };
        assert_eq!(Stored::write(&named).unwrap().bytes, plain.bytes);
        assert_eq!(plain.read::<Named>().unwrap(), named);
    }
}
