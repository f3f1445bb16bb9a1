//! Transfers between accounts by a broker, who gives the money back if it cannot be taken.

use undying::__private::Arg;
use undying::core::{Outcome, StartAttempt};
use undying::durable::rsm::create as create_machine;
use undying::durable::{Entry, Named};
use undying::prelude::*;
use undying::schema::Stored;

use crate::hooked::{Items, hooked, may_fail, say};
use crate::transparent;
use crate::world::{Case, create, send, start};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Withdraw(u64, RsmRef<Transfer>);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deposit(u64, RsmRef<Transfer>);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Close;
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Done;
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refused;

#[rsm]
pub struct Account {
    balance: u64,
    moves: u64,
    #[volatile]
    shadow: u64,
}

#[rsm]
impl Account {
    chart! {
        pub enum AccountState;
        start Open {
            Withdraw => withdraw,
            Deposit  => deposit,
            Close    => goto Closed,
        }
        Closed {
            Withdraw => no_withdrawal,
            Deposit  => no_deposit,
        }
    }
    fn new(balance: u64) -> Self {
        Account {
            balance,
            moves: 0,
            shadow: 0,
        }
    }
    #[activate]
    fn warm(&mut self) {
        self.shadow = self.balance;
    }
    fn withdraw(&mut self, event: Withdraw, cx: &mut Cx<Self>) {
        assert_eq!(self.shadow, self.balance);
        if self.balance < event.0 {
            cx.send(&event.1, Refused);
            return;
        }
        self.balance -= event.0;
        may_fail();
        self.moves += 1;
        self.shadow = self.balance;
        cx.send(&event.1, Done);
    }
    fn deposit(&mut self, event: Deposit, cx: &mut Cx<Self>) {
        assert_eq!(self.shadow, self.balance);
        cx.send(&event.1, Done);
        may_fail();
        self.balance += event.0;
        self.moves += 1;
        self.shadow = self.balance;
    }
    fn no_withdrawal(&mut self, event: Withdraw, cx: &mut Cx<Self>) {
        cx.send(&event.1, Refused);
    }
    fn no_deposit(&mut self, event: Deposit, cx: &mut Cx<Self>) {
        cx.send(&event.1, Refused);
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    name: String,
    from: String,
    to: String,
    amount: u64,
}

/// One transfer.
#[rsm]
pub struct Transfer {
    order: Order,
}

#[rsm]
impl Transfer {
    chart! {
        pub enum TransferState;
        start Withdrawing {
            entry   => withdraw,
            Done    => goto Depositing,
            Refused => refused,
        }
        Depositing {
            entry   => deposit,
            Done    => deposited,
            Refused => goto GivingBack,
        }
        GivingBack {
            entry   => give_back,
            Done    => gave_back,
        }
    }
    fn new(order: Order) -> Self {
        Transfer { order }
    }
    fn withdraw(&mut self, cx: &mut Cx<Self>) {
        cx.send(
            &Account::at(&self.order.from),
            Withdraw(self.order.amount, cx.me()),
        );
    }
    fn deposit(&mut self, cx: &mut Cx<Self>) {
        cx.send(
            &Account::at(&self.order.to),
            Deposit(self.order.amount, cx.me()),
        );
    }
    fn give_back(&mut self, cx: &mut Cx<Self>) {
        cx.send(
            &Account::at(&self.order.from),
            Deposit(self.order.amount, cx.me()),
        );
    }
    async fn refused(&mut self) -> Next<Self> {
        notify(format!("{} refused", self.order.name)).await;
        Next::halt()
    }
    async fn deposited(&mut self) -> Next<Self> {
        notify(format!("{} done", self.order.name)).await;
        Next::halt()
    }
    async fn gave_back(&mut self) -> Next<Self> {
        notify(format!("{} given back", self.order.name)).await;
        Next::halt()
    }
}

#[activity]
async fn notify(what: String) {
    say(what);
}

fn attempt(start: &StartAttempt) -> Outcome {
    let (Arg(what),) = start.args.read::<Named<NotifyCall>>().unwrap().0;
    say(what);
    Outcome::Done(Stored::write(&()).unwrap())
}

/// A client that was not answered asks again, and its transfer may be over then: so it starts an
/// orchestration, whose id stands.
#[orchestration]
async fn pay(order: Order) {
    create_machine::<Transfer>(order).await;
}

fn order(name: &str, from: &str, to: &str, amount: u64) -> undying::core::Command {
    let [name, from, to] = [name, from, to].map(str::to_owned);
    let id = format!("pay {name}");
    let order = Order {
        name,
        from,
        to,
        amount,
    };
    start::<PayCall>(&id, (Arg(order),))
}

#[test]
fn a_broker_moves_money_once_and_gives_back_what_is_refused() {
    let accounts = [("a", 100), ("b", 50), ("closed", 10)];
    let mut opening: Vec<_> = accounts
        .iter()
        .map(|(name, balance)| create(&Account::at(name), *balance))
        .collect();
    opening.push(send(&Account::at("closed"), &Close));
    let case = Case {
        items: Items::new([
            hooked::<Account>(),
            hooked::<Transfer>(),
            Entry::activity::<NotifyCall>(file!(), line!()),
            Entry::orchestration::<PayCall>(file!(), line!()),
        ]),
        clients: vec![
            opening,
            // Only one of these two can be done.
            vec![order("first", "a", "b", 80)],
            vec![order("second", "a", "b", 70)],
            vec![order("third", "b", "closed", 5)],
        ],
        attempt,
        takes_ms: 0,
        is_late: false,
        view: |world| {
            let mut seen: Vec<_> = world.said.iter().cloned().collect();
            let mut sum = 0;
            for name in ["a", "b", "closed"] {
                let account = world.fields(&Account::at(name)).unwrap();
                sum += account.balance;
                seen.push(format!("{name}: {}, {}", account.balance, account.moves));
            }
            assert_eq!(sum, 160, "no money is made or lost: {seen:?}");
            seen.extend(world.ids());
            seen
        },
        until_ms: 100_000,
    };
    transparent("broker", &case);
}
