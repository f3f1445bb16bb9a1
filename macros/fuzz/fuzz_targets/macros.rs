//! Runs the target `macros`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: undying_macros_fuzz::begin(), |input: &[u8]| undying_macros_fuzz::feed(input));
