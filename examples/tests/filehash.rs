//! `filehash` hashes what is there, and goes on after it was killed.

#[expect(dead_code, reason = "each test program uses a part")]
mod support;

use std::fs;
use std::process::Stdio;

use support::{Tree, filehash, succeeds};

#[test]
fn every_file_is_hashed_and_summed_by_subfolder() {
    let tree = Tree::of(10);
    fs::write(tree.path().join("beside"), "").unwrap();
    let (out, _) = succeeds(&mut filehash(&tree, &["--wave", "3"]));
    let counts: Vec<_> = out
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .collect();
    assert_eq!(counts[1][..3], [".", "1", "0"]);
    assert_eq!(counts[2][..3], ["sub", "0", "3"]);
    assert_eq!(counts[6][..2], ["total", "11"]);
    let digests = fs::read_to_string(tree.store().join("digests.sha256")).unwrap();
    let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  beside";
    assert_eq!(digests.lines().next(), Some(of_nothing));
    assert_eq!(digests.lines().count(), 11);
}

#[test]
fn an_empty_folder_has_an_empty_sum() {
    let tree = Tree::of(0);
    fs::create_dir(tree.path()).unwrap();
    let (out, _) = succeeds(&mut filehash(&tree, &[]));
    assert!(
        out.contains("total             0                0  0000000000000000"),
        "{out}"
    );
}

#[test]
fn three_kills_change_no_digest() {
    let tree = Tree::of(400);
    let (out, err) = succeeds(&mut filehash(
        &tree,
        &["--crash", "3", "--seed", "1", "--wave", "16"],
    ));
    assert!(err.contains("kill 3 of 3"), "{err}");
    assert!(out.contains("killed 3 times; "), "{out}");
    assert!(
        out.contains("an independent pass agrees on 400 digests; 0 files changed"),
        "{out}"
    );
}

#[test]
fn a_killed_run_is_resumed_by_the_same_command() {
    let tree = Tree::of(400);
    let mut killed = filehash(&tree, &["--wave", "8"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let runs = || fs::read_to_string(tree.store().join("runs.log")).unwrap_or_default();
    while runs().lines().count() < 64 {
        assert_eq!(killed.try_wait().unwrap(), None, "it ended too early");
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    killed.wait().unwrap();

    let (out, err) = succeeds(&mut filehash(&tree, &["--wave", "8"]));
    assert!(err.contains("resuming the run that was begun"), "{err}");
    assert!(out.contains("total           400"), "{out}");
    let by_the_first = runs()
        .lines()
        .filter(|line| line.starts_with(&format!("{} hash ", killed.id())))
        .count();
    let by_both = runs()
        .lines()
        .filter(|line| line.contains(" hash "))
        .count();
    let again = by_both - 400;
    assert!(
        again <= 8,
        "{again} of {by_the_first} files were hashed again"
    );
}

#[test]
fn a_run_that_has_ended_is_not_resumed() {
    let tree = Tree::of(4);
    let first = succeeds(&mut filehash(&tree, &[])).0;
    fs::write(tree.path().join("sub 0/file 0"), "changed").unwrap();
    let (second, err) = succeeds(&mut filehash(&tree, &[]));
    assert_eq!(err, "");
    assert_ne!(first.lines().nth(1), second.lines().nth(1));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_reported_and_not_fatal() {
    use std::os::unix::ffi::OsStrExt;
    let tree = Tree::of(4);
    let odd = std::ffi::OsStr::from_bytes(b"odd\xff");
    fs::write(tree.path().join(odd), "").unwrap();
    std::os::unix::fs::symlink("/", tree.path().join("link")).unwrap();
    succeeds(&mut filehash(&tree, &[]));
    let digests = fs::read_to_string(tree.store().join("digests.sha256")).unwrap();
    assert_eq!(
        digests.lines().next(),
        Some("# odd\u{fffd}: its name is not UTF-8")
    );
    assert_eq!(digests.lines().count(), 5);
}
