//! `event` and `raise`: named messages to an instance, awaited by it, raised by others.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::Poll;

use serde::{Deserialize, Serialize};

use super::limits::{EVENT_NAME_BYTES_MAX, INSTANCE_ID_BYTES_MAX, PAYLOAD_BYTES_MAX};
use super::reserved::RSM_PREFIX;
use super::task::Now;
use super::{
    AwaitsEvents, Durable, Loader, Pending, Persist, RaisesEvents, Refusal, Request, Saver, Ticket,
    Turn, Waits,
};
use crate::schema::Stored;

/// Waits for an event. See [`event`].
#[must_use = "nothing waits for the event until this is awaited"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Event<T> {
    name: String,
    value: PhantomData<fn() -> T>,
}

/// Waits for the next event of this name: `event::<Approval>("approval").await`.
///
/// Events are raised from outside by [`Engine::raise`](crate::Engine::raise) and
/// [`Handle::raise`](crate::Handle::raise), and by other orchestrations with [`raise`]. Those of one
/// name are taken in the order of their arrival, each once. One that nobody waits for yet is kept
/// until somebody does, or until the instance has ended. An await that is given up, because it lost
/// a [`race`](super::race) or its [`timeout`](super::timeout) has passed, takes no event.
///
/// An event whose value cannot be read as a `T` parks the instance, which then still has the event:
/// [retry](crate::Engine::retry) it with a program that can read it.
///
/// ```
/// use undying::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Approval {
///     granted: bool,
/// }
///
/// #[orchestration]
/// async fn approved() -> bool {
///     match timeout(days(3), event::<Approval>("approval")).await {
///         Ok(approval) => approval.granted,
///         Err(Elapsed) => false,
///     }
/// }
/// ```
pub fn event<T>(name: impl Into<String>) -> Event<T> {
    Event {
        name: name.into(),
        value: PhantomData,
    }
}

impl<T> Clone for Event<T> {
    fn clone(&self) -> Self {
        event(self.name.clone())
    }
}

impl<T> fmt::Debug for Event<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Event").field(&self.name).finish()
    }
}

impl<C: AwaitsEvents, T: Persist> Durable<C> for Event<T> {
    type Output = T;
    type Pending = Expected<T>;

    fn begin(self, turn: &mut Turn) -> Expected<T> {
        if let Err(why) = check_event_name(&self.name) {
            turn.refuse_because(why);
        }
        let operation = turn.operation();
        turn.mailbox.begin(operation, &self.name);
        let name = self.name;
        turn.requests.push(Request::Event { operation, name });
        Expected(Ticket::new(operation))
    }
}

/// An [`Event`] that is waited for: as a call is, but what comes is in the mailbox.
#[derive(Debug)]
pub struct Expected<T>(Ticket<T>);

impl<T: Persist> Pending for Expected<T> {
    type Output = T;

    fn poll(&mut self, turn: &mut Turn) -> Poll<T> {
        let name = turn.mailbox.name_of(self.0.operation).cloned();
        let Some(value) = turn.take_event(self.0.operation) else {
            return Poll::Pending;
        };
        match value.read::<T>() {
            Ok(value) => Poll::Ready(value),
            Err(error) => {
                let name = name.unwrap_or_default();
                turn.refuse(Refusal::value(format!("the event `{name}`"), error));
                Poll::Pending
            }
        }
    }

    fn cancel(&mut self, turn: &mut Turn) {
        self.0.cancel(turn);
    }

    fn waits(&self, out: &mut Waits) {
        self.0.waits(out);
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        self.0.save(saver)
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        Ticket::load(loader).map(Expected)
    }
}

/// Raises an event when awaited, which takes no time. See [`raise`].
#[must_use = "nothing is raised until this is awaited"]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Raise<T> {
    id: String,
    name: String,
    value: T,
}

/// Raises an event of another instance, one way: `raise("order-17", "approval", yes).await`.
///
/// It arrives once, however often the process dies, and after what this instance has sent to the
/// same one before. If nobody has started that instance yet, the event waits for it,
/// [for a time](crate::EngineBuilder::early_events_kept). Nobody is told when it is not started, or
/// has ended: then the event is dropped, counted and logged.
///
/// ```
/// use undying::prelude::*;
///
/// #[orchestration]
/// async fn patience(asked_by: String) {
///     sleep(days(1)).await;
///     raise(asked_by, "done", true).await;
/// }
/// ```
pub fn raise<T>(id: impl Into<String>, name: impl Into<String>, value: T) -> Raise<T> {
    Raise {
        id: id.into(),
        name: name.into(),
        value,
    }
}

/// An event on its way to another instance.
#[derive(Debug)]
pub struct Raised {
    /// The instance's id.
    pub id: Arc<str>,
    /// The event's name.
    pub name: Cow<'static, str>,
    /// Its value.
    pub value: Stored,
}

impl<C: RaisesEvents, T: Persist> Durable<C> for Raise<T> {
    type Output = ();
    type Pending = Now<()>;

    fn begin(self, turn: &mut Turn) -> Now<()> {
        let Raise { id, name, value } = self;
        turn.raise(Raised::new(&turn.context.instance_id, id, name, &value));
        Now::ready(())
    }
}

impl Raised {
    /// An event that `body` raises.
    pub(super) fn new<T: Persist>(
        body: &str,
        id: String,
        name: String,
        value: &T,
    ) -> Result<Self, Refusal> {
        let because = |why| Refusal::Stuck {
            body: body.to_owned(),
            why,
        };
        check_receiver(&id)
            .and_then(|()| check_event_name(&name))
            .map_err(because)?;
        let value = Stored::write(value)
            .map_err(|error| Refusal::value(format!("the event `{name}`"), error))?;
        let bytes = value.bytes.len();
        if bytes > PAYLOAD_BYTES_MAX {
            return Err(because(format!(
                "the event `{name}` is {bytes} bytes, more than {PAYLOAD_BYTES_MAX}: raise a \
                 reference to it instead"
            )));
        }
        let (id, name) = (id.into(), Cow::Owned(name));
        Ok(Raised { id, name, value })
    }
}

fn check_receiver(id: &str) -> Result<(), String> {
    if id.starts_with(RSM_PREFIX) {
        return Err(format!(
            "`{id}` is a state machine: send it an event of its chart, `cx.send(&machine, event)`"
        ));
    }
    if id.is_empty() || id.len() > INSTANCE_ID_BYTES_MAX {
        return Err(format!(
            "an event is raised for an id of {} bytes; ids have 1 to {INSTANCE_ID_BYTES_MAX}",
            id.len()
        ));
    }
    Ok(())
}

/// Checks the name of an event.
pub(crate) fn check_event_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > EVENT_NAME_BYTES_MAX {
        return Err(format!(
            "the name of an event has 1 to {EVENT_NAME_BYTES_MAX} bytes, this one {}",
            name.len()
        ));
    }
    Ok(())
}
