//! Runs the target `evolution`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use undying_fuzz::targets::EVOLUTION;

fuzz_target!(init: undying_fuzz::begin(&EVOLUTION), |input: &[u8]| undying_fuzz::feed(&EVOLUTION, input));
