//! A human approval with a deadline of days: an event against a timer, with reminders in between.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Parser;
use tokio::task::JoinSet;
use undying::prelude::*;
use undying_examples::crash::Crash;
use undying_examples::progress::Progress;
use undying_examples::runs::{self, RunLog};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What a person decides. It comes from outside, as an event.
#[derive(Debug, Serialize, Deserialize)]
struct Decision {
    by: String,
    granted: bool,
}

/// How the request came out.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Outcome {
    Granted { by: String },
    Refused { by: String },
    NobodyDecided { reminders: u32 },
    NobodyWasReminded { why: Unsent },
}

/// A mail server that knows which mails it has sent already.
#[derive(Debug, Clone)]
struct Mails(Arc<RunLog>);

#[derive(Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum Unsent {
    #[error("the mail server: {0}")]
    Server(String),
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

#[activity(retry(max_attempts = 3, first = "100ms"))]
async fn remind(cx: ActivityContext, State(mails): State<Mails>) -> Result<(), Unsent> {
    let sent = mails.0.note("remind", cx.idempotency_key());
    sent.map_err(|error| Unsent::Server(error.to_string()))
}

/// Waits for a decision, reminds after one and two thirds of the time, and gives up after all of it.
/// While it waits it is a few bytes on disk: the program may be down for most of the days.
#[orchestration]
async fn approval(cx: &mut Context, time: Duration) -> Outcome {
    let mut reminders = 0;
    loop {
        cx.set_status(format!("{reminders} reminders sent"));
        match timeout(time / 3, event::<Decision>("decision")).await {
            Ok(Decision { by, granted: true }) => return Outcome::Granted { by },
            Ok(Decision { by, .. }) => return Outcome::Refused { by },
            Err(Elapsed) if reminders == 2 => return Outcome::NobodyDecided { reminders },
            Err(Elapsed) => match remind().await {
                Ok(()) => reminders += 1,
                Err(why) => return Outcome::NobodyWasReminded { why },
            },
        }
    }
}

/// Has requests decided or forgotten, and checks how each came out
#[derive(Debug, Parser)]
struct Options {
    /// How many requests there are; nobody decides about every third
    #[arg(long, value_name = "N", default_value = "300")]
    requests: usize,
    #[command(flatten)]
    crash: Crash,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let work = async |store: &Path, progress: &Arc<Progress>| {
        decide(options.requests, store, progress).await
    };
    let progress = Progress::new("deciding", "requests");
    let Some(done) = options.crash.run(progress, work).await? else {
        return Ok(());
    };
    let mut counts = [0; 3];
    for (number, outcome) in &done.result {
        ensure!(
            *outcome == expected(*number),
            "request {number}: {outcome:?}"
        );
        counts[number % 3] += 1;
    }
    let mails = runs::count(&runs::beside(&done.store))?;
    let [granted, refused, forgotten] = counts;
    println!(
        "{granted} granted, {refused} refused, {forgotten} forgotten after two reminders each"
    );
    println!(
        "killed {} times; {} mails, {} of them sent more than once",
        done.killed, mails.activities, mails.repeated
    );
    ensure!(
        mails.activities == 2 * forgotten,
        "there should be two mails for each of these"
    );
    Ok(())
}

/// Starts the requests and decides about them; which were started or decided before does not matter.
async fn decide(
    requests: usize,
    store: &Path,
    progress: &Progress,
) -> Result<Vec<(usize, Outcome)>> {
    let mails = Mails(Arc::new(RunLog::open(&runs::beside(store))?));
    let engine = Engine::builder().state(mails).open(store).await?;
    let mut each = JoinSet::new();
    for number in 0..requests {
        let engine = engine.clone();
        each.spawn(async move {
            let outcome = expected(number);
            let time = match outcome {
                Outcome::NobodyDecided { .. } => millis(60),
                _ => days(3),
            };
            let id = format!("request-{number}");
            let handle = engine.start(id, approval(time)).await?;
            let decision = match outcome {
                Outcome::Granted { by } => Some(Decision { by, granted: true }),
                Outcome::Refused { by } => Some(Decision { by, granted: false }),
                _ => None,
            };
            if let Some(decision) = decision {
                match handle.raise("decision", &decision).await {
                    // It was decided before a kill.
                    Ok(()) | Err(undying::Error::WrongStatus { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok((number, handle.result().await?))
        });
    }
    let mut outcomes = Vec::new();
    progress.set(0, requests as u64);
    while let Some(outcome) = each.join_next().await {
        outcomes.push(outcome??);
        progress.increment();
    }
    engine.shutdown().await?;
    Ok(outcomes)
}

/// How request `number` is to come out.
fn expected(number: usize) -> Outcome {
    match number % 3 {
        0 => Outcome::Granted {
            by: "Ada".to_owned(),
        },
        1 => Outcome::Refused {
            by: "Grace".to_owned(),
        },
        _ => Outcome::NobodyDecided { reminders: 2 },
    }
}

#[cfg(test)]
mod tests {
    use undying::testing::VirtualClock;
    use undying::{Handle, Status};

    use super::*;

    struct Office {
        clock: VirtualClock,
        request: Handle<Outcome>,
        mails: std::path::PathBuf,
        _folder: tempfile::TempDir,
        _engine: Engine,
    }

    impl Office {
        /// Opens with one request that may wait for three days.
        async fn open() -> Office {
            let folder = tempfile::tempdir().unwrap();
            let mails = folder.path().join("mails.log");
            let clock = VirtualClock::new();
            let state = Mails(Arc::new(RunLog::open(&mails).unwrap()));
            let builder = Engine::builder().state(state).clock(&clock);
            let engine = builder.open_in_memory().await.unwrap();
            let request = engine.start("holiday", approval(days(3))).await.unwrap();
            Office {
                clock,
                request,
                mails,
                _folder: folder,
                _engine: engine,
            }
        }

        fn mails(&self) -> u64 {
            runs::count(&self.mails).unwrap().activities
        }
    }

    #[tokio::test]
    async fn nobody_has_decided_after_three_days_and_not_a_millisecond_before() {
        let office = Office::open().await;
        office.clock.advance(days(3) - millis(1)).await;
        assert_eq!(office.request.status().await.unwrap(), Status::Running);
        office.clock.advance(millis(1)).await;
        let outcome = office.request.result().await.unwrap();
        assert_eq!(outcome, Outcome::NobodyDecided { reminders: 2 });
    }

    #[tokio::test]
    async fn a_mail_reminds_after_each_day() {
        let office = Office::open().await;
        let mut mails = Vec::new();
        for _ in 0..4 {
            office.clock.advance(hours(18)).await;
            mails.push(office.mails());
        }
        assert_eq!(mails, [0, 1, 2, 2]);
    }

    #[tokio::test]
    async fn a_decision_on_the_third_day_counts_and_a_second_one_does_not() {
        let office = Office::open().await;
        office.clock.advance(hours(71)).await;
        let decision = |by: &str| Decision {
            by: by.to_owned(),
            granted: true,
        };
        office
            .request
            .raise("decision", &decision("Ada"))
            .await
            .unwrap();
        let outcome = office.request.result().await.unwrap();
        assert_eq!(
            outcome,
            Outcome::Granted {
                by: "Ada".to_owned()
            }
        );
        let late = office.request.raise("decision", &decision("Alan")).await;
        assert!(matches!(late, Err(undying::Error::WrongStatus { .. })));
    }
}
