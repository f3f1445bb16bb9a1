//! An entity as the macros would write it, and orchestrations that use it.

use std::task::Poll;

use serde::{Deserialize, Serialize};
use undying::__private::{
    Arg, AsyncOperation, Body, Call, Code, Entity, EntityBody, EntityContext, EntityOperation,
    EntityRef, Failure, Frame, InOrchestration, MethodEntry, Of, Operates, OrchestrationCall,
    Point, Root, SyncOperation, Turn, slot, wait,
};
use undying::core::Command;
use undying::durable::{Named, Operation};
use undying::schema::Stored;

use super::bodies::step;

/// Coins, of which there are never fewer than none.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Purse {
    pub coins: u64,
    /// What was put in, in order.
    pub log: Vec<u64>,
}

impl Entity for Purse {
    const NAME: &'static str = "purse";
    const KEEP_ON_ERROR: bool = false;
    type Key = String;
}

macro_rules! operation {
    ($(#[$doc:meta])* $Op:ident, $name:literal, $reads:literal, $output:ty, $error:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Op;
        impl Operates<$Op> for Purse {
            const CALL: &'static str = concat!("purse::", $name);
            const METHOD: &'static str = $name;
            const READ_ONLY: bool = $reads;
            const PARAMETERS: &'static [&'static str] = &["coins"];
            type Args = (Arg<u64>,);
            type Output = $output;
            fn failed(failure: Failure) -> Result<$output, Failure> {
                Err(failure)
            }
            fn is_error(output: &$output) -> bool {
                $error(output)
            }
        }
    };
}

operation!(
    /// Puts coins in; how many there are then. Panics at 13.
    Put, "put", false, u64, |_: &u64| false
);
operation!(
    /// Takes coins out, if there are enough. Takes them first, so that a failure has to be undone.
    Take, "take", false, Result<u64, u64>, Result::is_err
);
operation!(
    /// How many there are.
    Look, "look", true, u64, |_: &u64| false
);
operation!(
    /// Awaits an activity, which gives one coin more than it got, and puts them in.
    Earn, "earn", false, u64, |_: &u64| false
);

operation!(
    /// Writes the number of coins with one more digit.
    Append, "append", false, u64, |_: &u64| false
);

operation!(
    /// Deletes it; how many there were.
    Close, "close", false, u64, |_: &u64| false
);
operation!(
    /// Raises the event `a` of the instance `late` with this number, and puts it in. Fails at 13.
    Shout, "shout", false, Result<u64, u64>, Result::is_err
);

impl SyncOperation<Close> for Purse {
    fn run(&mut self, cx: &mut EntityContext, _: (Arg<u64>,)) -> u64 {
        cx.delete();
        self.coins
    }
}

impl SyncOperation<Shout> for Purse {
    fn run(&mut self, cx: &mut EntityContext, (Arg(coins),): (Arg<u64>,)) -> Result<u64, u64> {
        cx.raise("late", "a", coins);
        self.coins += coins;
        self.log.push(coins);
        if coins == 13 { Err(coins) } else { Ok(coins) }
    }
}

impl SyncOperation<Put> for Purse {
    fn run(&mut self, _: &mut EntityContext, (Arg(coins),): (Arg<u64>,)) -> u64 {
        self.coins += coins;
        self.log.push(coins);
        assert!(coins != 13, "an unlucky operation");
        self.coins
    }
}

impl SyncOperation<Append> for Purse {
    fn run(&mut self, _: &mut EntityContext, (Arg(digit),): (Arg<u64>,)) -> u64 {
        self.coins = self.coins * 10 + digit;
        self.coins
    }
}

impl SyncOperation<Take> for Purse {
    fn run(&mut self, _: &mut EntityContext, (Arg(coins),): (Arg<u64>,)) -> Result<u64, u64> {
        let before = self.coins;
        self.coins = before.saturating_sub(coins);
        if before < coins {
            return Err(before);
        }
        Ok(self.coins)
    }
}

impl SyncOperation<Look> for Purse {
    fn run(&mut self, _: &mut EntityContext, _: (Arg<u64>,)) -> u64 {
        self.coins
    }
}

impl AsyncOperation<Earn> for Purse {
    const SLOTS: &'static [&'static str] = &[];
    const POINTS: &'static [Point] = &[Point {
        name: "step",
        live: &[],
    }];
    fn step(frame: &mut Frame<Of<Self, Earn>>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (), (stepping,))) = frame.open(turn, (), (wait(),)) else {
            return Poll::Pending;
        };
        if place.point().is_none() {
            let (Arg(coins),) = place.args();
            stepping.begin(EntityOperation, step(coins), turn);
        }
        let Poll::Ready(coins) = stepping.poll(turn) else {
            return place.wait(0);
        };
        let (this, _) = turn.entity::<Purse>();
        this.coins += coins;
        this.log.push(coins);
        Poll::Ready(this.coins)
    }
}

