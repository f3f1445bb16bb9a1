//! Every program in `accept/` compiles, without a warning, and runs.

#![cfg_attr(not(clippy), deny(warnings))]
#![allow(clippy::unwrap_used, unreachable_pub, missing_docs)]

include!(concat!(env!("OUT_DIR"), "/accept.rs"));
