//! What the monitors say.

use std::fmt;

use super::Engine;
use crate::core::{Answer, Command};
use crate::durable::EntryKind;
use crate::durable::reserved::rsm_id;
use crate::durable::rsm::{Heat, MONITOR_NAME};
use crate::error::{Error, Result};

/// What one [monitor](crate::monitor) says at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MonitorReport {
    /// The monitor's stored name.
    pub monitor: &'static str,
    /// Its states, the top last.
    pub states: String,
    /// How it looks at the one on top: while that is hot, something is owed.
    pub heat: Heat,
    /// Why it is parked: the assertion that did not hold.
    pub violation: Option<String>,
}

impl MonitorReport {
    /// Whether nothing was violated and, at rest, nothing is owed.
    #[must_use]
    pub fn is_satisfied(&self) -> bool {
        self.violation.is_none() && self.heat != Heat::Hot
    }
}

impl fmt::Display for MonitorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MonitorReport {
            monitor, states, ..
        } = self;
        match (&self.violation, self.heat) {
            (Some(violation), _) => write!(f, "{monitor} in {states} is violated: {violation}"),
            (None, Heat::Hot) => write!(f, "{monitor} is hot, in {states}"),
            (None, Heat::Warm | Heat::Cold) => write!(f, "{monitor} is satisfied, in {states}"),
        }
    }
}

impl Engine {
    /// What all [monitors](crate::monitor) say that were told anything so far, sorted by name.
    /// Monitors are machines: what they were told before a crash they still know.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn monitors(&self) -> Result<Vec<MonitorReport>> {
        let mut reports = Vec::new();
        for entry in self.link.registry.monitors() {
            let EntryKind::Rsm(rsm) = &entry.kind else {
                continue;
            };
            let id = rsm_id(entry.name, &MONITOR_NAME);
            let description = match self.command(Command::Describe { id: id.clone() }).await? {
                Answer::Description(description) => description,
                Answer::NotFound => continue,
                answer => return Err(Error::refused(&id, entry.name, answer)),
            };
            let states = description.custom_status.unwrap_or_default();
            let top = states.rsplit(" > ").next().unwrap_or_default();
            let top = rsm.chart.state(top).unwrap_or(rsm.chart.start);
            reports.push(MonitorReport {
                monitor: entry.name,
                heat: rsm.chart.states[top].heat,
                violation: description.parked.map(|why| why.to_string()),
                states,
            });
        }
        Ok(reports)
    }
}
