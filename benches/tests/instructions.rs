//! Instructions of a shard per unit of work: none of the workloads may need a tenth more than before.

use undying_benches::cargo;

#[test]
fn no_workload_needs_a_tenth_more_instructions_of_a_shard() {
    // Only an optimised build says anything, whatever this test itself is.
    let counted = cargo()
        .args(["run", "--release", "--locked", "--bin", "instructions"])
        .args(["--", "--check"])
        .output()
        .expect("cargo can be run");
    let table = String::from_utf8_lossy(&counted.stdout);
    let errors = String::from_utf8_lossy(&counted.stderr);
    assert!(counted.status.success(), "{table}{errors}");
    // The table, or why nothing was counted.
    println!("{table}");
}
