//! Arguments and keys that came as JSON or text, as what the program's types make of them.

use serde::de::DeserializeOwned;
use std::fmt::Display;

use super::Call;
use super::call::Named;
use crate::schema::{Json, Stored, ValueError};

/// The arguments of a call, as a stored value: an object with its parameters' names. An `Option`
/// may be missing; nothing may be there that is no parameter.
pub(super) fn arguments<C: Call>(json: Json) -> Result<Stored, ValueError> {
    let refused = |place: String, why: String| ValueError::Json {
        type_name: C::NAME.to_owned(),
        place,
        why,
    };
    let parameters = || match C::PARAMETERS {
        [] => "it takes no arguments".to_owned(),
        names => format!("the parameters are `{}`", names.join("`, `")),
    };
    let Json::Object(entries) = &json else {
        let why = format!("the arguments are an object, and {}", parameters());
        return Err(refused("the value".to_owned(), why));
    };
    let is_parameter = |name: &str| C::PARAMETERS.contains(&name);
    if let Some((name, _)) = entries.iter().find(|(name, _)| !is_parameter(name)) {
        let why = format!("there is no such parameter: {}", parameters());
        return Err(refused(format!("`{name}`"), why));
    }
    match json.read::<Named<C>>() {
        Ok(args) => Stored::write(&args),
        Err(ValueError::Json { place, why, .. }) => Err(refused(place, why)),
        Err(error) => Err(error),
    }
}

/// The key that this text says, as it is written in the entity's id.
pub(super) fn key<K: Display + DeserializeOwned>(text: &str) -> Result<String, ValueError> {
    let key: K = Json::Text(text.to_owned()).read()?;
    Ok(key.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::{Arg, Failure};
    use super::*;

    struct Pay;
    impl Call for Pay {
        const NAME: &'static str = "pay";
        const PARAMETERS: &'static [&'static str] = &["order", "tip", "lines"];
        type Args = (Arg<String>, Arg<Option<u8>>, Arg<Vec<(u8, f64)>>);
        type Output = ();
        fn failed(failure: Failure) -> Result<(), Failure> {
            Err(failure)
        }
    }

    fn pay(order: Json, lines: Json) -> Json {
        Json::Object(vec![("lines".into(), lines), ("order".into(), order)])
    }

    fn text(text: &str) -> Json {
        Json::Text(text.into())
    }

    #[test]
    fn arguments_are_given_by_name_and_an_option_may_be_missing() {
        let lines = Json::List(vec![Json::List(vec![Json::Integer(2), Json::Integer(3)])]);
        let stored = arguments::<Pay>(pay(text("o-17"), lines)).unwrap();
        let Named::<Pay>((order, tip, lines)) = stored.read().unwrap();
        assert_eq!((order.0.as_str(), tip.0), ("o-17", None));
        assert_eq!(lines.0, [(2, 3.0)]);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_place() {
        let lines = Json::List(vec![Json::List(vec![Json::Integer(256), Json::Null])]);
        let given = [
            (
                pay(Json::Null, Json::List(vec![])),
                "`order`: it is the word `null`, not a string",
            ),
            (
                pay(text("o"), lines),
                "`lines[0][0]`: it is the number `256`, not `u8`",
            ),
            (
                Json::Object(vec![("order".into(), text("o"))]),
                "the value: `lines` is missing",
            ),
            (
                Json::Object(vec![("price".into(), Json::Null)]),
                "`price`: there is no such parameter: the parameters are `order`, `tip`, `lines`",
            ),
            (
                Json::Null,
                "the value: the arguments are an object, and the parameters are `order`, `tip`, `lines`",
            ),
        ];
        for (json, why) in given {
            let error = arguments::<Pay>(json).unwrap_err().to_string();
            assert_eq!(error, format!("the JSON does not fit `pay`: {why}"));
        }
    }

    #[test]
    fn a_key_is_what_its_type_says_of_the_text() {
        assert_eq!(key::<String>("ada"), Ok("ada".to_owned()));
        assert_eq!(key::<u32>("007"), Ok("7".to_owned()));
        let error = key::<u32>("ada").unwrap_err().to_string();
        assert!(
            error.ends_with("the value: it is the string `\"ada\"`, not `u32`"),
            "{error}"
        );
    }
}
