//! `Step`: one thing that a turn asked for, as a recording keeps it and as people are told.

use std::fmt;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::durable::limits::RECORDING_VALUE_BYTES_MAX;
use crate::durable::{OneWay, Request, Timestamp, Turn};
use crate::schema::{SchemaId, Stored, Value};

/// See the module. Retry policies and timeouts of attempts are not part of it: they may change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Step {
    Activity {
        name: String,
        args: Said,
    },
    Child {
        name: String,
        id: Option<String>,
        args: Said,
    },
    Ask {
        machine: String,
        name: String,
        value: Said,
    },
    Operate {
        entity: String,
        method: String,
        args: Said,
    },
    Timer {
        due: Timestamp,
    },
    Event {
        name: String,
    },
    /// In a helper that is compiled.
    Lock {
        entities: Vec<String>,
    },
    Cancel {
        operation: u64,
    },
    Signal {
        entity: String,
        method: String,
        args: Said,
        at: Option<Timestamp>,
    },
    Start {
        id: String,
        name: String,
        args: Said,
    },
    Raise {
        id: String,
        name: String,
        value: Said,
    },
    Status(String),
}

/// A value that was said: itself, or what tells it from others if it is large.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Said {
    Whole(Stored),
    Digest {
        schema: SchemaId,
        bytes: u64,
        hash: u64,
    },
}

impl Step {
    /// What a turn asked for, in order; `status` is the one it began with.
    pub(super) fn all(turn: &Turn, status: Option<&str>) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut signals = turn.signals.iter().peekable();
        for request in &turn.requests {
            let operation = request.operation();
            while let Some((_, signal)) = signals.next_if(|(before, _)| *before <= operation) {
                steps.push(Step::signal(signal));
            }
            steps.push(Step::request(request));
        }
        steps.extend(signals.map(|(_, signal)| Step::signal(signal)));
        steps.extend(turn.detached.iter().map(|(_, start)| Step::Start {
            id: start.id.clone(),
            name: start.target.name().to_owned(),
            args: Said::of(&start.args),
        }));
        steps.extend(turn.raised.iter().map(|(_, raised)| Step::Raise {
            id: raised.id.to_string(),
            name: raised.name.to_string(),
            value: Said::of(&raised.value),
        }));
        let cancels = turn.cancels.iter();
        steps.extend(cancels.map(|operation| Step::Cancel {
            operation: *operation,
        }));
        let told = turn.context.status.as_deref();
        let told = told.filter(|told| Some(*told) != status);
        steps.extend(told.map(|told| Step::Status(told.to_owned())));
        steps
    }

    fn request(request: &Request) -> Step {
        match request {
            Request::Activity { target, args, .. } => Step::Activity {
                name: target.name().to_owned(),
                args: Said::of(args),
            },
            Request::Child {
                target, id, args, ..
            } => Step::Child {
                name: target.name().to_owned(),
                id: id.clone(),
                args: Said::of(args),
            },
            Request::Operate {
                entity,
                method,
                args,
                ..
            } => Step::Operate {
                entity: entity.clone(),
                method: (*method).to_owned(),
                args: Said::of(args),
            },
            Request::Ask {
                machine,
                name,
                value,
                ..
            } => Step::Ask {
                machine: machine.clone(),
                name: (*name).to_owned(),
                value: Said::of(value),
            },
            Request::Timer { due, .. } => Step::Timer { due: *due },
            Request::Event { name, .. } => Step::Event { name: name.clone() },
            Request::Lock { entities, .. } => Step::Lock {
                entities: entities.iter().map(|(id, _)| id.clone()).collect(),
            },
        }
    }

    fn signal(signal: &OneWay) -> Step {
        Step::Signal {
            entity: signal.entity.clone(),
            method: signal.method.to_owned(),
            args: Said::of(&signal.args),
            at: signal.at,
        }
    }

    /// The value in it, if it is whole.
    pub(super) fn value(&self) -> Option<&Stored> {
        match self {
            Step::Activity { args, .. }
            | Step::Child { args, .. }
            | Step::Operate { args, .. }
            | Step::Ask { value: args, .. }
            | Step::Signal { args, .. }
            | Step::Start { args, .. }
            | Step::Raise { value: args, .. } => match args {
                Said::Whole(stored) => Some(stored),
                Said::Digest { .. } => None,
            },
            Step::Timer { .. }
            | Step::Event { .. }
            | Step::Lock { .. }
            | Step::Cancel { .. }
            | Step::Status(_) => None,
        }
    }
}

impl Said {
    fn of(stored: &Stored) -> Said {
        if stored.bytes.len() <= RECORDING_VALUE_BYTES_MAX {
            return Said::Whole(stored.clone());
        }
        Said::Digest {
            schema: stored.schema,
            bytes: stored.bytes.len() as u64,
            hash: xxh3_64(&stored.bytes),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Activity { name, args } => write!(f, "the activity `{name}({args})`"),
            Step::Child { name, id, args } => {
                write!(f, "the orchestration `{name}({args})`")?;
                match id {
                    Some(id) => write!(f, " as `{id}`"),
                    None => Ok(()),
                }
            }
            Step::Operate {
                entity,
                method,
                args,
            } => write!(f, "the operation `{method}({args})` of `{entity}`"),
            Step::Ask {
                machine,
                name,
                value,
            } => write!(f, "the question `{name}` = `{value}` to `{machine}`"),
            Step::Timer { due } => write!(f, "a timer of {} ms", due.0),
            Step::Event { name } => write!(f, "waiting for the event `{name}`"),
            Step::Lock { entities } => write!(f, "locking `{}`", entities.join("`, `")),
            Step::Cancel { operation } => write!(f, "cancelling operation {operation}"),
            Step::Signal {
                entity,
                method,
                args,
                at,
            } => {
                write!(f, "the signal `{method}({args})` to `{entity}`")?;
                match at {
                    Some(at) => write!(f, " at {} ms", at.0),
                    None => Ok(()),
                }
            }
            Step::Start { id, name, args } => write!(f, "starting `{name}({args})` as `{id}`"),
            Step::Raise { id, name, value } => {
                write!(f, "raising the event `{name}` = `{value}` of `{id}`")
            }
            Step::Status(status) => write!(f, "the status {status:?}"),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Said::Whole(stored) => match stored.describe() {
                Ok(Value::Struct(name, fields)) if &*name == "arguments" => {
                    for (index, (name, value)) in fields.iter().enumerate() {
                        let comma = if index == 0 { "" } else { ", " };
                        write!(f, "{comma}{name}: {value}")?;
                    }
                    Ok(())
                }
                Ok(value) => value.fmt(f),
                Err(_) => write!(f, "{} bytes", stored.bytes.len()),
            },
            Said::Digest { bytes, hash, .. } => write!(f, "{bytes} bytes with hash {hash:016x}"),
        }
    }
}
