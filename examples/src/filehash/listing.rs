//! The list of a tree's files, written once and read back in waves, so that no tree is too large.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

/// A list that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// How many files it names.
    pub files: u64,
    /// Its length in bytes.
    pub bytes: u64,
}

/// A place in a list: how many files and bytes lie before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct At {
    /// Files before this place.
    pub file: u64,
    /// Bytes before this place.
    pub byte: u64,
}

/// A file or folder that could not be listed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// The path, below the folder where possible.
    pub path: String,
    /// Why.
    pub why: String,
}

/// Lists the regular files below `folder`, sorted, into `list`: relative paths, each ended by a
/// zero byte. Symbolic links are not followed, and `except` is not entered. A second run writes
/// the same bytes for the same tree.
///
/// # Errors
/// When the list cannot be written. What cannot be listed is returned, not an error.
pub fn write(folder: &Path, except: &Path, list: &Path) -> io::Result<(Listing, Vec<Unlisted>)> {
    let mut to = BufWriter::new(File::create(list)?);
    let (mut files, mut bytes, mut unlisted) = (0, 0, Vec::new());
    let walk = WalkDir::new(folder).follow_links(false).sort_by_file_name();
    for entry in walk
        .into_iter()
        .filter_entry(|entry| entry.path() != except)
    {
        let entry = match entry {
            Ok(entry) if entry.file_type().is_file() => entry,
            Ok(_) => continue,
            Err(error) => {
                let path = error.path().unwrap_or(folder);
                let why = error
                    .io_error()
                    .map_or_else(|| error.to_string(), io::Error::to_string);
                unlisted.push(Unlisted {
                    path: relative(folder, path).to_string_lossy().into(),
                    why,
                });
                continue;
            }
        };
        let path = relative(folder, entry.path());
        let Some(name) = path.to_str() else {
            let why = "its name is not UTF-8".to_owned();
            unlisted.push(Unlisted {
                path: path.to_string_lossy().into(),
                why,
            });
            continue;
        };
        to.write_all(name.as_bytes())?;
        to.write_all(&[0])?;
        files += 1;
        bytes += name.len() as u64 + 1;
    }
    to.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    Ok((Listing { files, bytes }, unlisted))
}

/// Up to `count` paths from `from` on, and the place behind them.
///
/// # Errors
/// When the list cannot be read, or was damaged.
pub fn read(list: &Path, from: At, count: usize) -> io::Result<(Vec<String>, At)> {
    let mut file = File::open(list)?;
    file.seek(SeekFrom::Start(from.byte))?;
    let mut reader = BufReader::new(file);
    let (mut paths, mut at) = (Vec::with_capacity(count), from);
    while paths.len() < count {
        let mut name = Vec::new();
        let read = reader.read_until(0, &mut name)?;
        if read == 0 {
            break;
        }
        name.pop();
        paths.push(String::from_utf8(name).map_err(io::Error::other)?);
        at = At {
            file: at.file + 1,
            byte: at.byte + read as u64,
        };
    }
    Ok((paths, at))
}

fn relative<'p>(folder: &Path, path: &'p Path) -> &'p Path {
    path.strip_prefix(folder).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn tree() -> (tempfile::TempDir, std::path::PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("tree");
        for name in ["b/2", "b/1", "a", "new\nline", "store/rows"] {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        (root, folder)
    }

    #[test]
    fn a_list_is_read_back_in_waves() {
        let (root, folder) = tree();
        let list = root.path().join("list");
        let (listing, unlisted) = write(&folder, &folder.join("store"), &list).unwrap();
        assert_eq!((listing.files, unlisted.len()), (4, 0));
        let (first, at) = read(&list, At::default(), 3).unwrap();
        assert_eq!(first, ["a", "b/1", "b/2"]);
        let (second, end) = read(&list, at, 3).unwrap();
        assert_eq!(second, ["new\nline"]);
        assert_eq!(
            end,
            At {
                file: listing.files,
                byte: listing.bytes
            }
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_and_odd_names_are_reported() {
        use std::os::unix::ffi::OsStrExt;
        let (root, folder) = tree();
        std::os::unix::fs::symlink(&folder, folder.join("link")).unwrap();
        fs::write(folder.join(std::ffi::OsStr::from_bytes(b"odd\xff")), "").unwrap();
        let list = root.path().join("list");
        let (listing, unlisted) = write(&folder, &folder.join("store"), &list).unwrap();
        assert_eq!(listing.files, 4);
        assert_eq!(unlisted[0].why, "its name is not UTF-8");
    }
}
