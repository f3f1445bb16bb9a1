//! What `filehash` says to wrong input: what is wrong, and the remedy.

mod support;

use std::fs;
use std::process::Command;

use support::{Tree, fails, filehash, succeeds};

#[test]
fn a_folder_that_does_not_exist() {
    let tree = Tree::of(0);
    let error = fails(&mut filehash(&tree, &[]), &tree.path());
    let words = "error: cannot read the folder DIR: give one that exists: \
                 No such file or directory (os error 2)\n";
    assert_eq!(error, words);
}

#[test]
fn a_file_instead_of_a_folder() {
    let tree = Tree::of(0);
    fs::write(tree.path(), "").unwrap();
    let error = fails(&mut filehash(&tree, &[]), tree.path().parent().unwrap());
    assert_eq!(
        error,
        "error: DIR/tree is not a folder: give one, like DIR\n"
    );
}

#[test]
fn a_store_folder_that_cannot_be_written() {
    let tree = Tree::of(1);
    let mut command = Command::new(env!("CARGO_BIN_EXE_filehash"));
    command
        .arg(tree.path())
        .args(["--store", "/dev/null/store"]);
    let words = "error: cannot write to the store folder /dev/null/store: give another with \
                 --store: Not a directory (os error 20)\n";
    assert_eq!(fails(&mut command, &tree.path()), words);
}

#[test]
fn a_store_that_is_a_file() {
    let tree = Tree::of(1);
    fs::write(tree.store(), "").unwrap();
    let error = fails(&mut filehash(&tree, &[]), tree.path().parent().unwrap());
    assert_eq!(
        error,
        "error: the store DIR/store is not a folder: give another with --store\n"
    );
}

#[test]
fn the_store_of_another_folder() {
    let (tree, other) = (Tree::of(1), Tree::of(1));
    succeeds(&mut filehash(&tree, &[]));
    let mut command = Command::new(env!("CARGO_BIN_EXE_filehash"));
    command.arg(other.path()).arg("--store").arg(tree.store());
    let error = fails(&mut command, tree.path().parent().unwrap());
    let words = "error: the store folder DIR/store holds a run over DIR/tree: give another with \
                 --store, or start over with --fresh\n";
    assert_eq!(error, words);
}

#[test]
fn an_option_that_does_not_exist() {
    let tree = Tree::of(1);
    let error = fails(&mut filehash(&tree, &["--crahs", "3"]), &tree.path());
    assert!(
        error.contains("unexpected argument '--crahs' found"),
        "{error}"
    );
    assert!(
        error.contains("a similar argument exists: '--crash'"),
        "{error}"
    );
    assert!(
        !error.contains('\u{1b}'),
        "no colours where there is no terminal"
    );
}

#[test]
fn a_wave_of_nothing() {
    let tree = Tree::of(1);
    let error = fails(&mut filehash(&tree, &["--wave", "0"]), &tree.path());
    assert!(
        error.contains("invalid value '0' for '--wave <N>': 0 is not in 1..=10000"),
        "{error}"
    );
}

#[test]
fn help_names_every_option() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_filehash"));
    let (help, _) = succeeds(command.arg("--help"));
    for option in [
        "--store", "--fresh", "--wave", "--crash", "--seed", "--plain",
    ] {
        assert!(help.contains(option), "{help}");
    }
    assert!(!help.contains("--worker"), "{help}");
}
