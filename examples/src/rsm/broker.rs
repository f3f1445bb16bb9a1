//! A bank account twice, and a broker that moves money from one to the other or puts it back.

use std::collections::BTreeMap;

use undying::prelude::*;

/// What each account begins with.
pub const OPENED_WITH: u64 = 100;
/// Less than this is moved; more than there is, now and then.
pub const AMOUNT_BELOW: u64 = 150;

/// Which of a client's two accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    /// Is enabled second.
    A,
    /// Is enabled first.
    B,
}

/// One of the two accounts of the client of this number.
#[must_use]
pub fn account(client: u64, which: Which) -> RsmRef<Account> {
    Account::at(format_args!("{client}-{which:?}"))
}

/// Takes money out of an account, which answers [`Done`] or [`Refused`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Withdraw(Move);

/// Puts money into an account, which answers [`Done`] or [`Refused`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Deposit(Move);

/// How much, and for whom.
#[derive(Debug, Serialize, Deserialize)]
pub struct Move {
    amount: u64,
    broker: RsmRef<Broker>,
}

/// The account may be used from now on.
#[derive(Debug, Serialize, Deserialize)]
pub struct Enable;

/// The account has done what it was told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Done;

/// The account has not done what it was told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refused;

/// An account.
#[rsm]
#[derive(Debug)]
pub struct Account {
    /// The money in it.
    pub balance: u64,
}

#[rsm]
impl Account {
    chart! {
        /// Whether an account may be used.
        pub enum AccountState;
        /// What an account takes.
        pub enum AccountEvent;
        /// Not yet.
        start Disabled {
            entry    => open,
            Enable   => goto Enabled,
            Withdraw => refuse,
            Deposit  => refuse,
        }
        /// It may.
        Enabled {
            Withdraw => withdraw,
            Deposit  => deposit,
        }
    }

    fn new(balance: u64) -> Self {
        Account { balance }
    }

    fn open(&mut self, cx: &mut Cx<Self>) {
        let (account, balance) = (cx.me(), self.balance);
        cx.monitor::<Balance, _>(|| Opened { account, balance });
    }

    fn refuse(&mut self, event: AccountEvent, cx: &mut Cx<Self>) {
        if let AccountEvent::Withdraw(Withdraw(order)) | AccountEvent::Deposit(Deposit(order)) =
            event
        {
            cx.send(&order.broker, Refused);
        }
    }

    fn withdraw(&mut self, order: Withdraw, cx: &mut Cx<Self>) {
        let Withdraw(Move { amount, broker }) = order;
        match self.balance.checked_sub(amount) {
            Some(balance) => self.now_is(balance, &broker, cx),
            None => cx.send(&broker, Refused),
        }
    }

    fn deposit(&mut self, order: Deposit, cx: &mut Cx<Self>) {
        let Deposit(Move { amount, broker }) = order;
        self.now_is(self.balance + amount, &broker, cx);
    }

    fn now_is(&mut self, balance: u64, broker: &RsmRef<Broker>, cx: &mut Cx<Self>) {
        self.balance = balance;
        cx.send(broker, Done);
        let account = cx.me();
        cx.monitor::<Balance, _>(|| Updated { account, balance });
    }
}

/// What a broker is created with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    client: RsmRef<Client>,
    from: RsmRef<Account>,
    to: RsmRef<Account>,
    amount: u64,
}

/// Moves money, tells its client how it went, and is gone.
#[rsm]
#[derive(Debug)]
pub struct Broker {
    order: Order,
}

#[rsm]
impl Broker {
    chart! {
        /// What a broker waits for.
        pub enum BrokerState;
        /// The money is taken out of one account.
        start WaitForWithdraw {
            entry   => withdraw,
            Done    => goto WaitForDeposit,
            Refused => refused,
        }
        /// It is put into the other one.
        WaitForDeposit {
            entry   => deposit,
            Done    => moved,
            Refused => goto Compensating,
        }
        /// It is put back, however often that takes.
        Compensating {
            entry   => put_back,
            Done    => compensated,
            Refused => goto Compensating,
        }
    }

    fn new(order: Order) -> Self {
        Broker { order }
    }

    fn withdraw(&mut self, cx: &mut Cx<Self>) {
        let order = self.part(cx);
        cx.send(&self.order.from, Withdraw(order));
    }

    fn deposit(&mut self, cx: &mut Cx<Self>) {
        let order = self.part(cx);
        cx.send(&self.order.to, Deposit(order));
    }

    fn put_back(&mut self, cx: &mut Cx<Self>) {
        let order = self.part(cx);
        cx.send(&self.order.from, Deposit(order));
    }

    fn part(&self, cx: &Cx<Self>) -> Move {
        Move {
            amount: self.order.amount,
            broker: cx.me(),
        }
    }

    fn refused(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.end(Outcome::Refused, cx)
    }

    fn moved(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.end(Outcome::Moved, cx)
    }

    fn compensated(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.end(Outcome::Compensated, cx)
    }

