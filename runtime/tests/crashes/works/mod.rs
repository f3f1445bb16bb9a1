//! The six kinds of work that are killed: each can be asked for again and again, and is done once.

mod bank;
mod chain;
mod counters;
mod fan;
mod large;
mod machines;

use std::fmt;
use std::pin::Pin;

use undying::Result;

use crate::client::Client;

type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// See the module.
pub(crate) struct Work {
    pub(crate) name: &'static str,
    /// Asks for all of it, and waits for the answers.
    pub(crate) play: for<'a> fn(&'a Client) -> Doing<'a, Result<()>>,
    /// Whether, when it is done, everything was done once and nothing in part.
    pub(crate) check: for<'a> fn(&'a Client) -> Doing<'a, ()>,
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All of them.
pub(crate) const WORKS: [Work; 6] = [
    chain::WORK,
    fan::WORK,
    counters::WORK,
    bank::WORK,
    machines::WORK,
    large::WORK,
];
