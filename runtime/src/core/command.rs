//! `Command` and `Answer`: what clients ask of the kernel, and what they are told.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EntityCursor, EntityFound, EntityQuery, HistoryEntry, Number, Parent};
use crate::durable::{Completion, Failure, Refusal, Timestamp};
use crate::schema::Stored;

/// What a client asks. Every command may be repeated: it is answered again, never done twice.
#[derive(Clone, Debug)]
pub enum Command {
    /// Starts an orchestration, unless there is an instance of this id.
    Start {
        /// The instance's id.
        id: String,
        /// The orchestration's stored name.
        name: String,
        /// Its arguments.
        args: Stored,
        /// By what lists can find it.
        tags: Tags,
        /// The instance of this id and orchestration to replace if it has ended: it is not done
        /// twice.
        replaces: Option<Number>,
    },
    /// Describes an instance.
    Describe {
        /// The instance's id.
        id: String,
    },
    /// Describes an instance with its values: arguments, result, an entity's state.
    Inspect {
        /// The instance's id.
        id: String,
    },
    /// Waits until an instance has ended or is parked.
    Result {
        /// The instance's id.
        id: String,
    },
    /// Cancels an instance and everything it has under way.
    Cancel {
        /// The instance's id.
        id: String,
    },
    /// Lets a parked instance go on.
    Retry {
        /// The instance's id.
        id: String,
    },
    /// Ends an instance, and its children, with a reason.
    Terminate {
        /// The instance's id.
        id: String,
        /// Why.
        reason: String,
    },
    /// Lets an instance get no more turns until it is resumed.
    Suspend {
        /// The instance's id.
        id: String,
        /// Why.
        reason: String,
    },
    /// Lets a suspended instance go on.
    Resume {
        /// The instance's id.
        id: String,
    },
    /// Deletes an instance that has ended (rule 26).
    Purge {
        /// The instance's id.
        id: String,
        /// Only this instance of the id; none stands for whichever there is.
        number: Option<Number>,
    },
    /// Purges an instance that has ended and starts its orchestration again with the same
    /// arguments and id.
    Restart {
        /// The instance's id.
        id: String,
        /// The instance to replace: it is not done twice.
        number: Number,
    },
    /// Puts an instance that failed back to the await whose call had failed, and makes that again.
    Rewind {
        /// The instance's id.
        id: String,
        /// Why.
        reason: String,
        /// How often it was rewound before: it is not done twice.
        count: u64,
    },
    /// Tells what an instance was started with.
    Origin {
        /// The instance's id.
        id: String,
    },
    /// Tells what happened to an instance, as far as it is durable, a page at a time.
    History {
        /// The instance's id.
        id: String,
        /// The number of the first entry.
        from: u64,
    },
    /// Asks an entity to do something. Not to be repeated without a key: each is done.
    Operate {
        /// The entity's id.
        entity: String,
        /// The entity's stored name.
        name: Cow<'static, str>,
        /// The operation.
        method: Cow<'static, str>,
        /// Its arguments.
        args: Stored,
        /// Not before.
        due: Option<Timestamp>,
        /// Whether the answer is the operation's result; else it says that the request is durable.
        waits: bool,
        /// The idempotency key: with it the request may be repeated, and is done once.
        key: Option<String>,
    },
    /// Reads the state of an entity, or the fields of a machine.
    State {
        /// The entity's id.
        entity: String,
    },
    /// Raises an event. Without a key it is done as often as it is given: whoever repeats it has to
    /// know that it was not done.
    Raise {
        /// The instance's id.
        id: String,
        /// The event's name.
        name: String,
        /// Its value.
        value: Stored,
        /// Whether it may wait for an instance that nobody has started yet (rule 25).
        early: bool,
        /// Whether the answer is that of the machine it is for; else it says that it is durable.
        waits: bool,
        /// The idempotency key: with it the request may be repeated, and is done once.
        key: Option<String>,
    },
    /// Lists instances.
    List(Filter),
    /// Lists the entities of one name.
    Entities(EntityQuery),
    /// Counts instances. The filter's limit has no meaning.
    Count(Filter),
}

