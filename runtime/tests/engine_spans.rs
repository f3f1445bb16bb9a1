//! Work is seen from outside as spans. A process of its own: a subscriber is for all threads or none.

use std::io;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::format::FmtSpan;
use undying::prelude::*;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panicked").write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[activity]
async fn double(n: u64) -> u64 {
    2 * n
}

#[orchestration]
async fn doubled(n: u64) -> u64 {
    double(n).await
}

#[tokio::test]
async fn turns_and_attempts_are_spans_that_name_their_instance() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_span_events(FmtSpan::NEW)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path()).await.unwrap();
    let handle = engine.start("order-17", doubled(5)).await.unwrap();
    assert_eq!(handle.result().await.unwrap(), 10);
    let seen = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for span in [
        r#"activity{activity="double" instance="order-17" operation=0 attempt=1}"#,
        "turn{instance=order-17 number=",
    ] {
        assert!(seen.contains(span), "no `{span}` in {seen}");
    }
}
