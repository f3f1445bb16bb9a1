//! `Why`: the error of the corpus, which says engine failures as the macros ask for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A reason, in words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why(pub String);

impl fmt::Debug for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Why {}

impl From<&str> for Why {
    fn from(why: &str) -> Self {
        Why(why.to_owned())
    }
}

impl From<String> for Why {
    fn from(why: String) -> Self {
        Why(why)
    }
}

impl From<undying::Failure> for Why {
    fn from(failure: undying::Failure) -> Self {
        Why(failure.to_string())
    }
}

impl From<undying::Failure> for Box<Why> {
    fn from(failure: undying::Failure) -> Self {
        Box::new(failure.into())
    }
}

/// An error with a variant for each source, as an application has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Problem {
    Why(Why),
    Number(String),
    Failed(undying::Failure),
}

impl From<Why> for Problem {
    fn from(why: Why) -> Self {
        Problem::Why(why)
    }
}

impl From<std::num::ParseIntError> for Problem {
    fn from(error: std::num::ParseIntError) -> Self {
        Problem::Number(error.to_string())
    }
}

impl From<undying::Failure> for Problem {
    fn from(failure: undying::Failure) -> Self {
        Problem::Failed(failure)
    }
}
