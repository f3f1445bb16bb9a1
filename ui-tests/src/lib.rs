//! The language reference of `undying` lives in `accept/` and `refuse/`; here is what its programs share.

mod run;
pub mod shop;

pub use run::{deploy, run};
