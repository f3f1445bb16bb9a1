//! Monitors: what they are told is durable with what it tells; assertions and hot states (1.2 row 25,
//! 1.3 rule 12).

use undying::monitor;
use undying::prelude::*;

use crate::support::World;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Owes(u64);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pays(u64);

/// All debts are paid in the end, and nobody pays more than is owed.
#[monitor(temperature_max = 4)]
#[derive(Default)]
pub struct Debts {
    owed: u64,
}

#[monitor]
impl Debts {
    chart! {
        pub enum DebtsState;
        start cold Even {
            Owes => owes,
            Pays => pays,
        }
        hot Indebted {
            Owes => owes,
            Pays => pays,
        }
    }
    fn owes(&mut self, owes: Owes) -> Next<Self> {
        self.owed += owes.0;
        Next::goto(DebtsState::Indebted)
    }
    fn pays(&mut self, pays: Pays, cx: &mut Cx<Self>) -> Next<Self> {
        cx.assert(pays.0 <= self.owed, "somebody paid more than is owed");
        self.owed = self.owed.saturating_sub(pays.0);
        match self.owed {
            0 => Next::goto(DebtsState::Even),
            _ => Next::stay(),
        }
    }
}

/// Tells the monitor.
#[rsm]
pub struct Debtor {}

#[rsm]
impl Debtor {
    chart! {
        pub enum DebtorState;
        start Honest {
            Owes => owes,
            Pays => pays,
        }
    }
    fn new() -> Self {
        Debtor {}
    }
    fn owes(&mut self, owes: Owes, cx: &mut Cx<Self>) {
        cx.monitor::<Debts, _>(|| owes);
    }
    fn pays(&mut self, pays: Pays, cx: &mut Cx<Self>) {
        cx.monitor::<Debts, _>(|| pays);
    }
}

/// What the monitor says after these; what is positive is owed.
async fn said(world: &World, moves: &[i64]) -> String {
    let debtor = Debtor::at("it");
    world.create(&debtor, ()).await;
    for coins in moves {
        let amount = coins.unsigned_abs();
        let sent = match *coins > 0 {
            true => world.engine.send(&debtor, &Owes(amount)).await,
            false => world.engine.send(&debtor, &Pays(amount)).await,
        };
        sent.expect("it is sent");
        world.settle().await;
    }
    report(world).await
}

async fn report(world: &World) -> String {
    world.settle().await;
    let reports = world.engine.monitors().await.expect("they are read");
    let reports: Vec<_> = reports.iter().map(ToString::to_string).collect();
    reports.join("; ")
}

#[tokio::test]
async fn a_monitor_that_was_told_nothing_does_not_exist() {
    let world = World::new().await;
    assert_eq!(said(&world, &[]).await, "");
}

#[tokio::test]
async fn a_monitor_is_satisfied_in_a_cold_state_and_owes_something_in_a_hot_one() {
    for (moves, expected) in [
        (&[5, -5][..], "Debts is satisfied, in Even"),
        (&[5, -2], "Debts is hot, in Indebted"),
        (&[5, -2, 1, -4], "Debts is satisfied, in Even"),
    ] {
        let world = World::new().await;
        assert_eq!(said(&world, moves).await, expected);
    }
}

#[tokio::test]
async fn an_assertion_that_does_not_hold_is_a_violation_with_its_words() {
    let world = World::new().await;
    let said = said(&world, &[5, -7, -5]).await;
    assert!(said.contains("is violated"), "{said}");
    assert!(said.contains("somebody paid more than is owed"), "{said}");
}

#[tokio::test]
async fn a_monitor_that_is_hot_for_too_many_events_is_violated_and_one_that_cools_down_is_not() {
    let world = World::new().await;
    let cools_down = [5, -5, 1, 1, 1, -3, 2, 2, 2, -6];
    assert_eq!(
        said(&world, &cools_down).await,
        "Debts is satisfied, in Even"
    );
    let said = said(&world, &[1, 1, 1, 1, 1]).await;
    assert!(said.contains("is violated"), "{said}");
    assert!(said.contains("has not come in 5 events"), "{said}");
}

#[tokio::test]
async fn a_monitor_knows_in_later_lives_what_it_was_told() {
    for world in World::each().await {
        assert_eq!(said(&world, &[5, -2]).await, "Debts is hot, in Indebted");
        let world = world.killed().await;
        assert_eq!(report(&world).await, "Debts is hot, in Indebted");
        assert_eq!(said(&world, &[-3]).await, "Debts is satisfied, in Even");
    }
}