    fn end(&self, outcome: Outcome, cx: &mut Cx<Self>) -> Next<Self> {
        cx.send(&self.order.client, Settled(outcome));
        Next::halt()
    }
}

/// How an order came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// The money is in the other account.
    Moved,
    /// It never left: there was too little of it, or the account was disabled.
    Refused,
    /// It is back: the other account was disabled.
    Compensated,
}

/// What a client is created with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Wish {
    /// The client's number.
    pub client: u64,
    /// Where the money is taken from; it goes to the other one.
    pub from: Which,
    /// How much.
    pub amount: u64,
    /// How many events the client lets pass before it enables the second account.
    pub pauses: u64,
}

/// The broker has come to an end.
#[derive(Debug, Serialize, Deserialize)]
pub struct Settled(Outcome);

/// Asks a client when its order is done, and how that came out.
#[derive(Debug, Serialize, Deserialize)]
pub struct HowDone;
impl Question for HowDone {
    type Answer = Outcome;
}

/// Opens two accounts, orders a broker, and enables the accounts while that is at work.
#[rsm]
#[derive(Debug)]
pub struct Client {
    wish: Wish,
    outcome: Option<Outcome>,
}

#[rsm]
impl Client {
    chart! {
        /// Where a client is.
        pub enum ClientState;
        /// Its accounts are not enabled yet.
        start Opening {
            entry   => open,
            Enable  => enable_second,
            Settled => settled,
            HowDone => defer,
        }
        /// Its order is done.
        Over {
            Enable  => enable_second,
            HowDone => answer,
        }
    }

    fn new(wish: Wish) -> Self {
        Client {
            wish,
            outcome: None,
        }
    }

    fn open(&mut self, cx: &mut Cx<Self>) {
        let Wish {
            client,
            from,
            amount,
            ..
        } = self.wish;
        let (a, b) = (account(client, Which::A), account(client, Which::B));
        cx.create_at(&a, OPENED_WITH);
        cx.create_at(&b, OPENED_WITH);
        let (from, to) = match from {
            Which::A => (a, b.clone()),
            Which::B => (b.clone(), a),
        };
        let client = cx.me();
        cx.create::<Broker>(Order {
            client,
            from,
            to,
            amount,
        });
        cx.send(&b, Enable);
        // The other one in a later event: the broker may come first.
        cx.send(&cx.me(), Enable);
    }

    fn enable_second(&mut self, cx: &mut Cx<Self>) {
        match self.wish.pauses.checked_sub(1) {
            Some(pauses) => {
                self.wish.pauses = pauses;
                cx.send(&cx.me(), Enable);
            }
            None => cx.send(&account(self.wish.client, Which::A), Enable),
        }
    }

    fn settled(&mut self, settled: Settled) -> Next<Self> {
        self.outcome = Some(settled.0);
        Next::goto(ClientState::Over)
    }

    fn answer(&mut self, asked: Asked<HowDone>, cx: &mut Cx<Self>) -> Result<(), String> {
        let outcome = self.outcome.ok_or("it is over without an outcome")?;
        cx.reply(asked.reply_to, outcome);
        Ok(())
    }
}

/// There is a new account.
#[derive(Debug, Serialize, Deserialize)]
pub struct Opened {
    account: RsmRef<Account>,
    balance: u64,
}

/// So much is in an account now.
#[derive(Debug, Serialize, Deserialize)]
pub struct Updated {
    account: RsmRef<Account>,
    balance: u64,
}

/// In the end there is as much money as in the beginning.
#[monitor]
#[derive(Debug, Default)]
pub struct Balance {
    balances: BTreeMap<RsmRef<Account>, u64>,
    opened_with: u64,
}

#[monitor]
impl Balance {
    chart! {
        /// Whether all of the money is in the accounts.
        pub enum BalanceState;
        /// It is.
        start cold Good {
            Opened  => opened,
            Updated => updated,
        }
        /// Some is with a broker.
        hot Bad {
            Opened  => opened,
            Updated => updated,
        }
    }

    fn opened(&mut self, opened: Opened) {
        self.opened_with += opened.balance;
        self.balances.insert(opened.account, opened.balance);
    }

    fn updated(&mut self, updated: Updated, cx: &mut Cx<Self>) -> Next<Self> {
        let Updated { account, balance } = updated;
        match self.balances.get_mut(&account) {
            Some(known) => *known = balance,
            None => cx.assert(false, format!("nobody has opened the account `{account}`")),
        }
        match self.balances.values().sum::<u64>() == self.opened_with {
            true => Next::goto(BalanceState::Good),
            false => Next::goto(BalanceState::Bad),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::violation;
    use super::*;

    #[tokio::test]
    async fn an_account_that_nobody_opened_is_noticed() {
        let event = Updated {
            account: Account::at("x"),
            balance: 1,
        };
        let why = violation::<Balance, _>(event).await;
        assert!(
            why.contains("nobody has opened the account `#Account#x`"),
            "{why}"
        );
    }
}
