//! Runs the target `records`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use undying_fuzz::targets::RECORDS;

fuzz_target!(init: undying_fuzz::begin(&RECORDS), |input: &[u8]| undying_fuzz::feed(&RECORDS, input));
