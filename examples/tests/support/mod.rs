//! Runs the examples' programs on trees made for the purpose.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder with a tree in it, and room for a store beside.
pub(crate) struct Tree(tempfile::TempDir);

impl Tree {
    /// So many small files in four subfolders.
    pub(crate) fn of(files: usize) -> Tree {
        let root = tempfile::tempdir().expect("a temporary folder");
        for file in 0..files {
            let folder = root.path().join(format!("tree/sub {}", file % 4));
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(
                folder.join(format!("file {file}")),
                format!("content {file}\n"),
            )
            .expect("a file");
        }
        Tree(root)
    }

    /// The tree.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("tree")
    }

    /// Where its run is kept.
    pub(crate) fn store(&self) -> PathBuf {
        self.0.path().join("store")
    }
}

/// `filehash` with its store beside the tree, and further options.
pub(crate) fn filehash(tree: &Tree, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_filehash"));
    command
        .arg(tree.path())
        .arg("--store")
        .arg(tree.store())
        .args(options);
    command
}

/// What a program that must succeed prints.
#[track_caller]
pub(crate) fn succeeds(command: &mut Command) -> (String, String) {
    let output = command.output().expect("the program starts");
    let (out, err) = texts(&output);
    assert!(output.status.success(), "{}\n{out}{err}", output.status);
    (out, err)
}

/// What a program that must fail says, with `folder` shown as `DIR`.
#[track_caller]
pub(crate) fn fails(command: &mut Command, folder: &Path) -> String {
    let output = command.output().expect("the program starts");
    let (out, err) = texts(&output);
    assert!(!output.status.success(), "{out}{err}");
    err.replace(&folder.display().to_string(), "DIR")
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&output.stdout), text(&output.stderr))
}
