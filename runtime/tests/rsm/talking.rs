//! Questions and answers, and what machines and orchestrations do for each other.

use undying::Error;
use undying::prelude::*;

use crate::support::{World, events};

/// Declares questions whose answer is a number.
macro_rules! questions {
    ($($question:ident)*) => {
        $(
            #[derive(Debug, Clone, Serialize, Deserialize)]
            pub struct $question;
            impl Question for $question {
                type Answer = u64;
            }
        )*
    };
}

questions! { Now_ Patient Mute Deaf Fatal Relayed Early }
events! { Open Hidden StartJob Pay Wake }

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Put(u64);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnswerAll(u64);

#[orchestration]
async fn job(coins: u64, desk: RsmRef<Desk>) {
    desk.send(Put(coins)).await;
}

#[orchestration]
async fn sleeper() -> u64 {
    event::<u64>("wake").await
}

#[entity]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Till {
    coins: u64,
}

#[entity]
impl Till {
    pub fn put(&mut self, coins: u64) {
        self.coins += coins;
    }
}

/// Is asked.
#[rsm]
pub struct Desk {
    coins: u64,
    patient: Vec<Reply<u64>>,
}

#[rsm]
impl Desk {
    chart! {
        pub enum DeskState;
        start Closed {
            Open      => goto Opened,
            Early     => defer,
            Halt      => halt,
        }
        Opened {
            Put       => put,
            Now_      => now,
            Early     => early,
            Patient   => patient,
            AnswerAll => answer_all,
            Mute      => mute,
            Deaf      => ignore,
            Fatal     => halt,
            Relayed   => relayed,
            Hidden    => hidden,
            StartJob  => start_job,
            Pay       => pay,
            Wake      => wake,
        }
    }
    fn new(coins: u64) -> Self {
        Desk {
            coins,
            patient: vec![],
        }
    }
    fn put(&mut self, put: Put) {
        self.coins += put.0;
    }
    fn now(&mut self, asked: Asked<Now_>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.coins);
    }
    fn early(&mut self, asked: Asked<Early>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.coins);
    }
    fn patient(&mut self, asked: Asked<Patient>) {
        self.patient.push(asked.reply_to);
    }
    fn answer_all(&mut self, answer: AnswerAll, cx: &mut Cx<Self>) {
        for reply in self.patient.drain(..) {
            cx.reply(reply, answer.0);
        }
    }
    fn mute(&mut self, _asked: Mute) {}
    fn relayed(&mut self) -> Next<Self> {
        Next::raise(Hidden)
    }
    fn hidden(&mut self) {
        self.coins += 1;
    }
    fn start_job(&mut self, cx: &mut Cx<Self>) {
        let me = cx.me();
        cx.start("job", job(40, me.clone()));
        // There is one of this id.
        cx.start("job", job(400, me));
    }
    fn pay(&mut self, cx: &mut Cx<Self>) {
        self.coins -= 5;
        cx.signal(Till::at("till").put(5));
    }
    fn wake(&mut self, cx: &mut Cx<Self>) {
        cx.raise("sleeper", "wake", self.coins);
    }
}

async fn opened(world: &World) -> RsmRef<Desk> {
    let desk = Desk::at("it");
    world.create(&desk, 10).await;
    tell(world, &desk, Open).await;
    desk
}

async fn tell<E: Persist>(world: &World, desk: &RsmRef<Desk>, event: E)
where
    Desk: undying::Takes<E>,
{
    let sent = world.engine.send(desk, &event).await;
    sent.expect("it is sent");
    world.settle().await;
}

#[orchestration]
async fn asks(desk: RsmRef<Desk>, question: String) -> Result<u64, Failure> {
    match question.as_str() {
        "now" => desk.ask(Now_).await,
        "patient" => desk.ask(Patient).await,
        "mute" => desk.ask(Mute).await,
        "deaf" => desk.ask(Deaf).await,
        "fatal" => desk.ask(Fatal).await,
        "relayed" => desk.ask(Relayed).await,
        _ => desk.ask(Early).await,
    }
}

/// What an orchestration is answered, in words.
async fn asked(world: &World, desk: &RsmRef<Desk>, question: &str) -> Result<u64, String> {
    let call = asks(desk.clone(), question.to_owned());
    let handle = world.engine.start("asks", call).await.expect("it starts");
    let answer = handle.result().await.expect("it ends");
    answer.map_err(|failure| failure.to_string())
}

#[tokio::test]
async fn a_client_is_answered() {
    let world = World::new().await;
    let desk = opened(&world).await;
    tell(&world, &desk, Put(5)).await;
    assert_eq!(world.engine.ask(&desk, &Now_).await.ok(), Some(15));
}

#[tokio::test]
async fn an_orchestration_is_answered() {
    let world = World::new().await;
    let desk = opened(&world).await;
    assert_eq!(asked(&world, &desk, "now").await, Ok(10));
}

#[tokio::test]
async fn a_question_without_an_answer_is_a_failure_and_no_silence() {
    let table = [
        ("mute", "without an answer"),
        ("deaf", "without an answer"),
        ("relayed", "without an answer"),
        ("fatal", "answer"),
    ];
    for (question, said) in table {
        let world = World::new().await;
        let desk = opened(&world).await;
        let why = asked(&world, &desk, question).await.expect_err(question);
        assert!(why.contains(said), "{question}: {why}");
    }
}

