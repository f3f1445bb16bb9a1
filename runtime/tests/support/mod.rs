//! Orchestrations written by hand, a program of them, and a runner that answers at once.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod bank;
pub mod bodies;
pub mod children;
pub mod entities;
pub mod events;
pub mod failing;
pub mod locks;
pub mod machines;
pub mod replayed;
pub mod sagas;
pub mod versioned;

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use undying::core::{Outcome, Program, StartAttempt, Versioning};
use undying::durable::{Entry, Named};
use undying::schema::Stored;

use bank::TransferCall;
use bodies::{Chain, Family, Fan, Gate, Impatient, Killer, Nap, Relay, Step, Tasks};
use children::{BulkCall, ChoosesCall, ElderCall, FansCall, FounderCall, GathersCall, LeafCall};
use entities::{Pay, Purse, Tell};
use failing::{BuysAllCall, BuysCall, DelegatesCall, PayCall, RefusesCall, TrustsCall};
use locks::{BriefCall, ExclusiveCall, GlancesCall, HastyCall, SignalsFirstCall};
use machines::{Desk, Hub, MournsCall, Node, RingsCall, WorksCall};

use replayed::{
    ReplayedChainCall, ReplayedChatterCall, ReplayedHastyCall, ReplayedInboxCall, ReplayedMixCall,
    ReplayedPatientCall, ReplayedPayCall, ReplayedRoundsCall, ReplayedTellCall,
};
use sagas::{AppendsCall, RegretsCall};

use events::{
    CauseCall, ChangelingCall, ChatterCall, ChoosyCall, ConsequenceCall, CrierCall, HeraldCall,
    InboxCall, PairsCall, PatientCall, RoundsCall,
};
use versioned::{DatedCall, GatheredCall, ReplayedDatedCall, StampedCall};

/// The functions of the tests.
#[derive(Debug)]
pub struct Tests(Vec<Arc<Entry>>, Versioning);

impl Tests {
    pub fn new() -> Arc<Self> {
        Tests::of(Versioning::default())
    }

    /// The same in a version.
    pub fn of(versioning: Versioning) -> Arc<Self> {
        let entries = [
            Entry::activity::<Step>(file!(), line!()),
            Entry::orchestration::<Chain>(file!(), line!()),
            Entry::orchestration::<Fan>(file!(), line!()),
            Entry::orchestration::<Nap>(file!(), line!()),
            Entry::orchestration::<Family>(file!(), line!()),
            Entry::orchestration::<Impatient>(file!(), line!()),
            Entry::orchestration::<Killer>(file!(), line!()),
            Entry::orchestration::<Gate>(file!(), line!()),
            Entry::orchestration::<Relay>(file!(), line!()),
            Entry::orchestration::<Tasks>(file!(), line!()),
            Entry::orchestration::<Pay>(file!(), line!()),
            Entry::orchestration::<Tell>(file!(), line!()),
            Entry::entity::<Purse>(file!(), line!()),
            Entry::orchestration::<InboxCall>(file!(), line!()),
            Entry::orchestration::<CauseCall>(file!(), line!()),
            Entry::orchestration::<ConsequenceCall>(file!(), line!()),
            Entry::orchestration::<PatientCall>(file!(), line!()),
            Entry::orchestration::<PairsCall>(file!(), line!()),
            Entry::orchestration::<RoundsCall>(file!(), line!()),
            Entry::orchestration::<ChatterCall>(file!(), line!()),
            Entry::orchestration::<ChangelingCall>(file!(), line!()),
            Entry::orchestration::<ChoosyCall>(file!(), line!()),
            Entry::orchestration::<HeraldCall>(file!(), line!()),
            Entry::orchestration::<CrierCall>(file!(), line!()),
            Entry::orchestration::<BriefCall>(file!(), line!()),
            Entry::orchestration::<ExclusiveCall>(file!(), line!()),
            Entry::orchestration::<GlancesCall>(file!(), line!()),
            Entry::orchestration::<HastyCall>(file!(), line!()),
            Entry::orchestration::<SignalsFirstCall>(file!(), line!()),
            Entry::orchestration::<LeafCall>(file!(), line!()),
            Entry::orchestration::<BulkCall>(file!(), line!()),
            Entry::orchestration::<FansCall>(file!(), line!()),
            Entry::orchestration::<GathersCall>(file!(), line!()),
            Entry::orchestration::<ElderCall>(file!(), line!()),
            Entry::orchestration::<FounderCall>(file!(), line!()),
            Entry::orchestration::<ChoosesCall>(file!(), line!()),
            Entry::activity::<PayCall>(file!(), line!()),
            Entry::orchestration::<BuysCall>(file!(), line!()),
            Entry::orchestration::<BuysAllCall>(file!(), line!()),
            Entry::orchestration::<DelegatesCall>(file!(), line!()),
            Entry::orchestration::<RefusesCall>(file!(), line!()),
            Entry::orchestration::<TrustsCall>(file!(), line!()),
            Entry::orchestration::<RegretsCall>(file!(), line!()),
            Entry::orchestration::<AppendsCall>(file!(), line!()),
            Entry::orchestration::<ReplayedChainCall>(file!(), line!()),
            Entry::orchestration::<ReplayedMixCall>(file!(), line!()),
            Entry::orchestration::<ReplayedPayCall>(file!(), line!()),
            Entry::orchestration::<ReplayedTellCall>(file!(), line!()),
            Entry::orchestration::<ReplayedInboxCall>(file!(), line!()),
            Entry::orchestration::<ReplayedPatientCall>(file!(), line!()),
            Entry::orchestration::<ReplayedRoundsCall>(file!(), line!()),
            Entry::orchestration::<ReplayedChatterCall>(file!(), line!()),
            Entry::orchestration::<ReplayedHastyCall>(file!(), line!()),
            Entry::orchestration::<DatedCall>(file!(), line!()),
            Entry::orchestration::<ReplayedDatedCall>(file!(), line!()),
            Entry::orchestration::<GatheredCall>(file!(), line!()),
            Entry::orchestration::<StampedCall>(file!(), line!()),
            Entry::orchestration::<TransferCall>(file!(), line!()),
            Entry::rsm::<Hub>(file!(), line!()),
            Entry::rsm::<Node>(file!(), line!()),
            Entry::rsm::<Desk>(file!(), line!()),
            Entry::orchestration::<RingsCall>(file!(), line!()),
            Entry::orchestration::<WorksCall>(file!(), line!()),
            Entry::orchestration::<MournsCall>(file!(), line!()),
        ];
        let entries = entries.into_iter().map(Arc::new);
        Arc::new(Tests(entries.collect(), versioning))
    }

    fn named(&self, name: &str) -> Option<Arc<Entry>> {
        self.0.iter().find(|entry| entry.name == name).cloned()
    }
}

impl Program for Tests {
    fn orchestration(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn activity(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn retention(&self, orchestration: &str) -> Option<Duration> {
        (orchestration == "relay").then(|| bodies::RETENTION.get())?
    }
    fn versioning(&self) -> &Versioning {
        &self.1
    }
    fn entity(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn by_call(&self, call: TypeId) -> Option<Arc<Entry>> {
        self.0.iter().find(|entry| (entry.call)() == call).cloned()
    }
}

/// What an attempt of [`Step`] comes to.
pub fn attempt(start: &StartAttempt) -> Outcome {
    Outcome::Done(step_of(start))
}

/// The result of a [`Step`].
pub fn step_of(start: &StartAttempt) -> Stored {
    let n = start.args.read::<Named<Step>>().unwrap().0.0.0;
    Stored::write(&(n + 1)).unwrap()
}
