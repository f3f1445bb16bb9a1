//! Every program in `accept/` compiles, without a warning, and runs.

#![deny(warnings)]
#![allow(clippy::unwrap_used, unreachable_pub, missing_docs)]

include!(concat!(env!("OUT_DIR"), "/accept.rs"));
