//! The moments at which a process can die, counted in a life that does not, and how seeds choose them.

use tempfile::tempdir;

use crate::child::Parent;
use crate::client::Folder;
use crate::deadly::Deadly;
use crate::life::End;
use crate::works::Work;

/// The moments of one kind of work.
#[derive(Debug)]
pub(crate) struct Moments {
    /// What the process is about to do, has done half of, or has done; from the first on.
    all: Vec<String>,
    /// From which on it dies.
    from: u64,
    /// How many of them are passed when a store is opened that nobody has closed.
    reopening: u64,
}

impl Moments {
    /// Counts them. Making a new store, which is the same for each kind of work, belongs to the first.
    pub(crate) fn count(deadly: &Deadly, work: &Work, is_first: bool) -> Moments {
        let all = passed(deadly, work, None);
        let opened = opened(&all);
        let reopening = passed(deadly, work, Some((all.len() as u64 + opened) / 2));
        Moments {
            from: if is_first { 1 } else { opened + 1 },
            all,
            reopening: self::opened(&reopening),
        }
    }

    /// How many seeds stand for all moments at which it dies.
    pub(crate) fn len(&self) -> u64 {
        self.all.len() as u64 + 1 - self.from
    }

    /// The moment of a seed: a few seeds stand for some everywhere.
    pub(crate) fn of(&self, seed: u64) -> u64 {
        self.from + spread(seed, self.len())
    }

    /// One of those in which the store is opened again.
    pub(crate) fn in_reopening(&self, seed: u64) -> u64 {
        1 + spread(seed, self.reopening)
    }

    /// What a moment is, in a life like the one that was counted.
    pub(crate) fn name(&self, moment: u64) -> &str {
        let name = usize::try_from(moment - 1)
            .ok()
            .and_then(|at| self.all.get(at));
        name.map_or("after the end", String::as_str)
    }
}

/// A step through `0..count` that meets each number once, far from the one before.
fn spread(seed: u64, count: u64) -> u64 {
    let share = |step: &u64| {
        (1..=*step)
            .rev()
            .find(|d| count.is_multiple_of(*d) && step.is_multiple_of(*d))
    };
    let golden = (count as f64 * 0.618) as u64;
    let step = (golden.max(1)..).find(|step| share(step) == Some(1));
    (seed % count) * step.expect("one of two neighbours") % count
}

/// The moments of a process that does all of the work, after one that died at `died_at`.
fn passed(deadly: &Deadly, work: &Work, died_at: Option<u64>) -> Vec<String> {
    let (folder, beside) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let folder = &Folder::new(folder.path());
    let parent = Parent {
        deadly,
        folder,
        work,
    };
    if died_at.is_some() {
        parent.run(died_at, None);
    }
    let trace = beside.path().join("trace");
    assert_eq!(parent.run(None, Some(&trace)), End::Done);
    let text = std::fs::read_to_string(trace).expect("a trace");
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let mut all: Vec<(u64, String)> = lines
        .map(|(number, what)| (number.parse().expect("a number"), what.to_owned()))
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, what)| what).collect()
}

/// How many moments are passed before it notes that the store is open.
fn opened(all: &[String]) -> u64 {
    let opened = all.iter().position(|what| what == "before write notes");
    opened.expect("it notes that") as u64
}