impl Command {
    /// The instance it is about, if it is about one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Command::Start { id, .. }
            | Command::Describe { id }
            | Command::Inspect { id }
            | Command::Result { id }
            | Command::Cancel { id }
            | Command::Retry { id }
            | Command::Terminate { id, .. }
            | Command::Suspend { id, .. }
            | Command::Resume { id }
            | Command::Purge { id, .. }
            | Command::Restart { id, .. }
            | Command::Rewind { id, .. }
            | Command::History { id, .. }
            | Command::Raise { id, .. }
            | Command::Origin { id } => Some(id),
            Command::Operate { entity, .. } | Command::State { entity } => Some(entity),
            Command::List(_) | Command::Count(_) | Command::Entities(_) => None,
        }
    }

    /// Gives a request its idempotency key.
    pub(crate) fn set_key(&mut self, idempotency_key: String) {
        if let Command::Operate { key, .. } | Command::Raise { key, .. } = self {
            *key = Some(idempotency_key);
        }
    }

    /// By what its shard is found: the home of its idempotency key, or of the instance.
    #[must_use]
    pub fn home(&self) -> Option<&str> {
        match self {
            Command::Operate { key: Some(key), .. } | Command::Raise { key: Some(key), .. } => {
                Some(key)
            }
            _ => self.id(),
        }
    }

    /// Whether it may be more for the engine to do, which is refused while that has too much to do.
    #[must_use]
    pub fn makes_work(&self) -> bool {
        matches!(
            self,
            Command::Start { .. }
                | Command::Restart { .. }
                | Command::Rewind { .. }
                | Command::Operate { .. }
                | Command::Raise { .. }
        )
    }

    /// Whether it is refused while the disk is nearly full, for it leaves rows behind. An operation
    /// without a key may as well make its entity smaller.
    #[must_use]
    pub fn takes_space(&self) -> bool {
        self.makes_work() && !matches!(self, Command::Operate { key: None, .. })
    }

    /// Whether asking it again is asking it once.
    #[must_use]
    pub fn may_be_repeated(&self) -> bool {
        !matches!(
            self,
            Command::Operate {
                waits: true,
                key: None,
                ..
            } | Command::Raise {
                waits: true,
                key: None,
                ..
            }
        )
    }
}

/// What a client is told. Whatever it says is durable.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// To `Start`: there is an instance of this id and orchestration.
    Started {
        /// Its number.
        number: Number,
        /// Whether this command made it.
        fresh: bool,
    },
    /// To `Start`: the id belongs to an instance of another orchestration.
    AnotherOrchestration {
        /// That orchestration's name.
        name: String,
    },
    /// To `Start`: the command breaks a limit, or names an orchestration this program has not.
    Invalid {
        /// What is wrong with it.
        why: String,
    },
    /// To `Describe` and `Inspect`.
    Description(Box<Description>),
    /// To `Result`: how the instance ended.
    Ended(Ending),
    /// To `Result`: the instance is parked, for this reason.
    Parked(Refusal),
    /// To what changes an instance: it was done, or there was nothing to do.
    Done,
    /// To what changes an instance: not while it is in this place of its life.
    WrongStatus {
        /// That place.
        status: Status,
    },
    /// To `Rewind`: it failed by itself, not because a call of it had failed.
    NoRewindPoint,
    /// To `Origin`.
    Origin(Box<Origin>),
    /// To `History`: some entries, and the number of the next one if there are more.
    History(Vec<HistoryEntry>, Option<u64>),
    /// To `Operate`: the store failed meanwhile; it was done, or not.
    InDoubt,
    /// To what has an idempotency key: that was used for another request.
    AnotherRequest {
        /// The key.
        key: String,
        /// The instance the other request was for.
        id: String,
        /// The operation it called, or the event it raised.
        what: String,
    },
    /// To `Operate`: what came of it.
    Operated(Completion),
    /// To `State`: the state, unless the entity has never been used.
    State(Option<Stored>),
    /// To `Raise`: the instance has too many events that it did not take.
    MailboxFull {
        /// How many.
        events: usize,
    },
    /// To `List`: one page, and where the next one begins if there may be more.
    Listed(Vec<Description>, Option<Cursor>),
    /// To `Entities`: one page, and where the next one begins if there may be more.
    Entities(Vec<EntityFound>, Option<EntityCursor>),
    /// To `Count`: how many of some rows, and where to go on if there are more.
    Counted(BTreeMap<Status, u64>, Option<Cursor>),
    /// There is no instance of this id.
    NotFound,
    /// The engine takes no new work at the moment; nothing was done.
    Busy {
        /// What is short.
        why: String,
    },
}

/// How an instance ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ending {
    /// It returned this value.
    Completed(Stored),
    /// It returned this `Err`.
    Error(Stored),
    /// It met a failure that its output type cannot say.
    Failed(Failure),
    /// It was cancelled.
    Cancelled,
    /// It was terminated.
    Terminated {
        /// Why.
        reason: String,
    },
}

impl Ending {
    /// What a returned value is: an `Err` is a failure.
    pub(crate) fn of(value: Stored) -> Self {
        match value.is_err() {
            true => Ending::Error(value),
            false => Ending::Completed(value),
        }
    }

