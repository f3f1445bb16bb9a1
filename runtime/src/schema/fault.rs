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
    why: String,
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
        Fault(Box::new(Inner {
            steps: Vec::new(),
            why: why.into(),
        }))
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
        (place, self.0.why)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.why)
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
        Fault::new(format!(
            "what is stored has no field `{field}`, which the program wants: mark it \
             `#[serde(default)]`, or name the old field in `#[serde(alias = \"..\")]`"
        ))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Fault::new(format!(
            "what is stored has a field `{field}`, which the program does not know and \
             `#[serde(deny_unknown_fields)]` forbids to ignore"
        ))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Fault::new(format!(
            "two stored fields are both `{field}` for the program"
        ))
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Fault::new(format!(
            "what is stored is the variant `{variant}`, and the program knows only {known:?}: \
             keep the variant, or name it in `#[serde(alias = \"{variant}\")]`"
        ))
    }
}
