//! The end of a run: nothing fails any more, everything comes to its end, and then all must be right.

use std::collections::{BTreeMap, BTreeSet};

use undying::core::{Command, Description, Happened, Number, REWIND_PART, Status};
use undying::store::keys::{Row, display};

use crate::life::{Life, Question};
use crate::once::{ALLOWANCE, ENDOWMENT, Once};
use crate::reads::{asked, history};
use crate::support::bank::{self, accounts};
use crate::world::World;

impl World {
    /// Nothing fails any more: everything comes to its end.
    pub(crate) fn quiesce(&mut self) {
        // Shards that take one piece of work at a time are asked by everybody again and again.
        for round in 0..100_000 {
            let mut busy = false;
            for shard in 0..self.life().shards.len() {
                // A step may end a life, and the next have fewer shards: then the rest does nothing.
                busy |= self.try_step(|life, now| life.deliver(shard, now));
                busy |= self.try_step(|life, now| life.run(shard, now, 64));
                busy |= self.try_step(|life, _| life.seal_if_asked(shard));
            }
            busy |= self.try_step(Life::commit);
            self.effects();
            while !self.running.is_empty() {
                self.end_attempt();
                busy = true;
            }
            if busy {
                continue;
            }
            // What nobody asked for, a tree's children say, comes to its end too.
            let next = match self.clients.are_done() {
                // What is far off, events expire for whom nobody started, need not be waited for.
                true => match self.first_timer() {
                    Some(due) => Some(due),
                    None => return,
                },
                false => self.life().next_wake().map(|at| at.0),
            };
            if let Some(next) = next {
                self.now.0 = self.now.0.max(next) + 1;
            }
            if round % 5 == 0 {
                // Children that are parked have nobody else who lets them go on.
                for Description { id, .. } in self.list(Some(Status::Parked)) {
                    self.life().ask(Command::Retry { id }, Question(0));
                }
                for (question, command) in self.clients.insist() {
                    self.life().ask(command, Question(question));
                }
            }
        }
        self.show_rest();
        panic!("it does not come to rest");
    }

    /// What is under way, for a run that does not end.
    fn show_rest(&mut self) {
        let awake = self.life().next_wake();
        eprintln!("now {:?}, awake {awake:?}", self.now);
        for (id, known) in &self.clients.known {
            if !known.is_done() {
                eprintln!("{id}: {known:?}");
            }
        }
        for one in self.list(Some(Status::Running)) {
            eprintln!("{one:?}");
        }
        for key in self.disk.rows().keys() {
            if !matches!(Row::parse(key), Some(Row::Inst { .. } | Row::Name { .. })) {
                eprintln!("{}", display(key));
            }
        }
    }

    /// Nothing is left that could still do something, and nothing was lost or done twice.
    pub(crate) fn check_rest(&mut self) {
        assert!(self.clients.are_done());
        let work = self.life().shards.iter().map(|shard| shard.work());
        assert_eq!(work.sum::<usize>(), 0, "nothing is counted as work");
        self.clients.check_answers();
        for (entity, expected) in self.clients.once.expected() {
            let purse = self.purse(entity).unwrap();
            Once::check(expected, &purse);
        }
        self.check_rows();
        self.check_locks();
        self.check_histories();
        self.check_order();
        self.check_money();
        self.check_equality();
    }

    fn check_rows(&mut self) {
        let (mut instances, mut names) = (0, 0);
        let failed = self.list(Some(Status::Failed));
        let failed: Vec<_> = failed.into_iter().map(|one| one.number).collect();
        for key in self.disk.rows().keys() {
            match Row::parse(key).expect("a row of the layout") {
                // Where a child can be rewound to whose parent was ended in another way.
                Row::Part { vp, n, part } if part == REWIND_PART => {
                    assert!(failed.contains(&Number { partition: vp, n }));
                }
                Row::Run { .. }
                | Row::Msg { .. }
                | Row::Timer { .. }
                | Row::Op { .. }
                | Row::Part { .. } => {
                    panic!("left at rest: {}", display(key));
                }
                Row::Inst { .. } => instances += 1,
                Row::Name { .. } => names += 1,
                _ => {}
            }
        }
        assert_eq!(instances, names, "every instance has a name");
        assert_eq!(instances, self.list(None).len(), "nobody is left unborn");
        let stay = self.clients.known.values().filter(|known| known.stays());
        assert!(instances >= stay.count());
    }

