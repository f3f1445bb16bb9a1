//! Progress on standard error: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const EVERY: Duration = Duration::from_secs(2);

/// Shows how much of some work is done.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    unit: &'static str,
    done: AtomicU64,
    total: AtomicU64,
    display: Display,
}

#[derive(Debug)]
enum Display {
    Bar(ProgressBar),
    /// When the next line is due.
    Lines(Mutex<Instant>),
    /// For the process that started this one.
    Parent,
}

impl Progress {
    /// Progress for people: a bar if standard error is a terminal, a line now and then elsewhere.
    #[must_use]
    pub fn new(what: &'static str, unit: &'static str) -> Progress {
        if !std::io::stderr().is_terminal() {
            return Progress::plain(what, unit);
        }
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style =
            format!("{{prefix}} {{bar:32}} {{human_pos}} of {{human_len}} {unit}, {{elapsed}}");
        bar.set_style(ProgressStyle::with_template(&style).expect("the template is correct"));
        bar.set_prefix(what);
        Progress::with(what, unit, Display::Bar(bar))
    }

    /// Progress as lines, also on a terminal.
    #[must_use]
    pub fn plain(what: &'static str, unit: &'static str) -> Progress {
        let due = Instant::now() + EVERY;
        Progress::with(what, unit, Display::Lines(Mutex::new(due)))
    }

    /// Progress for a supervising process: lines `<done> <total>` on standard output.
    #[must_use]
    pub fn to_parent() -> Progress {
        Progress::with("", "", Display::Parent)
    }

    fn with(what: &'static str, unit: &'static str, display: Display) -> Progress {
        let (done, total) = (AtomicU64::new(0), AtomicU64::new(0));
        Progress {
            what,
            unit,
            done,
            total,
            display,
        }
    }

    /// What is counted.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// So much is done, of so much.
    pub fn set(&self, done: u64, total: u64) {
        self.done.store(done, Relaxed);
        self.total.store(total, Relaxed);
        self.show(done, total);
    }

    /// One more is done.
    pub fn increment(&self) {
        let done = self.done.fetch_add(1, Relaxed) + 1;
        self.show(done, self.total.load(Relaxed));
    }

    /// Says something besides.
    pub fn say(&self, line: &str) {
        match &self.display {
            Display::Bar(bar) => bar.suspend(|| eprintln!("{line}")),
            Display::Lines(_) => eprintln!("{line}"),
            Display::Parent => {}
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }

    fn show(&self, done: u64, total: u64) {
        match &self.display {
            Display::Bar(bar) => {
                bar.set_length(total);
                bar.set_position(done);
            }
            Display::Lines(due) => {
                let mut due = due
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                if Instant::now() >= *due {
                    *due = Instant::now() + EVERY;
                    eprintln!("{} {done} of {total} {}", self.what, self.unit);
                }
            }
            Display::Parent => {
                // A parent that has gone ends this process through its standard input.
                let _ = writeln!(std::io::stdout(), "{done} {total}");
            }
        }
    }
}
