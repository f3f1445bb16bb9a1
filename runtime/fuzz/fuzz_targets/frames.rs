//! Runs the target `frames`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use undying_fuzz::targets::FRAMES;

fuzz_target!(init: undying_fuzz::begin(&FRAMES), |input: &[u8]| undying_fuzz::feed(&FRAMES, input));
