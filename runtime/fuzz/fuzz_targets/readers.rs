//! Runs the target `readers`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use undying_fuzz::targets::READERS;

fuzz_target!(init: undying_fuzz::begin(&READERS), |input: &[u8]| undying_fuzz::feed(&READERS, input));