    /// No entity is locked, and nobody holds one.
    fn check_locks(&mut self) {
        for Description { id, .. } in self.list(Some(Status::Running)) {
            let now = self.now;
            if let Some(undying::core::Answer::Description(found)) =
                asked(self.life(), Command::Describe { id }, now)
            {
                assert!(
                    found.locked_by.is_none() && found.holds.is_empty(),
                    "{found:?}"
                );
            }
        }
    }

    /// What is told of an instance is in order, and says once that it ended and of each call that
    /// it completed; no timer fired before it was due (rule 35).
    fn check_histories(&mut self) {
        let ids: Vec<_> = self.clients.known.keys().cloned().collect();
        for id in ids {
            let now = self.now;
            let entries = history(self.life(), &id, now);
            let first = entries.first().map_or(0, |first| first.number);
            let (mut completed, mut timers) = (BTreeSet::new(), BTreeMap::new());
            let mut endings = 0;
            for (entry, number) in entries.iter().zip(first..) {
                assert_eq!(entry.number, number, "{id}: {entries:?}");
                match &entry.what {
                    Happened::TimerSet { operation, due } => {
                        timers.insert(*operation, *due);
                    }
                    Happened::ActivityCompleted { operation, .. }
                    | Happened::ChildEnded {
                        operation,
                        status: Status::Completed,
                        ..
                    }
                    | Happened::TimerFired { operation } => {
                        assert!(completed.insert(*operation), "{id}: {entries:?}");
                    }
                    Happened::Returned { .. }
                    | Happened::Cancelled
                    | Happened::Terminated { .. } => endings += 1,
                    _ => {}
                }
                if let Happened::TimerFired { operation } = &entry.what
                    && let Some(due) = timers.get(operation)
                {
                    assert!(entry.at > *due, "{id} was woken early: {entries:?}");
                }
            }
            assert!(entries.is_sorted_by_key(|entry| entry.at), "{entries:?}");
            // What was spawned may complete after the end and push it out.
            assert!(endings == 1 || endings == 0 && first > 0 || entries.is_empty());
        }
    }

    /// What one sender signalled to one purse came in its order, also if most of it was only on disk.
    /// A run that was ended early has signalled a part of it.
    fn check_order(&mut self) {
        let told = self.clients.known.values().filter_map(|known| known.told);
        for (purse, last) in told.collect::<Vec<_>>() {
            if let Some(purse) = self.purse(format!("@purse@{purse}")) {
                let mut before = 0;
                for next in &purse.log {
                    let in_order = *next == before + 1 && *next <= last || *next == 1;
                    assert!(in_order, "{purse:?}");
                    before = *next;
                }
            }
        }
    }

    /// No coin was lost or made: every account has what was moved, each transfer once.
    fn check_money(&mut self) {
        let mut expected = [ENDOWMENT.cast_signed(); bank::ACCOUNTS as usize];
        for known in self.clients.known.values() {
            if let Some((route, coins)) = known.moved() {
                let (from, to) = accounts(route);
                expected[from as usize] -= coins.cast_signed();
                expected[to as usize] += coins.cast_signed();
                self.done.transfers += 1;
            }
        }
        for (nth, expected) in (0..).zip(expected) {
            let account = self.purse(format!("@purse@{}", bank::FIRST + nth));
            let found = account.map_or(0, |account| account.coins.cast_signed());
            assert_eq!(found, expected, "account {nth} has what was moved");
        }
        let mut of = |purse: u64| {
            self.purse(format!("@purse@{purse}"))
                .map_or(0, |of| of.coins)
        };
        let found = of(0) + of(1_000);
        let interrupted = self.clients.pays_were_interrupted();
        assert!(
            found == ALLOWANCE || interrupted && found < ALLOWANCE,
            "{found}"
        );
    }
}
