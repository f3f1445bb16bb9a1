//! Instructions of a shard per unit of work: none of the workloads may need a tenth more than before.

use std::env::var_os;
use std::path::Path;
use std::process::Command;

use undying_benches::instructions::valgrind;

#[test]
fn no_workload_needs_a_tenth_more_instructions_of_a_shard() {
    if valgrind().is_none() {
        println!("skipped: valgrind is not installed, and nothing else counts instructions");
        return;
    }
    // Only an optimised build says anything, whatever this test itself is.
    let counted = Command::new(var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--release", "--locked", "--bin", "instructions"])
        .args(["--", "--check"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .expect("cargo can be run");
    assert!(
        counted.status.success(),
        "{}{}",
        String::from_utf8_lossy(&counted.stdout),
        String::from_utf8_lossy(&counted.stderr)
    );
}
