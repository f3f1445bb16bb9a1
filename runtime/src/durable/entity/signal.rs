//! `Signal`: a call of an entity that nobody waits for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Operates, Operation};
use crate::durable::limits::PAYLOAD_BYTES_MAX;
use crate::durable::task::Now;
use crate::durable::{Durable, Refusal, SignalsEntities, Timestamp, Turn};
use crate::schema::Stored;

/// A signal as it leaves with a turn.
#[derive(Debug)]
pub struct OneWay {
    /// The entity's id.
    pub entity: String,
    /// The entity's stored name.
    pub name: &'static str,
    /// The operation.
    pub method: &'static str,
    /// The encoded arguments.
    pub args: Stored,
    /// Not before.
    pub at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum When {
    Now,
    At(Timestamp),
    After(Duration),
}

/// `.signal()`: sends an operation one way when awaited, which takes no time.
#[must_use = "nothing is signalled until this is awaited"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct Signal<E: Operates<O>, O: 'static> {
    operation: Operation<E, O>,
    when: When,
}

impl<E: Operates<O>, O: 'static> Signal<E, O> {
    pub(super) fn new(operation: Operation<E, O>, when: When) -> Self {
        Signal { operation, when }
    }
}

/// What [`EntityContext::signal`](super::EntityContext::signal) takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be signalled",
    label = "not a call of an entity",
    note = "signal an operation: `cx.signal(Account::at(\"bob\").deposit(5))`"
)]
pub trait Signals {
    /// What leaves with a turn at the time that `now` gives, which is asked for if it matters.
    ///
    /// # Errors
    /// Arguments that serde cannot write, or that are too large.
    fn one_way(self, now: impl FnOnce() -> Timestamp) -> Result<OneWay, Refusal>;
}

impl<E: Operates<O>, O: 'static> Signals for Operation<E, O> {
    fn one_way(self, now: impl FnOnce() -> Timestamp) -> Result<OneWay, Refusal> {
        self.signal().one_way(now)
    }
}

impl<E: Operates<O>, O: 'static> Signals for Signal<E, O> {
    fn one_way(self, now: impl FnOnce() -> Timestamp) -> Result<OneWay, Refusal> {
        let args = payload(E::CALL, Stored::write(self.operation.arguments()))?;
        Ok(OneWay {
            entity: self.operation.entity_id(),
            name: E::NAME,
            method: E::METHOD,
            args,
            at: match self.when {
                When::Now => None,
                When::At(at) => Some(at),
                When::After(delay) => Some(now().after(delay)),
            },
        })
    }
}

/// Arguments of what nobody waits for: there is no result to say that they are too large.
pub(in crate::durable) fn payload(
    call: &str,
    args: Result<Stored, crate::schema::ValueError>,
) -> Result<Stored, Refusal> {
    let args = args.map_err(|error| Refusal::value(format!("the arguments of `{call}`"), error))?;
    let bytes = args.bytes.len();
    if bytes > PAYLOAD_BYTES_MAX {
        return Err(Refusal::Stuck {
            body: call.to_owned(),
            why: format!(
                "its arguments are {bytes} bytes, more than {PAYLOAD_BYTES_MAX}, and nobody waits \
                 for a result that could say so: give it a reference instead"
            ),
        });
    }
    Ok(args)
}

impl<C: SignalsEntities, E: Operates<O>, O: 'static> Durable<C> for Signal<E, O> {
    type Output = ();
    type Pending = Now<()>;

    fn begin(self, turn: &mut Turn) -> Now<()> {
        let sent = self.one_way(|| turn.context.now);
        turn.send(sent);
        Now::ready(())
    }
}
