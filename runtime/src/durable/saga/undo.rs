//! `Undo`: a call that is kept without its type, by its stored name.

use std::any::TypeId;
use std::time::Duration;

use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::durable::call::Named;
use crate::durable::entry::linked;
use crate::durable::kept::Kept;
use crate::durable::limits::PAYLOAD_BYTES_MAX;
use crate::durable::{
    Activity, ActivityCall, Call, Orchestration, OrchestrationCall, Refusal, Request, Retry,
    Target, Turn,
};
use crate::schema::Stored;

/// A call that can undo a step of a [`Saga`](super::Saga): of an activity or an orchestration.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot undo a step of a saga",
    label = "not a call of an activity or an orchestration",
    note = "give it the call and do not await it: `saga.undo_with(release(seat))`",
    note = "what takes several steps to undo is an `#[orchestration]`"
)]
pub trait Compensation {
    /// The call, without its type.
    fn undone(self) -> Undone;
}

/// A call without its type.
#[derive(Debug)]
pub struct Undone(pub(super) Undo);

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Undo {
    pub(super) name: String,
    kind: Kind,
    /// Or why it cannot be kept: then what holds it cannot be saved.
    #[serde(serialize_with = "save", deserialize_with = "load")]
    args: Result<Kept, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Kind {
    Activity {
        retry: Option<Retry>,
        timeout: Option<Duration>,
    },
    Orchestration {
        id: Option<String>,
    },
}

#[diagnostic::do_not_recommend]
impl<A: ActivityCall> Compensation for Activity<A> {
    fn undone(self) -> Undone {
        let (arguments, retry, timeout) = self.into_parts();
        Undo::of(&arguments, Kind::Activity { retry, timeout })
    }
}

#[diagnostic::do_not_recommend]
impl<O: OrchestrationCall> Compensation for Orchestration<O> {
    fn undone(self) -> Undone {
        let id = self.own_id().map(str::to_owned);
        Undo::of(&self.into_args(), Kind::Orchestration { id })
    }
}

impl Undo {
    fn of<C: Call>(arguments: &Named<C>, kind: Kind) -> Undone {
        Undone(Undo {
            name: C::NAME.to_owned(),
            kind,
            args: kept(arguments),
        })
    }

    /// The same, which cannot be kept.
    pub(super) fn refused(mut self, why: String) -> Self {
        self.args = Err(why);
        self
    }

    /// Calls it. `None` when the turn is refused.
    pub(super) fn request(self, turn: &mut Turn) -> Option<u64> {
        let args = match self.args.map(Kept::stored) {
            Ok(Ok(args)) => args,
            Ok(Err(error)) => {
                let place = format!("the arguments of the compensation `{}`", self.name);
                turn.refuse(Refusal::value(place, error));
                return None;
            }
            Err(why) => {
                turn.refuse_because(format!("the compensation `{}`: {why}", self.name));
                return None;
            }
        };
        let (operation, target) = (turn.operation(), Target::Named(self.name));
        turn.requests.push(match self.kind {
            Kind::Activity { retry, timeout } => Request::Activity {
                operation,
                target,
                args,
                retry,
                timeout,
            },
            Kind::Orchestration { id } => Request::Child {
                operation,
                target,
                id,
                args,
            },
        });
        Some(operation)
    }
}

fn kept<C: Call>(arguments: &Named<C>) -> Result<Kept, String> {
    if linked(TypeId::of::<C>()).is_none() {
        return Err(format!(
            "`{}` has no stored name of its own, as a generic function has none: undo with one that \
             is not generic and calls it",
            C::NAME
        ));
    }
    let args = Stored::write(arguments).map_err(|error| error.to_string())?;
    let bytes = args.bytes.len();
    if bytes > PAYLOAD_BYTES_MAX {
        return Err(format!(
            "its arguments are {bytes} bytes, more than {PAYLOAD_BYTES_MAX}"
        ));
    }
    Ok(Kept::of(args))
}

fn save<S: Serializer>(args: &Result<Kept, String>, to: S) -> Result<S::Ok, S::Error> {
    match args {
        Ok(args) => args.serialize(to),
        Err(why) => Err(S::Error::custom(why)),
    }
}

fn load<'de, D: Deserializer<'de>>(from: D) -> Result<Result<Kept, String>, D::Error> {
    Kept::deserialize(from).map(Ok)
}
