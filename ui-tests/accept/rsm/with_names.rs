//! Accepted: a stored name of its own, documented states, derives on both enums, events from elsewhere.
//! Why: the chart's enums are the user's; what is stored is named by `name`, and by the last name of an event.

use undying::prelude::*;

pub mod events {
    use undying::prelude::*;

    #[derive(Debug, Serialize, Deserialize)]
    pub struct Press;
}

#[rsm(name = "the lamp")]
#[derive(Debug, Serialize, Deserialize)]
pub struct NamedLamp { me: RsmRef<NamedLamp>, log: Vec<String> }

#[rsm]
impl NamedLamp {
    chart! {
        /// Where a lamp is.
        #[derive(PartialOrd, Ord)]
        pub enum NamedState;
        #[derive(Debug)]
        pub enum NamedEvent;
        /// It was not pressed.
        start Off { _ => log, events::Press => goto On }
        /// It was.
        On { events::Press => log }
    }
    fn new(cx: &mut Cx<Self>) -> Self { NamedLamp { me: cx.me(), log: Vec::new() } }
    fn log(&mut self, event: NamedEvent) { self.log.push(format!("{event:?}")); }
}

pub fn main() {
    let chart = NamedLamp::chart();
    assert_eq!((chart.machine, chart.events), ("the lamp", &["Press", "Halt"][..]));
    assert!(NamedState::Off < NamedState::On);
}
