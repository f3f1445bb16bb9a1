//! Steps of one instance in sequence, for peers that tell only when each of them began.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Result;

use crate::load::Load;
use crate::row::Row;
use crate::{Latencies, Run};

/// When each step began.
#[derive(Clone, Debug, Default)]
pub(crate) struct Begins(Arc<Mutex<Vec<Instant>>>);

impl Begins {
    /// A step begins.
    pub(crate) fn note(&self) {
        let mut begins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        begins.push(Instant::now());
    }

    /// One instance, which is done when `walk` is: as many steps as it takes within the time and its
    /// grace.
    pub(crate) async fn row<T>(
        &self,
        run: &Run,
        steps: usize,
        row: Row,
        walk: impl Future<Output = Result<T>>,
    ) -> Result<Row> {
        let clients = run.clients(1);
        let began = Instant::now();
        let ended = tokio::time::timeout(clients.time + clients.grace, walk).await;
        let took = began.elapsed();
        let begins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times: Vec<_> = begins.windows(2).map(|two| two[1] - two[0]).collect();
        let load = Load {
            latencies: Latencies::new(times),
            took,
            unfinished: 0,
        };
        let row = row.load(&load, 1);
        Ok(match ended {
            Ok(ended) => {
                ended?;
                row
            }
            Err(_) => row.note(format!("cut off at step {} of {steps}", begins.len())),
        })
    }
}
