//! What was acknowledged: a file of lines that survives who wrote it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

/// The answers of all lives, by what was asked.
#[derive(Debug)]
pub(crate) struct Notes {
    file: File,
    told: Mutex<BTreeMap<String, String>>,
}

impl Notes {
    /// Reads what the lives before this one noted. Nobody else writes it.
    pub(crate) fn open(path: &Path) -> io::Result<Notes> {
        let told = lines(path)?.into_iter().filter_map(|line| {
            let (what, answer) = line.split_once(" = ")?;
            Some((what.to_owned(), answer.to_owned()))
        });
        let mut all = BTreeMap::new();
        for (what, answer) in told {
            let first = all.entry(what.clone()).or_insert_with(|| answer.clone());
            assert_eq!(*first, answer, "two answers to `{what}`");
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let told = Mutex::new(all);
        Ok(Notes { file, told })
    }

    /// Notes an answer. To the same question it is the same for ever.
    pub(crate) fn told(&self, what: &str, answer: &impl Debug) {
        let answer = format!("{answer:?}").replace('\n', " ");
        let mut told = self.told.lock().expect("nobody panicked");
        if let Some(before) = told.get(what) {
            assert_eq!(*before, answer, "`{what}` was answered otherwise before");
            return;
        }
        // One line is one write.
        let noted = (&self.file).write_all(format!("{what} = {answer}\n").as_bytes());
        noted.expect("notes can be written");
        told.insert(what.to_owned(), answer);
    }

    /// The answer that was noted.
    pub(crate) fn answer(&self, what: &str) -> Option<String> {
        self.told
            .lock()
            .expect("nobody panicked")
            .get(what)
            .cloned()
    }

    /// What follows `verb` in the questions that begin with it, and the answers.
    pub(crate) fn of(&self, verb: &str) -> Vec<(String, String)> {
        let told = self.told.lock().expect("nobody panicked");
        let of = told.iter().filter_map(|(what, answer)| {
            let what = what.strip_prefix(verb)?.strip_prefix(' ')?;
            Some((what.to_owned(), answer.clone()))
        });
        of.collect()
    }
}

/// The whole lines of a file that a process may have died over. What it left of a line is cut off.
pub(crate) fn lines(path: &Path) -> io::Result<Vec<String>> {
    let text = match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text?,
    };
    let whole = text
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    if whole < text.len() {
        OpenOptions::new()
            .write(true)
            .open(path)?
            .set_len(whole as u64)?;
    }
    let text = String::from_utf8_lossy(&text[..whole]);
    Ok(text.lines().map(str::to_owned).collect())
}
