//! `Command` and `Answer`: what clients ask of the kernel, and what they are told.

use serde::{Deserialize, Serialize};

use super::{Number, Parent};
use crate::durable::{Failure, Refusal, Timestamp};
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
    },
    /// Describes an instance.
    Describe {
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
    /// Lists instances.
    List(Filter),
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
    /// To `Describe`.
    Description(Box<Description>),
    /// To `Result`: how the instance ended.
    Ended(Ending),
    /// To `Result`: the instance is parked, for this reason.
    Parked(Refusal),
    /// To `Cancel` and `Retry`: it was done, or there was nothing to do.
    Done,
    /// To `List`: one page, and where the next one begins if there may be more.
    Listed(Vec<Description>, Option<Cursor>),
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
    /// It returned this value; an `Err` is a value too.
    Completed(Stored),
    /// It met a failure that its output type cannot say.
    Failed(Failure),
    /// It was cancelled.
    Cancelled,
}

/// An instance as clients see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: Number,
    /// Its orchestration's stored name.
    pub orchestration: String,
    /// Where it is in its life.
    pub status: Status,
    /// What it said of itself by `Context::set_status`.
    pub custom_status: Option<String>,
    /// Why it is parked, if it is.
    pub parked: Option<Refusal>,
    /// When it was started.
    pub created: Timestamp,
    /// When it last ran or changed.
    pub updated: Timestamp,
    /// How many of its calls are under way. Not counted in a list: 0 there.
    pub operations_pending: usize,
    /// Who waits for it, if another instance called it.
    pub parent: Option<Parent>,
    /// The resume point it waits at, if it has one. Not read in a list.
    pub point: Option<String>,
}

/// Where an instance is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// It runs or waits.
    Running,
    /// It returned.
    Completed,
    /// It met a failure it could not say.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// It is set aside with a reason until it is retried.
    Parked,
}

/// Which instances to list, in order of their numbers. The default lists all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those in this place of their life.
    pub status: Option<Status>,
    /// Only those of this orchestration.
    pub orchestration: Option<String>,
    /// Only those whose id begins with this.
    pub id_prefix: Option<String>,
    /// The page's length; 0 stands for the engine's own. A page may be shorter although more follow.
    pub limit: usize,
    /// Where to go on.
    pub after: Option<Cursor>,
}

/// Where a list goes on: after the instance of this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub Number);