#[tokio::test]
async fn a_client_hears_of_a_question_without_an_answer() {
    let world = World::new().await;
    let desk = opened(&world).await;
    let asked = world.engine.ask(&desk, &Mute).await;
    assert!(matches!(asked, Err(Error::Failed { .. })), "{asked:?}");
    let asked = world.engine.ask(&desk, &Deaf).await;
    assert!(matches!(asked, Err(Error::Failed { .. })), "{asked:?}");
    let asked = world.engine.ask(&desk, &Fatal).await;
    assert!(matches!(asked, Err(Error::Failed { .. })), "{asked:?}");
    let asked = world.engine.ask(&desk, &Now_).await;
    assert!(matches!(asked, Err(Error::NotFound { .. })), "{asked:?}");
}

#[tokio::test]
async fn a_question_that_is_deferred_is_answered_when_it_is_handled() {
    let world = World::new().await;
    let desk = Desk::at("it");
    world.create(&desk, 10).await;
    let asked = world.engine.ask(&desk, &Early);
    let (asked, ()) = tokio::join!(asked.into_future(), tell(&world, &desk, Open));
    assert_eq!(asked.ok(), Some(10));
}

#[tokio::test]
async fn a_question_that_waits_when_its_machine_halts_is_a_failure() {
    let world = World::new().await;
    let desk = Desk::at("it");
    world.create(&desk, 10).await;
    let call = asks(desk.clone(), "early".to_owned());
    let handle = world.engine.start("asks", call).await.expect("it starts");
    world.settle().await;
    tell(&world, &desk, Halt).await;
    let answer = handle.result().await.expect("it ends");
    let why = answer.expect_err("it has halted").to_string();
    assert!(why.contains("does not answer"), "{why}");
}

#[tokio::test]
async fn a_question_to_a_machine_that_has_halted_is_a_failure() {
    let world = World::new().await;
    let desk = opened(&world).await;
    tell(&world, &desk, Halt).await;
    let call = asks(desk.clone(), "now".to_owned());
    let handle = world.engine.start("asks", call).await.expect("it starts");
    let answer = world
        .clock
        .run_until(handle.result())
        .await
        .expect("it ends");
    assert!(answer.is_err(), "{answer:?}");
}

#[tokio::test]
async fn an_answer_can_be_given_in_a_later_event_of_a_later_life() {
    for world in World::each().await {
        let desk = opened(&world).await;
        for n in 0..2 {
            let call = asks(desk.clone(), "patient".to_owned());
            let id = format!("asks {n}");
            world.engine.start(id, call).await.expect("it starts");
        }
        world.settle().await;
        assert_eq!(world.fields(&desk).await.patient.len(), 2);
        let world = world.killed().await;
        tell(&world, &desk, AnswerAll(7)).await;
        for n in 0..2 {
            let handle = world.engine.get::<AsksCall>(&format!("asks {n}")).await;
            let answer = handle.expect("it is there").result().await;
            assert_eq!(answer.expect("it ends").ok(), Some(7));
        }
    }
}

#[tokio::test]
async fn a_machine_starts_an_orchestration_once_and_hears_from_it() {
    let world = World::new().await;
    let desk = opened(&world).await;
    tell(&world, &desk, StartJob).await;
    assert_eq!(world.fields(&desk).await.coins, 50);
}

#[tokio::test]
async fn a_machine_signals_an_entity() {
    let world = World::new().await;
    let desk = opened(&world).await;
    tell(&world, &desk, Pay).await;
    let till = world
        .engine
        .state::<Till>("till")
        .await
        .expect("it is read");
    assert_eq!(till.map(|till| till.coins), Some(5));
    assert_eq!(world.fields(&desk).await.coins, 5);
}

#[tokio::test]
async fn a_machine_raises_an_event_of_an_orchestration() {
    let world = World::new().await;
    let desk = opened(&world).await;
    let sleeper = world.engine.start("sleeper", sleeper()).await;
    tell(&world, &desk, Wake).await;
    let woken = sleeper.expect("it starts").result().await;
    assert_eq!(woken.expect("it ends"), 10);
}

/// Creates two machines, one of them under a name, and has them work.
#[orchestration]
async fn drives() -> Result<(u64, u64), Failure> {
    let own = undying::durable::rsm::create::<Desk>(1).await;
    let named = undying::durable::rsm::create::<Desk>(100)
        .at(Desk::at("named"))
        .await;
    let again = undying::durable::rsm::create::<Desk>(900)
        .at(Desk::at("named"))
        .await;
    for desk in [own.clone(), named.clone()] {
        desk.send(Open).await;
        desk.send(Put(1)).await;
    }
    again.send(Put(1)).await;
    let sums = join((own.ask(Now_), named.ask(Now_))).await;
    own.send(Halt).await;
    Ok((sums.0?, sums.1?))
}

#[tokio::test]
async fn an_orchestration_creates_and_drives_machines() {
    let world = World::new().await;
    let handle = world.engine.start("drives", drives()).await;
    let driven = handle.expect("it starts").result().await;
    assert_eq!(driven.expect("it ends").ok(), Some((2, 102)));
}
