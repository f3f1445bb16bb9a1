//! A human approval with a deadline: an event, a timer, and a reminder for every day that passes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use undying::prelude::*;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
}

/// How many mails were sent.
#[derive(Debug, Clone, Default)]
struct Mails(Arc<AtomicU32>);

#[activity]
async fn remind(request: String, State(mails): State<Mails>) {
    mails.0.fetch_add(1, Ordering::Relaxed);
    println!("please decide about {request}");
}

/// Waits for a decision, reminds after each `patience`, and gives up after three reminders. While it
/// waits it is a few bytes on disk: the days may be weeks, the program may be down for most of them.
#[orchestration]
async fn approval(cx: &mut Context, request: String, patience: std::time::Duration) -> Outcome {
    for reminders in 0..=3 {
        cx.set_status(format!("{reminders} reminders sent"));
        match timeout(patience, event::<Decision>("decision")).await {
            Ok(Decision { by, granted: true }) => return Outcome::Granted { by },
            Ok(Decision { by, .. }) => return Outcome::Refused { by },
            Err(Elapsed) if reminders == 3 => break,
            Err(Elapsed) => remind(request.clone()).await,
        }
    }
    Outcome::NobodyDecided { reminders: 3 }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let store = tempfile::tempdir()?;
    let mails = Mails::default();
    let open = || Engine::builder().state(mails.clone()).open(store.path());
    let engine = open().await?;
    for request in ["holiday", "new desk"] {
        engine
            .start(request, approval(request.to_owned(), days(1)))
            .await?;
    }
    let forgotten = approval("a pay rise".to_owned(), millis(20));
    let forgotten = engine.start("a pay rise", forgotten).await?;

    // The program ends and begins again; who waits for a decision does not notice.
    engine
        .raise("holiday", "decision", &by("Ada", true))
        .await?;
    assert_eq!(
        forgotten.result().await?,
        Outcome::NobodyDecided { reminders: 3 }
    );
    engine.shutdown().await?;
    drop(engine);
    let engine = open().await?;
    engine
        .raise("new desk", "decision", &by("Grace", false))
        .await?;

    let holiday = engine.get::<ApprovalCall>("holiday").await?;
    let granted = holiday.result().await?;
    println!("holiday: {granted:?}");
    assert_eq!(granted, Outcome::Granted { by: "Ada".into() });
    let desk = engine.get::<ApprovalCall>("new desk").await?;
    let refused = desk.result().await?;
    println!("new desk: {refused:?}");
    assert_eq!(refused, Outcome::Refused { by: "Grace".into() });
    assert_eq!(mails.0.load(Ordering::Relaxed), 3);

    // Nobody decides twice.
    let late = desk.raise("decision", &by("Alan", true)).await;
    assert!(matches!(late, Err(undying::Error::WrongStatus { .. })));
    engine.shutdown().await?;
    Ok(())
}

fn by(name: &str, granted: bool) -> Decision {
    let by = name.to_owned();
    Decision { by, granted }
}
