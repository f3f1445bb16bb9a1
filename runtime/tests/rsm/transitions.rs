//! Transitions and dispatch: what each row of a chart does (1.2 rows 2 to 7, 1.3 rules 1 to 6).

use undying::prelude::*;

use crate::support::{World, events, signs};

events! { Plain Move Again Rise Noise Later Relay Jump Climb Self_ Down Drop Stop Strange Common }

/// Writes down what happens to it.
#[rsm]
pub struct Tracer {
    log: Vec<String>,
}

#[rsm]
impl Tracer {
    chart! {
        pub enum TracerState;
        start Idle {
            entry   => enter,
            exit    => leave,
            Plain   => plain,
            Move    => goto Busy,
            Again   => goto Idle,
            Rise    => push High,
            Noise   => ignore,
            Later   => defer,
            Relay   => relay,
            Jump    => jump,
            Climb   => climb,
            Self_   => again,
            Stop    => halt,
        }
        Busy {
            entry   => enter,
            exit    => leave,
            Later   => later,
            _       => any,
        }
        High {
            entry   => enter,
            exit    => leave,
            Down    => pop,
            Drop    => fall,
            Rise    => push Higher,
            Noise   => noise,
            Strange => ignore,
        }
        Higher {
            entry   => enter,
            exit    => leave,
            Down    => pop,
            Strange => strange,
            Rise    => push Highest,
        }
        Highest {
            entry   => enter,
            exit    => leave,
            Plain   => plain,
            Down    => pop,
            _       => any,
        }
        always {
            Common  => common,
        }
    }

    fn new() -> Self {
        Tracer { log: vec![] }
    }

    fn tell(&mut self, what: &str, cx: &Cx<Self>) {
        self.log.push(format!("{what} {:?}", cx.state()));
    }

    fn enter(&mut self, cx: &mut Cx<Self>) {
        self.tell("enter", cx);
    }
    fn leave(&mut self, cx: &mut Cx<Self>) {
        self.tell("exit", cx);
    }
    fn plain(&mut self, cx: &mut Cx<Self>) {
        self.tell("plain", cx);
    }
    fn later(&mut self, cx: &mut Cx<Self>) {
        self.tell("later", cx);
    }
    fn noise(&mut self, cx: &mut Cx<Self>) {
        self.tell("noise", cx);
    }
    fn strange(&mut self, cx: &mut Cx<Self>) {
        self.tell("strange", cx);
    }
    fn any(&mut self, cx: &mut Cx<Self>) {
        self.tell("any", cx);
    }
    fn common(&mut self, cx: &mut Cx<Self>) {
        self.tell("common", cx);
    }
    fn relay(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.tell("relay", cx);
        Next::raise(Plain)
    }
    async fn jump(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.tell("jump", cx);
        Next::goto(TracerState::Busy)
    }
    fn climb(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.tell("climb", cx);
        Next::push(TracerState::High)
    }
    fn again(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.tell("again", cx);
        Next::goto(TracerState::Idle)
    }
    fn fall(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.tell("fall", cx);
        Next::pop()
    }
}

signs! { send to Tracer: Plain Move Again Rise Noise Later Relay Jump Climb Self_ Down Drop Stop Strange Common }

/// Sends events to a new machine: what the last of them does is `expected`.
async fn check(events: &str, expected: &[&str], stack: &str) {
    let world = World::new().await;
    let tracer = Tracer::at("it");
    world.create(&tracer, ()).await;
    let mut before = world.fields(&tracer).await.log.len();
    assert_eq!(before, 1, "the start state is entered at creation");
    for event in events.split(' ') {
        before = world.fields(&tracer).await.log.len();
        send(&world, &tracer, event).await;
    }
    let log = world.fields(&tracer).await.log;
    assert_eq!(log[before..], *expected, "{events}");
    assert_eq!(world.stack(&tracer).await, stack, "{events}");
}

#[tokio::test]
async fn a_row_runs_its_handler_and_the_state_stays() {
    check("Plain", &["plain Idle"], "Idle").await;
}

#[tokio::test]
async fn a_goto_runs_the_exit_action_of_the_one_state_and_the_entry_action_of_the_other() {
    check("Move", &["exit Idle", "enter Busy"], "Busy").await;
    let jump = ["jump Idle", "exit Idle", "enter Busy"];
    check("Jump", &jump, "Busy").await;
}

#[tokio::test]
async fn a_goto_to_the_state_itself_runs_both() {
    check("Again", &["exit Idle", "enter Idle"], "Idle").await;
    let again = ["again Idle", "exit Idle", "enter Idle"];
    check("Self_", &again, "Idle").await;
}

#[tokio::test]
async fn a_push_runs_no_exit_action_and_a_pop_no_entry_action() {
    check("Rise", &["enter High"], "Idle > High").await;
    check("Climb", &["climb Idle", "enter High"], "Idle > High").await;
    check("Rise Down", &["exit High"], "Idle").await;
    check("Rise Drop", &["fall High", "exit High"], "Idle").await;
    let stack = "Idle > High > Higher > Highest";
    check("Rise Rise Rise", &["enter Highest"], stack).await;
}

#[tokio::test]
async fn what_is_ignored_is_dropped() {
    check("Noise", &[], "Idle").await;
    check("Noise Rise", &["enter High"], "Idle > High").await;
}

#[tokio::test]
async fn what_is_deferred_is_taken_as_soon_as_a_state_takes_it() {
    check("Later", &[], "Idle").await;
    let move_ = ["exit Idle", "enter Busy", "later Busy", "later Busy"];
    check("Later Later Move", &move_, "Busy").await;
}

#[tokio::test]
async fn a_pushed_state_inherits_handlers_defers_and_ignores() {
    check("Rise Plain", &["plain High"], "Idle > High").await;
    check("Rise Later", &[], "Idle > High").await;
    check("Rise Rise Later", &[], "Idle > High > Higher").await;
    check("Rise Rise Noise", &["noise Higher"], "Idle > High > Higher").await;
}

#[tokio::test]
async fn the_topmost_row_wins_and_may_handle_what_is_ignored_below() {
    check("Rise Noise", &["noise High"], "Idle > High").await;
    check("Rise Strange", &[], "Idle > High").await;
    check(
        "Rise Rise Strange",
        &["strange Higher"],
        "Idle > High > Higher",
    )
    .await;
}

#[tokio::test]
async fn a_row_for_the_event_beats_the_wildcard_and_the_wildcard_what_is_below() {
    let stack = "Idle > High > Higher > Highest";
    check("Rise Rise Rise Plain", &["plain Highest"], stack).await;
    check("Rise Rise Rise Noise", &["any Highest"], stack).await;
    check("Rise Rise Rise Common", &["any Highest"], stack).await;
    check("Move Plain", &["any Busy"], "Busy").await;
}

#[tokio::test]
async fn rows_of_the_whole_chart_are_for_what_no_state_says_anything_about() {
    check("Common", &["common Idle"], "Idle").await;
    check("Rise Common", &["common High"], "Idle > High").await;
}

#[tokio::test]
async fn what_a_pushed_state_does_not_handle_pops_it_until_one_does() {
    let popped = ["exit High", "exit Idle", "enter Busy"];
    check("Rise Move", &popped, "Busy").await;
    let popped = ["exit Higher", "exit High", "exit Idle", "enter Idle"];
    check("Rise Rise Again", &popped, "Idle").await;
}

#[tokio::test]
async fn what_is_raised_is_handled_at_once() {
    check("Relay", &["relay Idle", "plain Idle"], "Idle").await;
    check("Rise Relay", &["relay High", "plain High"], "Idle > High").await;
}
