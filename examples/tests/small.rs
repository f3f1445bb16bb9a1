//! The smallest examples run, and their assertions hold.

use std::process::Command;

#[test]
fn hello_greets_three_cities() {
    let output = Command::new(env!("CARGO_BIN_EXE_hello")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        output.stdout,
        b"Hello Tokyo! Hello Seattle! Hello London!\n"
    );
}

#[test]
fn order_charges_one_order_and_gives_two_back() {
    let output = Command::new(env!("CARGO_BIN_EXE_order")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let lines = "\
order-1: 2 items charged
order-2: nobody approved it in time; all items given back
order-3: `charge` timed out after 50 ms, attempt 2; all items given back
";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), lines);
}
