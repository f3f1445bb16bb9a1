//! Folders of stores: where they are made, what kinds of files they hold, and copies of them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// A folder for a store that no power loss threatens: in memory, where that is to be had.
pub(crate) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir()
        && let Ok(folder) = tempfile::tempdir_in(memory)
    {
        return folder;
    }
    tempfile::tempdir().expect("a folder for the test")
}

/// All files below a folder, by name.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

/// What a file of a store is for, by its path in the store's folder.
pub(crate) fn kind(path: &Path) -> &'static str {
    let path = path.to_str().expect("a name of the store's");
    let parts: Vec<&str> = path.split('/').collect();
    match *parts {
        ["witness"] => "witness",
        ["lock"] => "lock",
        ["data", "version"] => "version of the data",
        ["data", "lock"] => "lock of the data",
        ["data", name] if name.ends_with(".jnl") => "journal",
        ["data", "keyspaces", "0", "current"] => "current of the names",
        ["data", "keyspaces", "0", "tables", _] => "table of the names",
        ["data", "keyspaces", "0", name] if name.starts_with('v') => "manifest of the names",
        ["data", "keyspaces", _, "current"] => "current",
        ["data", "keyspaces", _, "tables", _] => "table",
        ["data", "keyspaces", _, name] if name.starts_with('v') => "manifest",
        _ => panic!("{path} is a file of a kind that this test does not know"),
    }
}

/// Every kind there is.
pub(crate) const KINDS: [&str; 11] = [
    "current",
    "current of the names",
    "journal",
    "lock",
    "lock of the data",
    "manifest",
    "manifest of the names",
    "table",
    "table of the names",
    "version of the data",
    "witness",
];
