//! SHA-256 of one file, read in pieces.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Sha = [u8; 32];

/// What there is to say about one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashed {
    /// The digest of its content.
    pub sha: Sha,
    /// How many bytes were read.
    pub bytes: u64,
}

/// Reads a regular file to its end.
///
/// # Errors
/// Those of the file system, and one for what is no regular file: opening a pipe would block.
pub fn hash_file(path: &Path) -> io::Result<Hashed> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut file = File::open(path)?;
    let mut sha = Sha256::new();
    let mut piece = vec![0; 128 * 1024];
    let mut bytes = 0;
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => {
                sha.update(&piece[..read]);
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Hashed {
        sha: sha.finalize().into(),
        bytes,
    })
}

/// A digest as 64 hexadecimal digits.
#[must_use]
pub fn hex(sha: &[u8]) -> String {
    sha.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of 64 hexadecimal digits.
#[must_use]
pub fn from_hex(text: &str) -> Option<Sha> {
    let mut sha = [0; 32];
    if text.len() != 2 * sha.len() || !text.is_ascii() {
        return None;
    }
    for (i, byte) in sha.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(sha)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_digest_is_that_of_the_standard() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        fs::write(&path, "abc").unwrap();
        let hashed = hash_file(&path).unwrap();
        assert_eq!((hex(&hashed.sha).as_str(), hashed.bytes), (OF_ABC, 3));
    }

    #[test]
    fn a_folder_has_no_digest() {
        let folder = tempfile::tempdir().unwrap();
        let error = hash_file(folder.path()).unwrap_err();
        assert_eq!(error.to_string(), "it is not a regular file");
    }

    #[test]
    fn hexadecimal_digits_are_read_back() {
        assert_eq!(
            from_hex(OF_ABC).map(|sha| hex(&sha)).as_deref(),
            Some(OF_ABC)
        );
        assert_eq!(from_hex(&OF_ABC[1..]), None);
        assert_eq!(from_hex(&OF_ABC.replace('b', "x")), None);
    }
}