impl EntityBody for Purse {
    const METHODS: &'static [MethodEntry] = &[
        MethodEntry::of::<Self, Put>(),
        MethodEntry::of::<Self, Take>(),
        MethodEntry::of::<Self, Look>(),
        MethodEntry::of::<Self, Earn>(),
        MethodEntry::of::<Self, Close>(),
        MethodEntry::of::<Self, Shout>(),
        MethodEntry::of::<Self, Append>(),
    ];
    const CODE: &'static [Code<Self>] = &[
        Code::sync::<Put>(),
        Code::sync::<Take>(),
        Code::sync::<Look>(),
        Code::asynchronous::<Earn>(),
        Code::sync::<Close>(),
        Code::sync::<Shout>(),
        Code::sync::<Append>(),
    ];
}

/// A call of an operation of the purse of this number.
pub fn purse<O: 'static>(number: u64, coins: u64) -> Operation<Purse, O>
where
    Purse: Operates<O, Args = (Arg<u64>,)>,
{
    EntityRef::<Purse>::new(number.to_string()).operation((Arg(coins),))
}

/// A client's request.
pub fn ask<O: 'static>(number: u64, coins: u64, waits: bool) -> Command
where
    Purse: Operates<O, Args = (Arg<u64>,)>,
{
    Command::Operate {
        entity: format!("@purse@{number}"),
        name: Purse::NAME.into(),
        method: <Purse as Operates<O>>::METHOD.into(),
        args: Stored::write(&Named::<Of<Purse, O>>((Arg(coins),))).unwrap(),
        due: None,
        waits,
        key: None,
    }
}

macro_rules! call {
    ($(#[$doc:meta])* $Call:ident, $name:literal) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Call;
        impl Call for $Call {
            const NAME: &'static str = $name;
            const PARAMETERS: &'static [&'static str] = &["a", "b"];
            type Args = (Arg<u64>, Arg<u64>);
            type Output = u64;
            fn failed(failure: Failure) -> Result<u64, Failure> {
                Err(failure)
            }
        }
        impl OrchestrationCall for $Call {
            type Machine = Root<Self>;
        }
    };
}

call!(
    /// Takes so many coins from purse 0 and puts them into purse `a`; how many were moved.
    Pay, "pay"
);
impl Body for Pay {
    const SLOTS: &'static [&'static str] = &["to", "coins"];
    const POINTS: &'static [Point] = &[
        Point {
            name: "take",
            live: &[0, 1],
        },
        Point {
            name: "put",
            live: &[1],
        },
    ];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (to, coins), (taking, putting))) =
            frame.open(turn, (slot(), slot()), (wait(), wait()))
        else {
            return Poll::Pending;
        };
        if place.point().is_none() {
            let (Arg(number), Arg(amount)) = place.args();
            taking.begin(InOrchestration, purse::<Take>(0, amount), turn);
            to.put(number);
            coins.put(amount);
        }
        if place.point() != Some(1) {
            let Poll::Ready(taken) = taking.poll(turn) else {
                return place.wait(0);
            };
            let (number, amount): (u64, u64) = (to.take(), coins.take());
            if taken.is_err() {
                return Poll::Ready(0);
            }
            putting.begin(InOrchestration, purse::<Put>(number, amount), turn);
            coins.put(amount);
        }
        let Poll::Ready(_) = putting.poll(turn) else {
            return place.wait(1);
        };
        Poll::Ready(coins.take())
    }
}

call!(
    /// Signals `b` times to put 1, 2, 3 .. into purse `a`, and asks how many there are then.
    Tell, "tell"
);
impl Body for Tell {
    const SLOTS: &'static [&'static str] = &[];
    const POINTS: &'static [Point] = &[
        Point {
            name: "look",
            live: &[],
        },
        Point {
            name: "signal",
            live: &[],
        },
    ];
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<u64> {
        let Some((place, (), (looking, signalling))) = frame.open(turn, (), (wait(), wait()))
        else {
            return Poll::Pending;
        };
        if place.point().is_none() {
            let (Arg(number), Arg(times)) = place.args();
            for coins in 1..=times {
                signalling.begin(InOrchestration, purse::<Put>(number, coins).signal(), turn);
                assert!(signalling.poll(turn).is_ready());
            }
            looking.begin(InOrchestration, purse::<Look>(number, 0), turn);
        }
        let Poll::Ready(coins) = looking.poll(turn) else {
            return place.wait(0);
        };
        Poll::Ready(coins)
    }
}
