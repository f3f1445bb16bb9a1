//! A path that cannot be a store is refused with its remedy, and left as it was.

use std::{fs, path::Path};

use tempfile::tempdir;
use undying::store::{OpenStore, StoreError, StoreOptions};

fn refused(options: StoreOptions) -> StoreError {
    match options.open() {
        Ok(_) => panic!("opened: {options:?}"),
        Err(error) => error,
    }
}

fn assert_names(error: &StoreError, path: &Path, words: &str) {
    let said = error.to_string();
    assert!(said.contains(&path.display().to_string()), "{said}");
    assert!(said.contains(words), "{said}");
}

#[test]
fn a_missing_folder_is_created_but_not_its_parent() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("new");
    StoreOptions::new(&path).open().unwrap().close().unwrap();
    let path = folder.path().join("a/b");
    let error = refused(StoreOptions::new(&path));
    assert_names(&error, &path, "create the parent folder");
    assert!(!folder.path().join("a").exists());
}

#[test]
fn a_missing_store_is_not_created_unless_that_is_allowed() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("new");
    let error = refused(StoreOptions::new(&path).create_if_missing(false));
    assert_names(&error, &path, "does not exist");
    assert!(!path.exists());
    let error = refused(StoreOptions::new(folder.path()).create_if_missing(false));
    assert_names(&error, folder.path(), "holds no store");
}

#[test]
fn a_file_is_not_a_store() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "precious").unwrap();
    let error = refused(StoreOptions::new(&path));
    assert_names(&error, &path, "is a file");
    assert_eq!(fs::read(&path).unwrap(), b"precious");
}

#[test]
fn a_folder_of_other_files_is_not_made_a_store() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "precious").unwrap();
    let error = refused(StoreOptions::new(folder.path()));
    assert_names(&error, folder.path(), "holds other files");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    // A folder of the kernel's, since permissions do not stop a privileged user.
    let path = Path::new("/proc/undying-store");
    if !Path::new("/proc").exists() {
        println!("skipped: no /proc");
        return;
    }
    let error = refused(StoreOptions::new(path));
    assert!(error.to_string().contains("/proc/undying-store"), "{error}");
}

#[test]
fn another_number_of_virtual_partitions_is_incompatible() {
    let folder = tempdir().unwrap();
    let options = StoreOptions::new(folder.path()).virtual_partitions(16);
    options.open().unwrap().close().unwrap();
    let error = refused(StoreOptions::new(folder.path()).virtual_partitions(32));
    assert!(
        matches!(
            error,
            StoreError::Incompatible {
                found: 16,
                expected: 32,
                ..
            }
        ),
        "{error}"
    );
    options.open().unwrap();
}

#[test]
fn a_store_whose_creation_was_cut_short_is_created_again() {
    let folder = tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    options.open().unwrap().close().unwrap();
    // As a crash before the last steps leaves it.
    fs::write(folder.path().join("creating"), "").unwrap();
    fs::remove_file(folder.path().join("witness")).unwrap();
    fs::remove_file(folder.path().join("data/version")).unwrap();
    let store = options.open().unwrap();
    assert_eq!(store.sequence(), 0);
    assert!(store.was_clean());
    assert!(!folder.path().join("creating").exists());
}
