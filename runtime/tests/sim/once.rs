//! Deposits with idempotency keys: each is asked for again and again, and made once.

use std::collections::BTreeMap;

use undying::core::{Answer, Command};
use undying::durable::Completion;

use crate::support::bank;
use crate::support::entities::{Earn, Purse, Put, ask};

/// The first purse of those that get only such deposits.
const FIRST: u64 = 5_000;
/// How many there are.
const PURSES: u64 = 3;

/// What every account has at first.
pub(crate) const ENDOWMENT: u64 = 40;
/// What purse 0 has at first, which is paid from.
pub(crate) const ALLOWANCE: u64 = 200;

/// All such deposits, by their keys.
#[derive(Debug, Default)]
pub(crate) struct Once(BTreeMap<String, Deposit>);

#[derive(Debug)]
struct Deposit {
    purse: u64,
    coins: u64,
    command: Command,
    answer: Option<Completion>,
}

impl Once {
    /// What is there at first.
    pub(crate) fn endow(&mut self) -> Vec<Command> {
        let accounts = (0..bank::ACCOUNTS).map(|nth| (bank::FIRST + nth, ENDOWMENT));
        let mut asked = Vec::new();
        for (purse, coins) in accounts.chain([(0, ALLOWANCE)]) {
            let name = format!("endowment-{purse}");
            asked.push(self.deposit(name, purse, coins, ask::<Put>(purse, coins, true)));
        }
        asked
    }

    fn deposit(&mut self, name: String, purse: u64, coins: u64, mut command: Command) -> Command {
        if let Command::Operate { key, .. } = &mut command {
            *key = Some(name.clone());
        }
        let deposit = Deposit {
            purse,
            coins,
            command: command.clone(),
            answer: None,
        };
        self.0.insert(name, deposit);
        command
    }

    /// A new one, or one that may have been answered.
    pub(crate) fn next(&mut self, kind: u64, coins: u64) -> Command {
        let again = (kind / 7) as usize % (self.0.len() + 1);
        if kind.is_multiple_of(2)
            && let Some(deposit) = self.0.values().nth(again)
        {
            return deposit.command.clone();
        }
        let purse = FIRST + kind / 2 % PURSES;
        let (command, coins) = match kind % 3 {
            0 => (ask::<Earn>(purse, coins, true), coins + 1),
            1 => (ask::<Put>(purse, coins, false), coins),
            _ => (ask::<Put>(purse, coins, true), coins),
        };
        self.deposit(format!("deposit-{}", self.0.len()), purse, coins, command)
    }

    /// Those without an answer, once more.
    pub(crate) fn insist(&self) -> Vec<Command> {
        let open = self.0.values().filter(|deposit| deposit.answer.is_none());
        open.map(|deposit| deposit.command.clone()).collect()
    }

    pub(crate) fn are_done(&self) -> bool {
        self.0.values().all(|deposit| deposit.answer.is_some())
    }

    pub(crate) fn told(&mut self, key: &str, answer: Answer) {
        let deposit = self.0.get_mut(key).unwrap();
        let answer = match answer {
            Answer::Operated(completion) => completion,
            // A signal has no result.
            Answer::Done => Completion::Value(undying::schema::Stored::write(&()).unwrap()),
            // Nothing was done: it is asked for again.
            Answer::Busy { .. } => return,
            other => panic!("{key} is answered {other:?}"),
        };
        let before = deposit.answer.get_or_insert_with(|| answer.clone());
        assert_eq!(
            *before, answer,
            "a duplicate gets the first one's answer (rule 13)"
        );
    }

    /// What each of the purses must have got: how many coins, in how many deposits.
    pub(crate) fn expected(&self) -> BTreeMap<String, (u64, usize)> {
        let mut expected = BTreeMap::new();
        let only = FIRST..FIRST + PURSES;
        for deposit in self
            .0
            .values()
            .filter(|deposit| only.contains(&deposit.purse))
        {
            let purse = format!("@purse@{}", deposit.purse);
            let (coins, deposits) = expected.entry(purse).or_default();
            *coins += deposit.coins;
            *deposits += 1;
        }
        expected
    }

    /// Each deposit was made once (rules 13 and 14).
    pub(crate) fn check(expected: (u64, usize), purse: &Purse) {
        let found = (purse.coins, purse.log.len());
        assert_eq!(
            found, expected,
            "each deposit is made once: {:?}",
            purse.log
        );
    }
}
