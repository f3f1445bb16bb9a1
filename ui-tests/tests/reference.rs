//! The programs are in the form that makes them a reference, and `README.md` lists them all.

// A test that cannot read its own sources has failed.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

const INDEX: &str = "<!-- The index: written by `UPDATE=1 cargo test -p undying-ui-tests`. -->\n";
const LINES_MAX: usize = 24;
/// A machine is its events, its fields, its chart and its handlers.
const LINES_OF_A_MACHINE_MAX: usize = 46;

struct Program {
    /// `accept/awaits/in_a_loop.rs`.
    path: String,
    source: String,
}

impl Program {
    fn all(verdict: &str) -> Vec<Program> {
        walkdir::WalkDir::new(root().join(verdict))
            .sort_by_file_name()
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .map(|path| Program {
                source: fs::read_to_string(&path).unwrap(),
                path: path
                    .strip_prefix(root())
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned(),
            })
            .collect()
    }

    /// What follows `key: ` in the first lines, to the next key.
    fn says(&self, key: &str) -> Option<String> {
        let mut said: Option<String> = None;
        for line in self
            .source
            .lines()
            .map_while(|line| line.strip_prefix("//! "))
        {
            if let Some(rest) = line
                .strip_prefix(key)
                .and_then(|rest| rest.strip_prefix(": "))
            {
                said = Some(rest.to_owned());
            } else if ["Accepted: ", "Refused: ", "Why: ", "Instead: "]
                .iter()
                .any(|key| line.starts_with(key))
            {
                if said.is_some() {
                    break;
                }
            } else if let Some(said) = &mut said {
                write!(said, " {line}").unwrap();
            }
        }
        said
    }

    fn subject(&self) -> &str {
        self.path.split('/').nth(1).unwrap()
    }

    /// The numbers of the lines marked with `//~`.
    fn marked(&self) -> Vec<usize> {
        let lines = self.source.lines().zip(1..);
        lines
            .filter(|(line, _)| line.contains("//~"))
            .map(|(_, number)| number)
            .collect()
    }

    /// The numbers of the lines that the errors point at.
    fn refused_at(&self) -> Vec<usize> {
        let words = fs::read_to_string(root().join(&self.path).with_extension("stderr"))
            .unwrap_or_default();
        let mut lines = words.lines();
        let mut numbers = Vec::new();
        while let Some(line) = lines.next() {
            if line.starts_with("error")
                && let Some(place) = lines
                    .by_ref()
                    .find_map(|line| line.trim().strip_prefix("--> "))
            {
                numbers.push(place.split(':').nth(1).unwrap().parse().unwrap());
            }
        }
        numbers.sort_unstable();
        numbers
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn check(complaint: impl Fn(&Program) -> Option<String>, verdicts: &[&str]) {
    let programs = verdicts.iter().flat_map(|verdict| Program::all(verdict));
    let complaints: Vec<_> = programs
        .filter_map(|program| Some(format!("{}: {}", program.path, complaint(&program)?)))
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn a_program_begins_with_its_rule_and_its_reason() {
    let complaint = |program: &Program| {
        let refused = program.path.starts_with("refuse");
        let first = if refused { "Refused" } else { "Accepted" };
        let keys = if refused {
            vec![first, "Why", "Instead"]
        } else {
            vec![first, "Why"]
        };
        let missing = keys.into_iter().find(|key| program.says(key).is_none())?;
        Some(format!("has no `//! {missing}: ..`"))
    };
    check(complaint, &["accept", "refuse"]);
}

#[test]
fn a_program_is_short() {
    let complaint = |program: &Program| {
        let lines = program.source.lines().map(str::trim);
        let code = lines.filter(|line| {
            !line.is_empty() && !line.starts_with("//") && !line.starts_with("use ")
        });
        let count = code.count();
        let exempt = program.path.ends_with("option_matrix.rs");
        let most = match program.subject() {
            "rsm" => LINES_OF_A_MACHINE_MAX,
            _ => LINES_MAX,
        };
        (count > most && !exempt).then(|| format!("has {count} lines of code"))
    };
    check(complaint, &["accept", "refuse"]);
}

#[test]
fn a_refused_program_has_one_error_on_each_marked_line() {
    let complaint = |program: &Program| {
        let (marked, refused) = (program.marked(), program.refused_at());
        (marked.is_empty() || marked != refused)
            .then(|| format!("lines {marked:?} are marked, lines {refused:?} are refused"))
    };
    check(complaint, &["refuse"]);
}

#[test]
fn the_programs_that_are_referred_to_exist() {
    let complaint = |program: &Program| {
        let words = program.says("Instead")?;
        let mut paths = words
            .split(|c: char| c.is_whitespace() || "(),".contains(c))
            .filter(|word| word.starts_with("accept/"))
            .map(|path| path.trim_end_matches('.'));
        let missing = paths.find(|path| !root().join(path).exists())?;
        Some(format!("refers to {missing}, which does not exist"))
    };
    check(complaint, &["refuse"]);
}

#[test]
fn the_programs_of_the_context_table_exist() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (introduction, _) = readme.split_once(INDEX).expect("the readme has an index");
    let links = introduction.split("](").skip(1);
    let paths = links.filter_map(|link| link.split(')').next());
    let missing: Vec<&str> = paths.filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let cells = introduction.matches(".rs)").count();
    assert!(
        cells >= 15 * 5,
        "a cell of the table is empty: {cells} programs"
    );
}

#[test]
fn the_readme_lists_every_program() {
    let path = root().join("README.md");
    let old = fs::read_to_string(&path).unwrap();
    let (introduction, _) = old.split_once(INDEX).expect("the readme has an index");
    let mut new = format!("{introduction}{INDEX}");
    for (verdict, key) in [("accept", "Accepted"), ("refuse", "Refused")] {
        let programs = Program::all(verdict);
        write!(new, "\n## {key}: {} programs\n", programs.len()).unwrap();
        for subject in programs
            .iter()
            .map(Program::subject)
            .collect::<BTreeSet<_>>()
        {
            write!(new, "\n### {}\n\n", subject.replace('_', " ")).unwrap();
            for program in programs
                .iter()
                .filter(|program| program.subject() == subject)
            {
                let rule = Path::new(&program.path)
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap();
                let rule = rule.replace('_', " ");
                let says = program.says(key).unwrap();
                writeln!(new, "- [{rule}]({}): {says}", program.path).unwrap();
            }
        }
    }
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &new).unwrap();
    } else {
        assert!(
            old == new,
            "run `UPDATE=1 cargo test -p undying-ui-tests` and read the difference"
        );
    }
}
