//! What is taken next: raised events, then the mailbox in its order, then the default; and halting
//! (1.2 rows 7 and 8, 1.3 rules 5, 7 and 10).

use undying::Error;
use undying::prelude::*;

use crate::support::{World, events, rewritten, signs};

/// A line for the log of whoever takes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line(pub String);

/// Writes down what it is sent.
#[rsm]
pub struct Log {
    lines: Vec<String>,
}

#[rsm]
impl Log {
    chart! {
        pub enum LogState;
        start Open {
            Line => line,
        }
    }
    fn new() -> Self {
        Log { lines: vec![] }
    }
    fn line(&mut self, line: Line) {
        self.lines.push(line.0);
    }
}

/// The lines of the log.
pub(crate) async fn lines(world: &World) -> Vec<String> {
    world.fields(&Log::at("log")).await.lines
}

events! { A B C Both Open Spin Later Leave Rise End Last }

/// Takes nothing before it is opened.
#[rsm]
pub struct Gate {
    log: Vec<String>,
    turns: u64,
}

#[rsm]
impl Gate {
    chart! {
        pub enum GateState;
        start Shut {
            Open => goto Wide,
            Spin => goto Spinning,
            _    => defer,
        }
        Wide {
            A    => a,
            B    => b,
            Both => both,
            End  => halt,
        }
        Spinning {
            A       => a,
            B       => b,
            Later   => defer,
            default => turn,
        }
        Still {
            Later => later,
        }
    }
    fn new() -> Self {
        Gate {
            log: vec![],
            turns: 0,
        }
    }
    fn a(&mut self) {
        self.log.push("a".to_owned());
    }
    fn b(&mut self) {
        self.log.push("b".to_owned());
    }
    fn both(&mut self) -> Next<Self> {
        self.log.push("both".to_owned());
        Next::raise(A)
    }
    fn later(&mut self) {
        self.log.push("later".to_owned());
    }
    fn turn(&mut self) -> Next<Self> {
        self.turns += 1;
        self.log.push(format!("turn {}", self.turns));
        match self.turns {
            3 => Next::goto(GateState::Still),
            _ => Next::stay(),
        }
    }
}

signs! { send to Gate: A B Both Open Spin Later End }

async fn gate(world: &World, events: &str) -> RsmRef<Gate> {
    let gate = Gate::at("it");
    world.create(&gate, ()).await;
    for event in events.split(' ') {
        send(world, &gate, event).await;
    }
    gate
}

#[tokio::test]
async fn events_are_handled_in_the_order_in_which_they_came() {
    let world = World::new().await;
    let gate = gate(&world, "A B B A B Open").await;
    assert_eq!(world.fields(&gate).await.log, ["a", "b", "b", "a", "b"]);
}

#[tokio::test]
async fn what_is_raised_comes_before_what_waits_in_the_mailbox() {
    let world = World::new().await;
    let gate = gate(&world, "Both B Both Open").await;
    let log = ["both", "a", "b", "both", "a"];
    assert_eq!(world.fields(&gate).await.log, log);
}

#[tokio::test]
async fn the_default_is_run_again_and_again_while_nothing_can_be_taken() {
    let world = World::new().await;
    let gate = gate(&world, "A Later B Spin").await;
    let log = ["a", "b", "turn 1", "turn 2", "turn 3", "later"];
    assert_eq!(world.fields(&gate).await.log, log);
    assert_eq!(world.stack(&gate).await, "Still");
}

#[tokio::test]
async fn a_machine_that_has_halted_is_gone_with_what_waits_for_it() {
    for mut world in World::each().await {
        let gate = gate(&world, "A End A B Open").await;
        for _ in 0..2 {
            assert!(world.is_gone(&gate).await);
            let described = world.engine.describe(gate.id()).await;
            assert!(
                matches!(described, Err(Error::NotFound { .. })),
                "{described:?}"
            );
            let sent = world.engine.send(&gate, &A).await;
            assert!(matches!(sent, Err(Error::NotFound { .. })), "{sent:?}");
            world.engine.halted(&gate).await.expect("it has halted");
            world = world.killed().await;
        }
        // Of its name there can be another one; nothing of the first is left for it.
        world.create(&gate, ()).await;
        send(&world, &gate, "Open").await;
        assert_eq!(world.fields(&gate).await.log, Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_address_stays_itself_when_it_is_stored() {
    let gate = Gate::at("it");
    assert_eq!(rewritten(&gate), gate);
    assert!(Gate::at("a") < Gate::at("b") && Gate::at("a") != Gate::at("b"));
}

/// Says to the log which states it leaves.
#[rsm]
pub struct Leaver {}

#[rsm]
impl Leaver {
    chart! {
        pub enum LeaverState;
        start Bottom {
            exit  => left,
            Rise  => push Top,
            Leave => leave,
        }
        Top {
            exit  => left,
            Rise  => push Guarded,
            C     => c,
        }
        Guarded {
            exit  => left,
            Last  => halt,
            C     => ignore,
        }
    }
    fn new() -> Self {
        Leaver {}
    }
    fn left(&mut self, cx: &mut Cx<Self>) {
        cx.send(&Log::at("log"), Line(format!("left {:?}", cx.state())));
    }
    fn leave(&mut self) -> Next<Self> {
        Next::halt()
    }
    fn c(&mut self) {}
}

signs! { tell to Leaver: Rise Leave Last C Halt }

#[tokio::test]
async fn halting_is_no_transition_but_a_halt_that_no_state_handles_pops_them_all() {
    let table: [(&str, &[&str]); 5] = [
        ("Leave", &[]),
        ("Rise Leave", &[]),
        ("Rise Rise Last", &[]),
        ("Halt", &["left Bottom"]),
        (
            "Rise Rise Halt",
            &["left Guarded", "left Top", "left Bottom"],
        ),
    ];
    for (events, expected) in table {
        let world = World::new().await;
        world.create(&Log::at("log"), ()).await;
        let leaver = Leaver::at("it");
        world.create(&leaver, ()).await;
        for event in events.split(' ') {
            tell(&world, &leaver, event).await;
        }
        assert_eq!(lines(&world).await, expected, "{events}");
        assert!(world.is_gone(&leaver).await, "{events}");
    }
}

#[tokio::test]
async fn an_event_that_no_state_handles_parks_the_machine_and_undoes_the_pops() {
    let world = World::new().await;
    world.create(&Log::at("log"), ()).await;
    let leaver = Leaver::at("it");
    world.create(&leaver, ()).await;
    tell(&world, &leaver, "Rise").await;
    tell(&world, &leaver, "Last").await;
    let why = world.parked(&leaver).await.to_string();
    let said = ["Leaver", "`Bottom`", "`Last`", "add a row to its chart"];
    assert!(said.iter().all(|word| why.contains(word)), "{why}");
    assert_eq!(lines(&world).await, Vec::<String>::new());
    assert_eq!(world.stack(&leaver).await, "Bottom > Top");
}

#[tokio::test]
async fn clients_raise_no_events_of_machines_by_their_names() {
    let world = World::new().await;
    let leaver = Leaver::at("it");
    world.create(&leaver, ()).await;
    let raised = world.engine.raise(leaver.id(), "Rise", &Rise).await;
    assert!(matches!(raised, Err(Error::Invalid { .. })), "{raised:?}");
}
