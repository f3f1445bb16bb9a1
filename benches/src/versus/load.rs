//! A closed loop: so many clients, each of which begins anew when its last request is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::time::timeout_at;

use crate::{Latencies, Times};

/// What a load is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clients {
    /// How many there are.
    pub(crate) count: usize,
    /// For how long they begin anew.
    pub(crate) time: Duration,
    /// How long those that are under way then may still take.
    pub(crate) grace: Duration,
    /// How many operations they begin together at most.
    pub(crate) most: u64,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Load {
    /// Of those that were done.
    pub(crate) latencies: Latencies,
    /// From the first begin to the last end.
    pub(crate) took: Duration,
    /// How many were given up.
    pub(crate) unfinished: usize,
}

impl Clients {
    /// So many clients, for so many operations.
    pub(crate) fn times(count: usize, most: u64) -> Clients {
        Clients {
            count,
            time: Duration::from_secs(24 * 3600),
            grace: Duration::ZERO,
            most,
        }
    }

    /// Has each client run `operation` again and again, with another number each time.
    ///
    /// # Errors
    /// That of the first operation that fails.
    pub(crate) async fn run<O, F>(self, operation: O) -> Result<Load>
    where
        O: Fn(u64) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<()>> + Send,
    {
        let (number, most) = (Arc::new(AtomicU64::new(0)), self.most);
        let started = Instant::now();
        let (until, end) = (started + self.time, started + self.time + self.grace);
        let clients: Vec<_> = (0..self.count)
            .map(|_| {
                let (number, operation) = (number.clone(), operation.clone());
                tokio::spawn(async move {
                    let (mut times, mut last) = (Times::default(), started);
                    let all = async {
                        while last < until {
                            let number = number.fetch_add(1, Relaxed);
                            if number >= most {
                                break;
                            }
                            operation(number).await?;
                            let now = Instant::now();
                            times.push(now - last);
                            last = now;
                        }
                        anyhow::Ok(())
                    };
                    // One timer for all that a client does: one for each operation would be measured.
                    let unfinished = match timeout_at(end.into(), all).await {
                        Ok(done) => done.map(|()| 0)?,
                        Err(_) => 1,
                    };
                    anyhow::Ok((times, unfinished))
                })
            })
            .collect();
        let (mut times, mut unfinished) = (Times::default(), 0);
        for client in clients {
            let (done, given_up) = client.await??;
            times.append(done);
            unfinished += given_up;
        }
        Ok(Load {
            took: started.elapsed(),
            latencies: times.sorted(),
            unfinished,
        })
    }
}
