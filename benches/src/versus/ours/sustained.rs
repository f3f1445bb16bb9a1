//! Hello-3 for a long time: what each window of it gave, and when nothing went on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Setting;
use super::hello::hello_3;
use crate::Times;
use crate::load::Load;
use crate::row::Row;

/// How many are in flight.
const CLIENTS: usize = 2_000;
/// How long a window is.
const WINDOW: Duration = Duration::from_secs(10);
/// A time without any result that is told.
const STALL: Duration = Duration::from_millis(100);

/// How many of them are named in each window.
const NAMED: usize = 3;

#[derive(Debug, Default)]
struct Window {
    times: Times,
    stalls: Vec<(Duration, Duration)>,
}

#[derive(Debug)]
struct Windows {
    began: Instant,
    last: Instant,
    all: Vec<Window>,
}

impl Windows {
    fn done(&mut self, asked: Instant) {
        let now = Instant::now();
        let at = now - self.began;
        let index = (at.as_nanos() / WINDOW.as_nanos()) as usize;
        while self.all.len() <= index {
            self.all.push(Window::default());
        }
        let window = &mut self.all[index];
        window.times.push(now - asked);
        let quiet = now.duration_since(self.last);
        if quiet > STALL {
            window.stalls.push((at, quiet));
        }
        self.last = now;
    }
}

/// The longest stalls, and how many more there were.
fn named(mut stalls: Vec<(Duration, Duration)>) -> String {
    stalls.sort_by_key(|(_, quiet)| std::cmp::Reverse(*quiet));
    let longest = stalls.iter().take(NAMED).map(|(at, quiet)| {
        let at = at.as_secs_f64();
        format!(", nothing for {} ms until {at:.1} s", quiet.as_millis())
    });
    let mut text: String = longest.collect();
    if stalls.len() > NAMED {
        text += &format!(", and {} more", stalls.len() - NAMED);
    }
    text
}

/// For the time of the setting, in windows of ten seconds; one that was cut short is left out.
pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let now = Instant::now();
    let windows = Arc::new(Mutex::new(Windows {
        began: now,
        last: now,
        all: Vec::new(),
    }));
    let (engine, seen) = (subject.engine.clone(), windows.clone());
    let load = setting.clients(CLIENTS).run(move |number| {
        let (engine, seen) = (engine.clone(), seen.clone());
        async move {
            let asked = Instant::now();
            let hello = engine.start(number.to_string(), hello_3()).await?;
            hello.result().await?;
            seen.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .done(asked);
            Ok(())
        }
    });
    let load = load.await?;
    subject.close().await?;
    let mut rows = vec![setting.row("").load(&load, 1)];
    let mut windows = windows.lock().unwrap_or_else(PoisonError::into_inner);
    let whole = (setting.time.as_secs() / WINDOW.as_secs()) as usize;
    windows.all.truncate(whole);
    for (index, window) in windows.all.drain(..).enumerate() {
        let load = Load {
            latencies: window.times.sorted(),
            took: WINDOW,
            unfinished: 0,
        };
        let worst = load.latencies.percentile(100).as_millis();
        let note = format!("worst {worst} ms{}", named(window.stalls));
        let name = format!("/window-{}", index + 1);
        rows.push(setting.row(&name).load(&load, 1).note(note));
    }
    let last = rows.last().context("a window")?;
    let last = Row {
        workload: format!("{}/last-window", setting.workload),
        ..last.clone()
    };
    rows.push(last);
    Ok(rows)
}