    /// The place in its life that this is.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Ending::Completed(_) => Status::Completed,
            Ending::Error(_) | Ending::Failed(_) => Status::Failed,
            Ending::Cancelled => Status::Cancelled,
            Ending::Terminated { .. } => Status::Terminated,
        }
    }
}

/// What an instance was started with.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// Its number.
    pub number: Number,
    /// Where it is in its life.
    pub status: Status,
    /// Its orchestration's stored name.
    pub orchestration: String,
    /// Its arguments.
    pub args: Stored,
    /// Its tags.
    pub tags: Tags,
}

/// Names and values by which lists find instances.
pub type Tags = BTreeMap<String, String>;

/// An instance as clients see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: Number,
    /// Its orchestration's stored name.
    pub orchestration: String,
    /// The [version](crate::EngineBuilder::version) of the engine that started it, if that had one.
    pub version: Option<String>,
    /// Where it is in its life.
    pub status: Status,
    /// What it said of itself by `Context::set_status`.
    pub custom_status: Option<String>,
    /// Why it is parked, if it is; or why the state of an entity cannot be read.
    pub parked: Option<Refusal>,
    /// What it was started with, which prints as text; none of an entity. Not read in a list.
    pub arguments: Option<Stored>,
    /// What it returned, also if that is an `Err`. Not read in a list.
    pub result: Option<Stored>,
    /// The failure it ended with, if its output type cannot say that. Not read in a list.
    pub failure: Option<Failure>,
    /// The state of an entity, as of the last operation that ended. Not read in a list.
    pub state: Option<Stored>,
    /// Why it is suspended or was terminated, if it is or was.
    pub reason: Option<String>,
    /// The tags it was started with.
    pub tags: Tags,
    /// When it was started.
    pub created: Timestamp,
    /// When it last ran or changed.
    pub updated: Timestamp,
    /// The ids of the entities that it has locked, in a critical section. Not read in a list.
    pub holds: Vec<String>,
    /// The instance that has this entity locked. Not read in a list.
    pub locked_by: Option<Number>,
    /// How many of its calls are under way. Not counted in a list: 0 there.
    pub calls_pending: usize,
    /// How many events have arrived that it did not take. Not counted in a list: 0 there.
    pub events_waiting: usize,
    /// How often it began again, by [`continue_as_new`](crate::continue_as_new).
    pub continued: u64,
    /// How often it was rewound after it had failed.
    pub rewound: u64,
    /// Who waits for it, if another instance called it.
    pub parent: Option<Parent>,
    /// The resume point it waits at, if it has one. Not read in a list.
    pub point: Option<String>,
}

/// Where an instance is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    /// It runs or waits.
    Running,
    /// It returned.
    Completed,
    /// It returned an `Err`, or met a failure that its type cannot say.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// It is set aside with a reason until it is retried.
    Parked,
    /// It was ended from outside, with a reason.
    Terminated,
    /// It gets no turns until it is resumed; what arrives for it is kept.
    Suspended,
}

impl Status {
    /// Whether nothing happens to the instance any more.
    #[must_use]
    pub fn has_ended(self) -> bool {
        match self {
            Status::Completed | Status::Failed | Status::Cancelled | Status::Terminated => true,
            Status::Running | Status::Parked | Status::Suspended => false,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Status::Running => "running",
            Status::Completed => "completed",
            Status::Failed => "failed",
            Status::Cancelled => "cancelled",
            Status::Parked => "parked",
            Status::Terminated => "terminated",
            Status::Suspended => "suspended",
        })
    }
}

/// Which instances to list, in order of their numbers. The default lists all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those in one of these places of their life; none stands for all.
    pub statuses: Vec<Status>,
    /// Only those of one of these orchestrations; none stands for all.
    pub orchestrations: Vec<String>,
    /// Only those of one of these [versions](crate::EngineBuilder::version); none stands for all,
    /// and an empty text for instances that have none.
    pub versions: Vec<String>,
    /// Only those whose id begins with this.
    pub id_prefix: Option<String>,
    /// Only those with all of these tags.
    pub tags: Tags,
    /// Only those started at this time or later.
    pub created_from: Option<Timestamp>,
    /// Only those started before this time.
    pub created_before: Option<Timestamp>,
    /// Only those that ran or changed last at this time or later.
    pub updated_from: Option<Timestamp>,
    /// Only those that ran or changed last before this time.
    pub updated_before: Option<Timestamp>,
    /// The page's length; 0 stands for the engine's own. A page may be shorter although more follow.
    pub limit: usize,
    /// Where to go on.
    pub after: Option<Cursor>,
}

/// Where a list goes on: after the instance of this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub Number);
