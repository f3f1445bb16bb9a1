//! What went wrong inside a value, and where.

use std::fmt;

use serde::{de, ser};

use super::name::Name;

/// A failure on its way out of a value: every level it passes adds its step of the path.
#[derive(Debug)]
pub(crate) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    /// From the inside out.
    steps: Vec<Step>,
    why: Why,
}

/// What went wrong. What serde says of itself is worded for whoever gave the value: a store, or
/// somebody who wrote JSON.
#[derive(Debug)]
enum Why {
    Said(String),
    MissingField(&'static str),
    UnknownField(String),
    DuplicateField(&'static str),
    UnknownVariant(String, &'static [&'static str]),
    TooMany { left: usize, wanted: String },
}

/// One step into a value.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Field(Name),
    Index(usize),
    /// The value at this key, as it prints.
    Entry(String),
    /// The key of the entry at this place.
    Key(usize),
    Variant(Name),
}

impl Fault {
    pub(crate) fn new(why: impl Into<String>) -> Fault {
        Fault::of(Why::Said(why.into()))
    }

    fn of(why: Why) -> Fault {
        let steps = Vec::new();
        Fault(Box::new(Inner { steps, why }))
    }

    /// There are so many elements more than are wanted.
    pub(crate) fn too_many(left: usize, wanted: impl Into<String>) -> Fault {
        let wanted = wanted.into();
        Fault::of(Why::TooMany { left, wanted })
    }

    pub(crate) fn too_deep() -> Fault {
        let most = super::DEPTH;
        Fault::new(format!(
            "it nests more than {most} levels deep: keep long chains in a `Vec`"
        ))
    }

    #[cold]
    pub(crate) fn inside(mut self, step: Step) -> Fault {
        self.0.steps.push(step);
        self
    }

    /// The path from `root`, as `Order.lines[2].sku`, and the failure.
    pub(crate) fn at(self, root: &str) -> (String, String) {
        let place = self.path(root);
        (place, self.0.why.of_stored())
    }

    /// The path into a JSON document, and the failure.
    pub(crate) fn in_json(self) -> (String, String) {
        let path = self.path("");
        let place = match path.trim_start_matches(['.', ':']) {
            "" => "the value".to_owned(),
            path => format!("`{path}`"),
        };
        (place, self.0.why.of_json())
    }

    fn path(&self, root: &str) -> String {
        let mut place = root.to_owned();
        for step in self.0.steps.iter().rev() {
            match step {
                Step::Field(name) => place.extend([".", name]),
                Step::Index(index) => place.push_str(&format!("[{index}]")),
                Step::Entry(key) => place.push_str(&format!("[{key}]")),
                Step::Key(index) => place.push_str(&format!(".<key {index}>")),
                Step::Variant(name) => place.extend(["::", name]),
            }
        }
        place
    }
}

impl Why {
    fn of_stored(&self) -> String {
        match self {
            Why::Said(why) => why.clone(),
            Why::MissingField(field) => format!(
                "what is stored has no field `{field}`, which the program wants: mark it \
                 `#[serde(default)]`, or name the old field in `#[serde(alias = \"..\")]`"
            ),
            Why::UnknownField(field) => format!(
                "what is stored has a field `{field}`, which the program does not know and \
                 `#[serde(deny_unknown_fields)]` forbids to ignore"
            ),
            Why::DuplicateField(field) => {
                format!("two stored fields are both `{field}` for the program")
            }
            Why::UnknownVariant(variant, known) => format!(
                "what is stored is the variant `{variant}`, and the program knows only {known:?}: \
                 keep the variant, or name it in `#[serde(alias = \"{variant}\")]`"
            ),
            Why::TooMany { left, wanted } => {
                format!("what is stored has {left} elements more than the program's {wanted}")
            }
        }
    }

    fn of_json(&self) -> String {
        match self {
            Why::Said(why) => why.clone(),
            Why::MissingField(field) => format!("`{field}` is missing"),
            Why::UnknownField(field) => format!("there is no `{field}`"),
            Why::DuplicateField(field) => format!("`{field}` is given twice"),
            Why::UnknownVariant(variant, known) => {
                format!("there is no variant `{variant}`, only {known:?}")
            }
            Why::TooMany { left, wanted } => {
                format!("it has {left} elements more than {wanted}")
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.why.of_stored())
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Fault::new(why.to_string())
    }
}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Fault::new(why.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::of(Why::MissingField(field))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Fault::of(Why::UnknownField(field.to_owned()))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Fault::of(Why::DuplicateField(field))
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Fault::of(Why::UnknownVariant(variant.to_owned(), known))
    }
}
