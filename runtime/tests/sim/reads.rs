//! What is asked of a life beside its clients, to look at it.

use undying::core::{Answer, Command, Description, Filter, HistoryEntry, Number, Status};
use undying::durable::Timestamp;
use undying::store::Key;
use undying::store::keys::{Row, Tag, instance_range, partition_range, tag_range};

use crate::life::{Life, Question};
use crate::support::entities::Purse;
use crate::world::World;

/// The answer to a command that is answered at once.
pub(crate) fn asked(life: &mut Life, command: Command, now: Timestamp) -> Option<Answer> {
    let shard = life.shard_of(&command);
    let shard = &mut life.shards[shard];
    let asked = shard.command(&command, Question(0), now, &life.store);
    assert!(asked.is_ok());
    shard.take_answers().pop().map(|(_, answer)| answer)
}

/// All that is kept of what happened to an instance.
pub(crate) fn history(life: &mut Life, id: &str, now: Timestamp) -> Vec<HistoryEntry> {
    let (mut all, mut from) = (Vec::new(), 0);
    loop {
        let id = id.to_owned();
        match asked(life, Command::History { id, from }, now) {
            Some(Answer::History(page, next)) => {
                all.extend(page);
                match next {
                    Some(next) => from = next,
                    None => return all,
                }
            }
            Some(Answer::NotFound) => return all,
            other => panic!("{other:?}"),
        }
    }
}

impl World {
    /// The instances that are in this place of their lives.
    pub(crate) fn list(&mut self, status: Option<Status>) -> Vec<Description> {
        let filter = Filter {
            statuses: status.into_iter().collect(),
            ..Filter::default()
        };
        let now = self.now;
        match asked(self.life(), Command::List(filter), now) {
            Some(Answer::Listed(page, _)) => page,
            other => panic!("{other:?}"),
        }
    }

    /// The state of a purse, if it was ever used.
    pub(crate) fn purse(&mut self, entity: String) -> Option<Purse> {
        let now = self.now;
        match asked(self.life(), Command::State { entity }, now) {
            Some(Answer::State(state)) => state.map(|state| state.read().unwrap()),
            other => panic!("{other:?}"),
        }
    }

    /// When the first timer that is durable is due.
    pub(crate) fn first_timer(&mut self) -> Option<u64> {
        let (from, to) = tag_range(Tag::Timer);
        let timers = self.life().store.scan(&from, &to, usize::MAX).unwrap();
        let due = timers.iter().filter_map(|(key, _)| match Row::parse(key) {
            Some(Row::Timer { due, .. }) => Some(due),
            _ => None,
        });
        due.min()
    }

    /// The rows that are there of an instance.
    pub(crate) fn rows_of(&mut self, Number { partition: vp, n }: Number) -> Vec<Key> {
        let store = &self.life().store;
        let scan = |(from, to): (Key, Key)| store.scan(&from, &to, usize::MAX).unwrap_or_default();
        let mut rows = Vec::new();
        for tag in [Tag::Part, Tag::Op, Tag::Hist] {
            rows.extend(scan(instance_range(tag, vp, n)));
        }
        for row in [Row::Inst { vp, n }, Row::Run { vp, n }] {
            let key = row.key();
            rows.extend(store.get(&key).ok().flatten().map(|value| (key, value)));
        }
        let timers = scan(partition_range(Tag::Timer, vp)).into_iter();
        rows.extend(timers.filter(
            |(key, _)| matches!(Row::parse(key), Some(Row::Timer { n: of, .. }) if of == n),
        ));
        let names = scan(partition_range(Tag::Name, vp)).into_iter();
        rows.extend(names.filter(|(_, value)| value.starts_with(&n.to_be_bytes())));
        rows.into_iter().map(|(key, _)| key).collect()
    }
}
