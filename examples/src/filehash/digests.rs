//! The results, one line a file in the format of `sha256sum`, which can check them too.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::digest::{Hashed, Sha, from_hex, hex};

/// One file's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The path below the folder.
    pub path: String,
    /// Its digest and size, or why there is none.
    pub result: Result<Hashed, String>,
}

/// Writes lines at `at`, cuts off what follows, and gives the new end.
///
/// So a second run of the same write, after a kill, leaves the same file as one.
///
/// # Errors
/// Those of the file system.
pub fn write(file: &Path, at: u64, lines: &[Line]) -> io::Result<u64> {
    let mut to = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(file)?;
    to.set_len(at)?;
    to.seek(SeekFrom::Start(at))?;
    let text: String = lines.iter().map(Line::text).collect();
    to.write_all(text.as_bytes())?;
    to.sync_data()?;
    Ok(at + text.len() as u64)
}

/// Reads the digests back, in order.
///
/// # Errors
/// Those of the file system, and one for a line that is none of ours.
pub fn read(file: &Path) -> io::Result<Vec<(String, Sha)>> {
    let mut digests = Vec::new();
    for line in BufReader::new(File::open(file)?).lines() {
        let line = line?;
        if line.starts_with('#') {
            continue;
        }
        let escaped = line.strip_prefix('\\');
        let parts = escaped.unwrap_or(&line).split_once("  ");
        let Some((Some(sha), path)) = parts.map(|(sha, path)| (from_hex(sha), path)) else {
            let problem = format!("`{line}` is not a digest and a path");
            return Err(io::Error::other(problem));
        };
        let path = match escaped {
            Some(_) => unescape(path),
            None => path.to_owned(),
        };
        digests.push((path, sha));
    }
    Ok(digests)
}

impl Line {
    fn text(&self) -> String {
        let path = escape(&self.path);
        match &self.result {
            Ok(hashed) if path == self.path => format!("{}  {path}\n", hex(&hashed.sha)),
            Ok(hashed) => format!("\\{}  {path}\n", hex(&hashed.sha)),
            Err(why) => format!("# {path}: {}\n", escape(why)),
        }
    }
}

/// The path as one line of text, in the way of `sha256sum`.
#[must_use]
pub fn escape(path: &str) -> String {
    path.replace('\\', r"\\")
        .replace('\n', r"\n")
        .replace('\r', r"\r")
}

fn unescape(text: &str) -> String {
    let mut path = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        path.push(match (letter, letter == '\\') {
            (_, true) => match letters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            (letter, false) => letter,
        });
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str, byte: u8) -> Line {
        let hashed = Hashed {
            sha: [byte; 32],
            bytes: 1,
        };
        Line {
            path: path.to_owned(),
            result: Ok(hashed),
        }
    }

    #[test]
    fn a_second_run_of_a_write_leaves_the_file_of_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("digests");
        let first = write(&file, 0, &[line("a", 1)]).unwrap();
        write(&file, first, &[line("b", 2), line("c", 3)]).unwrap();
        let end = write(&file, first, &[line("b", 2)]).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().len(), end);
        let digests = read(&file).unwrap();
        assert_eq!(digests, [("a".into(), [1; 32]), ("b".into(), [2; 32])]);
    }

    #[test]
    fn any_name_and_any_problem_is_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("digests");
        let name = "two\nlines, a \\n and\r  spaces";
        let problem = Line {
            path: "x".into(),
            result: Err("no\nluck".into()),
        };
        write(&file, 0, &[line(name, 7), problem]).unwrap();
        assert_eq!(read(&file).unwrap(), [(name.to_owned(), [7; 32])]);
        assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 2);
    }
}
