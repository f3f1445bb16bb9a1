//! What is stored of a machine, and what is made anew: its states, what it has deferred, the handler
//! under way; not its volatile fields (1.2 rows 2, 3, 11 and 12).

use std::sync::Mutex;

use undying::prelude::*;

use crate::support::{World, events, note, noted, signs};

events! { Up Work Plain Open Hit }

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Count(u64);

/// The activity of this test waits until it is let go, in any life.
static CLOSED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn close(name: &str, closed: bool) {
    let mut all = CLOSED.lock().expect("no panic");
    all.retain(|other| other != name);
    if closed {
        all.push(name.to_owned());
    }
}

#[activity]
async fn wait_for_door(name: String) -> u64 {
    note(&format!("{name} works"), "began".to_owned());
    while CLOSED.lock().expect("no panic").contains(&name) {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    5
}

#[rsm]
pub struct Keeper {
    name: String,
    log: Vec<String>,
    #[volatile]
    warmed: u64,
}

#[rsm]
impl Keeper {
    chart! {
        pub enum KeeperState;
        start Low {
            entry => enter,
            exit  => leave,
            Up    => push High,
            Plain => plain,
            Count => defer,
            Work  => work,
            Hit   => hit,
        }
        High {
            entry => enter,
            exit  => leave,
            Up    => push High,
            Open  => goto Wide,
        }
        Wide {
            entry => enter,
            Count => count,
        }
    }
    fn new(name: String) -> Self {
        Keeper {
            name,
            log: vec![],
            warmed: 77,
        }
    }
    #[activate]
    fn warm(&mut self) {
        note(&format!("{} warms", self.name), format!("{}", self.warmed));
        self.warmed = 1 + self.log.len() as u64;
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
    fn count(&mut self, count: Count) {
        self.log.push(count.0.to_string());
    }
    fn hit(&mut self) {
        self.warmed += 1;
        self.log.push(format!("warmed {}", self.warmed));
    }
    async fn work(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.tell("work", cx);
        let seen = wait_for_door(self.name.clone()).await;
        self.log.push(format!("saw {seen}"));
        self.tell("worked", cx);
        Next::push(KeeperState::High)
    }
}

signs! { send to Keeper: Up Work Plain Open Hit }

async fn keeper(world: &World, name: &str) -> RsmRef<Keeper> {
    let keeper = Keeper::at(name);
    world.create(&keeper, name.to_owned()).await;
    keeper
}

#[tokio::test]
async fn the_stack_of_states_survives_and_no_entry_action_is_run_again() {
    for world in World::each().await {
        let keeper = keeper(&world, "stack").await;
        send(&world, &keeper, "Up").await;
        let world = world.killed().await;
        assert_eq!(world.stack(&keeper).await, "Low > High");
        send(&world, &keeper, "Plain").await;
        let world = world.killed().await;
        send(&world, &keeper, "Open").await;
        let log = [
            "enter Low",
            "enter High",
            "plain High",
            "exit High",
            "enter Wide",
        ];
        assert_eq!(world.fields(&keeper).await.log, log);
        assert_eq!(world.stack(&keeper).await, "Low > Wide");
    }
}

#[tokio::test]
async fn what_is_deferred_stays_in_order_across_lives() {
    for mut world in World::each().await {
        let keeper = keeper(&world, "deferred").await;
        send(&world, &keeper, "Up").await;
        for n in 0..6 {
            world
                .engine
                .send(&keeper, &Count(n))
                .await
                .expect("it is sent");
            world.settle().await;
            if n % 2 == 0 {
                world = world.killed().await;
            } else {
                send(&world, &keeper, "Plain").await;
            }
        }
        send(&world, &keeper, "Open").await;
        let log = world.fields(&keeper).await.log;
        assert_eq!(log[log.len() - 6..], ["0", "1", "2", "3", "4", "5"]);
    }
}

#[tokio::test]
async fn a_handler_that_waits_goes_on_in_another_life_and_what_came_meanwhile_comes_after_it() {
    for (n, world) in World::each().await.into_iter().enumerate() {
        let name = format!("waits {n}");
        let works = format!("{name} works");
        close(&name, true);
        let keeper = keeper(&world, &name).await;
        let work = world.engine.send(&keeper, &Work).await;
        work.expect("it is sent");
        let plain = world.engine.send(&keeper, &Plain).await;
        plain.expect("it is sent");
        while noted(&works).is_empty() {
            tokio::task::yield_now().await;
        }
        let fields = world.engine.fields(&keeper).await.expect("they are read");
        let log = fields.expect("it is there").log;
        assert_eq!(log, ["enter Low", "work Low"], "{name}");

        let world = world.killed().await;
        while noted(&works).len() < 2 {
            tokio::task::yield_now().await;
        }
        close(&name, false);
        let log = [
            "enter Low",
            "work Low",
            "saw 5",
            "worked Low",
            "enter High",
            "plain High",
        ];
        assert_eq!(world.fields(&keeper).await.log, log);
        assert_eq!(world.stack(&keeper).await, "Low > High");
    }
}

#[tokio::test]
async fn volatile_fields_are_made_anew_in_each_life_and_never_stored() {
    for world in World::each().await {
        let keeper = keeper(&world, "volatile").await;
        send(&world, &keeper, "Hit").await;
        send(&world, &keeper, "Hit").await;
        let world = world.killed().await;
        send(&world, &keeper, "Hit").await;
        let fields = world.fields(&keeper).await;
        let log = ["enter Low", "warmed 2", "warmed 3", "warmed 5"];
        assert_eq!(fields.log, log);
        assert_eq!(fields.warmed, 0, "what is read has the type's default");
    }
}
