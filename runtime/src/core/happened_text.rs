//! What happened to an instance, as lines for people.

use std::fmt;

use super::Parent;
use super::happened::{Happened, HistoryEntry, Starter};

impl fmt::Display for HistoryEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", self.at, self.what)
    }
}

impl fmt::Display for Starter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Starter::Client => f.write_str("started by a client"),
            Starter::Restart => f.write_str("started again by a client"),
            Starter::Parent(Parent { number, operation }) => {
                write!(f, "started by instance {number} as its #{operation}")
            }
            Starter::Instance => f.write_str("started by an instance"),
            Starter::FirstUse => f.write_str("made by its first use"),
        }
    }
}

impl fmt::Display for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Happened as H;
        match self {
            H::Started {
                by: by @ Starter::FirstUse,
                ..
            } => write!(f, "{by}"),
            H::Started { by, args_bytes } => write!(f, "{by}, with {}", Bytes(*args_bytes)),
            H::Waits { point } => write!(f, "waits at `{point}`"),
            H::ActivityCalled {
                operation,
                name,
                args_bytes,
            } => {
                write!(f, "#{operation} calls `{name}` with {}", Bytes(*args_bytes))
            }
            H::AttemptFailed {
                operation,
                name,
                attempt,
                error,
                again,
            } => write!(
                f,
                "#{operation} `{name}` failed in attempt {attempt}, again at {again}: {error}"
            ),
            H::AttemptLost {
                operation,
                name,
                attempt,
            } => write!(
                f,
                "#{operation} `{name}` ended with the process in attempt {attempt}"
            ),
            H::ActivityCompleted {
                operation,
                name,
                attempt,
                bytes,
            } => write!(
                f,
                "#{operation} `{name}` completed in attempt {attempt} with {}",
                Bytes(*bytes)
            ),
            H::ActivityFailed {
                operation,
                name,
                attempt,
                error,
            } => write!(
                f,
                "#{operation} `{name}` failed for good in attempt {attempt}: {error}"
            ),
            H::TimerSet { operation, due } => write!(f, "#{operation} sleeps until {due}"),
            H::TimerFired { operation } => write!(f, "#{operation} is over"),
            H::ChildCalled {
                operation,
                name,
                id,
            } => write!(f, "#{operation} calls the orchestration `{name}` as `{id}`"),
            H::ChildEnded {
                operation,
                name,
                id,
                status,
                error,
            } => {
                write!(f, "#{operation} `{name}` as `{id}` is {status}")?;
                because(f, error.as_ref())
            }
            H::EntityCalled {
                operation,
                entity,
                method,
            } => write!(f, "#{operation} calls `{method}` of `{entity}`"),
            H::EntityAnswered {
                operation,
                entity,
                error,
            } => {
                let how = answered(error.as_ref());
                write!(f, "#{operation} `{entity}` {how}")?;
                because(f, error.as_ref())
            }
            H::MachineAsked {
                operation,
                machine,
                event,
            } => write!(f, "#{operation} asks `{event}` of `{machine}`"),
            H::MachineAnswered {
                operation,
                machine,
                error,
            } => {
                let how = answered(error.as_ref());
                write!(f, "#{operation} `{machine}` {how}")?;
                because(f, error.as_ref())
            }
            H::Handled { event, states } => write!(f, "handled `{event}`, now in {states}"),
            H::SectionAwaited {
                operation,
                entities,
            } => write!(f, "#{operation} wants to lock {entities}"),
            H::SectionEntered { operation } => write!(f, "#{operation} is in its critical section"),
            H::SectionLeft { operation } => write!(f, "#{operation} has left its critical section"),
            H::Locked { by } => write!(f, "locked by #{} of instance {}", by.operation, by.number),
            H::Unlocked { by } => {
                write!(f, "unlocked by #{} of instance {}", by.operation, by.number)
            }
            H::Signalled { entity, method } => write!(f, "signals `{method}` of `{entity}`"),
            H::Detached { id, name } => write!(f, "starts `{name}` as `{id}`"),
            H::EventAwaited { operation, name } => {
                write!(f, "#{operation} waits for the event `{name}`")
            }
            H::EventArrived { name, bytes } => {
                write!(f, "the event `{name}` arrived with {}", Bytes(*bytes))
            }
            H::EventRaised { id, name } => write!(f, "raises the event `{name}` of `{id}`"),
            H::GivenUp { operation } => write!(f, "#{operation} is given up"),
            H::Served {
                method,
                caller,
                error,
            } => {
                write!(f, "`{method}` {}", answered(error.as_ref()))?;
                if let Some(Parent { number, operation }) = caller {
                    write!(f, " #{operation} of instance {number}")?;
                }
                because(f, error.as_ref())
            }
            H::Suspended { reason } => write!(f, "suspended: {reason}"),
            H::Resumed => f.write_str("resumed"),
            H::Parked { why } => write!(f, "parked: {why}"),
            H::Retried => f.write_str("retried"),
            H::Rewound { reason } => write!(f, "rewound: {reason}"),
            H::ContinuedAsNew { args_bytes } => {
                write!(f, "begins again with {}", Bytes(*args_bytes))
            }
            H::Returned { bytes } => write!(f, "completed with {}", Bytes(*bytes)),
            H::Failed { error } => write!(f, "failed: {error}"),
            H::Cancelled => f.write_str("cancelled"),
            H::Terminated { reason } => write!(f, "terminated: {reason}"),
        }
    }
}

/// So many bytes, in words.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 byte"),
            bytes => write!(f, "{bytes} bytes"),
        }
    }
}

fn answered(error: Option<&String>) -> &'static str {
    match error {
        None => "answered",
        Some(_) => "failed",
    }
}

fn because(f: &mut fmt::Formatter<'_>, error: Option<&String>) -> fmt::Result {
    match error {
        None => Ok(()),
        Some(error) => write!(f, ": {error}"),
    }
}
