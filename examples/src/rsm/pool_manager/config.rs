//! The configuration: which pools there shall be, and how many VMs in each.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use undying::prelude::*;

/// The pools by name, with the number of their VMs. In a file: a line `<name> <number>` each; what
/// comes behind a `#` is a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config(pub BTreeMap<String, u64>);

/// Why a configuration is not followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{0}")]
    Io(String),
    /// A line is not `<name> <number>`.
    #[error("line {line} is not `<name> <number>`: `{text}`")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What it is.
        text: String,
    },
    /// The engine's.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Config {
    /// How many VMs there are in all pools.
    #[must_use]
    pub fn vms(&self) -> u64 {
        self.0.values().sum()
    }

    /// Reads it.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(text: &str) -> Result<Config, ConfigError> {
        let mut pools = BTreeMap::new();
        for (number, text) in (1..).zip(text.lines()) {
            let said = text.split('#').next().unwrap_or_default().trim();
            if said.is_empty() {
                continue;
            }
            let pool = said.split_once(char::is_whitespace);
            let pool = pool.and_then(|(name, vms)| Some((name, vms.trim().parse().ok()?)));
            let Some((name, vms)) = pool else {
                let text = text.to_owned();
                return Err(ConfigError::Line { line: number, text });
            };
            pools.insert(name.to_owned(), vms);
        }
        Ok(Config(pools))
    }

    /// Puts it in the place of the file, behind a comment.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(&self, file: &Path, comment: &str) -> io::Result<()> {
        let mut text = format!("# {comment}\n");
        for (name, vms) in &self.0 {
            let _ = writeln!(text, "{name} {vms}");
        }
        // A reader finds the old one or the new one, not half of it; so does a crash.
        let beside = file.with_extension("new");
        fs::write(&beside, text)?;
        fs::rename(beside, file)
    }
}

/// Reads the configuration as it is now.
///
/// # Errors
/// It cannot be read, or says nothing that can be followed.
#[activity]
pub async fn read_pools(file: PathBuf) -> Result<Config, ConfigError> {
    let text = fs::read_to_string(&file);
    let text = text.map_err(|error| ConfigError::Io(format!("{}: {error}", file.display())))?;
    Config::parse(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pools");
        let config = Config([("web".to_owned(), 20), ("batch".to_owned(), 3)].into());
        config.write(&file, "number 1").unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text, "# number 1\nbatch 3\nweb 20\n");
        assert_eq!(Config::parse(&text).unwrap(), config);
        assert_eq!(config.vms(), 23);
    }

    #[test]
    fn a_line_that_says_nothing_is_named() {
        let error = Config::parse("web 20\n\nbatch many # too many\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 3 is not `<name> <number>`: `batch many # too many`"
        );
    }
}
