//! What clients start, and what must come of it.

use undying::__private::Arg;
use undying::core::{Command, Tags};
use undying::durable::{Named, OrchestrationCall};
use undying::schema::Stored;

use crate::clients::Clients;
use crate::known::{Expected, Known};
use crate::support::bank::TransferCall;
use crate::support::bodies::{Chain, Family, Fan, Impatient, Nap, RETENTION, Relay, Tasks};
use crate::support::entities::{Pay, Tell};
use crate::support::events::{ChatterCall, HeraldCall, InboxCall, PatientCall, RoundsCall};
use crate::support::failing::{BuysCall, DelegatesCall};
use crate::support::locks::{ExclusiveCall, HastyCall, SignalsFirstCall};
use crate::support::machines::{RingsCall, TICKS, WorksCall};
use crate::support::replayed::{
    ReplayedChainCall, ReplayedChatterCall, ReplayedHastyCall, ReplayedInboxCall, ReplayedMixCall,
    ReplayedPatientCall, ReplayedPayCall, ReplayedRoundsCall, ReplayedTellCall,
};
use crate::support::sagas::{RegretsCall, regretted};
use crate::support::versioned::StampedCall;

impl Clients {
    /// A new orchestration of a random kind.
    pub(crate) fn start(&mut self, kind: u64, size: u64) -> (u64, Command) {
        let id = format!("i{}", self.known.len());
        // Purse 0 is the one that is paid from.
        let own = self.known.len() as u64 + 1;
        let (name, args, expected) = match kind % 34 {
            18 => call::<BuysCall>(size, 1, Expected::Paid(size + 1)),
            19 => call::<DelegatesCall>(size % 3, 2, Expected::Paid(size % 3 + 2)),
            0 => call::<Chain>(size, 7, Expected::Exactly(size + 7)),
            1 => call::<Fan>(
                size * 9,
                0,
                Expected::Exactly(size * 9 * (size * 9 + 1) / 2),
            ),
            2 => {
                let time = if size == 5 { 250_000 } else { size * 37 };
                call::<Nap>(time, 0, Expected::AtLeast(time))
            }
            3 => {
                let (depth, width) = (size % 3, size % 4);
                let nodes = (0..=depth).map(|level| width.pow(level as u32)).sum();
                call::<Family>(depth, width, Expected::Exactly(nodes))
            }
            4 => call::<Impatient>(size % 3, size * 20, {
                Expected::Either((1 << (size % 3 + 1)) - 1, 0)
            }),
            9 => call::<InboxCall>(size, 0, Expected::Events(size)),
            10 => call::<PatientCall>(size, 15, Expected::Events(size)),
            11 => call::<RoundsCall>(0, size, Expected::Events(size)),
            13 => call::<HeraldCall>(size * 2, size * 7, Expected::Lasting(size * 2)),
            12 => call::<ChatterCall>(size * 2, 0, Expected::Exactly(size * 2)),
            14 | 15 => call::<ExclusiveCall>(kind / 18 % 64, size % 4, Expected::Exactly(size % 4)),
            16 => {
                let (seed, rounds) = (kind / 18 % 64, size % 4);
                let entered = Expected::Between(rounds * 100, rounds * 101);
                match seed % 2 {
                    0 => call::<HastyCall>(seed, rounds, entered),
                    _ => call::<ReplayedHastyCall>(seed, rounds, entered),
                }
            }
            17 => {
                let coins = (size + 1) * 20;
                call::<SignalsFirstCall>(self.known.len() as u64, coins, Expected::Multiple(coins))
            }
            5 => call::<Relay>(size * 2, 1, Expected::Exactly(size * 2 + 1)),
            7 => {
                // Its own entity: what it told it has arrived once, and in order, when it looks.
                let coins = size * (2 * size + 1);
                call::<Tell>(own, size * 2, Expected::Multiple(coins))
            }
            21 => call::<ReplayedChainCall>(size * 2, 7, Expected::Exactly(size * 2 + 7)),
            22 => call::<ReplayedMixCall>(size, size * 7, Expected::Exactly(size * 20)),
            23 => call::<ReplayedPayCall>(1_000, size, Expected::Either(0, size)),
            24 => {
                let coins = size * (2 * size + 1);
                call::<ReplayedTellCall>(own, size * 2, Expected::Multiple(coins))
            }
            25 => call::<ReplayedInboxCall>(size, 0, Expected::Events(size)),
            26 => call::<ReplayedPatientCall>(size, 15, Expected::Events(size)),
            27 => call::<ReplayedRoundsCall>(0, size, Expected::Events(size)),
            // Its purse was told of each compensation once, the last step's first.
            28 => call::<RegretsCall>(50_000 + own, size, Expected::Lasting(regretted(size))),
            20 => call::<ReplayedChatterCall>(size * 2, 0, Expected::Exactly(size * 2)),
            29 => call::<RingsCall>(size % 4, size * 3, Expected::Exactly(size * 3)),
            30 => call::<WorksCall>(size, size / 2, Expected::Exactly(size + TICKS)),
            31 | 32 => {
                let (route, coins) = (kind / 34 % 64, size + 1);
                call::<TransferCall>(route, coins, Expected::Moved(route, coins))
            }
            33 => call::<StampedCall>(size * 2, 0, Expected::Exactly(size * 2)),
            8 => call::<Pay>(1_000, size, Expected::Either(0, size)),
            _ => call::<Tasks>(size * 3, size % 3, {
                Expected::Exactly(size * 3 * (size * 3 + 1) / 2)
            }),
        };
        let start = Command::Start {
            id: id.clone(),
            name: name.clone(),
            args,
            tags: Tags::new(),
            replaces: None,
        };
        let mut known = Known::new(start.clone(), expected, self.known.len().is_multiple_of(2));
        // These are purged a while after they ended.
        known.replaceable = name == "relay" && RETENTION.get().is_some();
        known.told = matches!(&*name, "tell" | "replayed_tell").then_some((own, size * 2));
        self.known.insert(id, known);
        self.ask(start)
    }
}

fn call<O: OrchestrationCall<Args = (Arg<u64>, Arg<u64>)>>(
    a: u64,
    b: u64,
    expected: Expected,
) -> (String, Stored, Expected) {
    let args = Named::<O>((Arg(a), Arg(b)));
    (O::NAME.to_owned(), Stored::write(&args).unwrap(), expected)
}
