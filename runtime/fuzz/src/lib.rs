//! The targets, which are those of `tests/fuzzed`, as libFuzzer runs them.

#[path = "../../tests/support/mod.rs"]
pub mod support;
#[path = "../../tests/fuzzed/targets/mod.rs"]
pub mod targets;

use std::fs;
use std::path::Path;

use targets::{Target, allocations};

/// Begins with valid inputs, in the folder where a run collects what it finds.
pub fn begin(target: &Target) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/corpus")
        .join(target.name);
    fs::create_dir_all(&folder).expect("a folder for what is found");
    for (number, sample) in (target.samples)().iter().enumerate() {
        fs::write(folder.join(format!("sample-{number}")), sample).expect("a sample");
    }
}

/// Tries one input.
pub fn feed(target: &Target, input: &[u8]) {
    let (_, memory) = allocations::most(|| (target.run)(input));
    let most = target.memory.most(input.len());
    assert!(memory <= most, "it takes {memory} bytes of memory");
}
