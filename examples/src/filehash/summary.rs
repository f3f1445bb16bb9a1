//! The sums per subfolder: all that is kept of a tree while it is walked.

use std::collections::BTreeMap;
use std::fmt;
use std::path::MAIN_SEPARATOR;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::digest::{Sha, hex};
use super::digests::Line;
use crate::figures::grouped;

/// The sum of one subfolder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sum {
    /// How many files were hashed.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// How many files could not be read.
    pub unreadable: u64,
    /// The digest over all paths and digests, in order.
    pub sha: Sha,
}

/// The sums by subfolder of the first level; files beside the subfolders are under `.`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums(BTreeMap<String, Sum>);

impl Sums {
    /// Takes the results of a wave in.
    pub fn add(&mut self, lines: &[Line]) {
        for line in lines {
            let subfolder = line
                .path
                .split_once(MAIN_SEPARATOR)
                .map_or(".", |(first, _)| first);
            self.0.entry(subfolder.to_owned()).or_default().add(line);
        }
    }

    /// The sum of everything.
    #[must_use]
    pub fn total(&self) -> Sum {
        let mut total = Sum::default();
        for (subfolder, sum) in &self.0 {
            total.files += sum.files;
            total.bytes += sum.bytes;
            total.unreadable += sum.unreadable;
            total.chain(subfolder, &sum.sha);
        }
        total
    }
}

impl Sum {
    fn add(&mut self, line: &Line) {
        match &line.result {
            Ok(hashed) => {
                self.files += 1;
                self.bytes += hashed.bytes;
                self.chain(&line.path, &hashed.sha);
            }
            Err(_) => self.unreadable += 1,
        }
    }

    fn chain(&mut self, name: &str, sha: &Sha) {
        let chained = Sha256::new()
            .chain_update(self.sha)
            .chain_update(name)
            .chain_update(sha);
        self.sha = chained.finalize().into();
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = ("total".to_owned(), self.total());
        let rows: Vec<_> = self
            .0
            .iter()
            .map(|(name, sum)| (name.clone(), sum.clone()))
            .collect();
        let width = rows
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0)
            .max(9);
        writeln!(
            f,
            "{:width$}  {:>8}  {:>15}  digest",
            "subfolder", "files", "bytes"
        )?;
        for (name, sum) in rows.iter().chain([&total]) {
            let (files, bytes) = (grouped(sum.files), grouped(sum.bytes));
            write!(
                f,
                "{name:width$}  {files:>8}  {bytes:>15}  {}",
                &hex(&sum.sha[..8])
            )?;
            match sum.unreadable {
                0 => writeln!(f)?,
                many => writeln!(f, "  {} unreadable", grouped(many))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filehash::digest::Hashed;

    fn line(path: &str, bytes: u64) -> Line {
        let hashed = Hashed {
            sha: [bytes as u8; 32],
            bytes,
        };
        Line {
            path: path.to_owned(),
            result: Ok(hashed),
        }
    }

    #[test]
    fn waves_of_any_size_give_the_same_sums() {
        let lines = [
            line("a/1", 1),
            line("a/b/2", 2),
            line("c/3", 3),
            line("top", 4),
        ];
        let (mut at_once, mut one_by_one) = (Sums::default(), Sums::default());
        at_once.add(&lines);
        lines
            .iter()
            .for_each(|line| one_by_one.add(std::slice::from_ref(line)));
        assert_eq!(at_once, one_by_one);
        assert_eq!((at_once.0["a"].files, at_once.0["a"].bytes), (2, 3));
        assert_eq!((at_once.0["."].files, at_once.total().bytes), (1, 10));
    }

    #[test]
    fn an_unreadable_file_is_counted_and_not_summed() {
        let mut sums = Sums::default();
        sums.add(&[Line {
            path: "a/1".into(),
            result: Err("gone".into()),
        }]);
        let sum = Sum {
            unreadable: 1,
            ..Sum::default()
        };
        assert_eq!(sums.0["a"], sum);
        assert!(sums.to_string().contains("1 unreadable"), "{sums}");
    }
}
