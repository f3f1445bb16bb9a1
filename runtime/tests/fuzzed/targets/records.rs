//! A store with damaged rows is opened and run: what cannot be read is refused, parked or passed over.
//!
//! Seals find damage before the kernel reads a row. Here they are not there: the second line of defence.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashSet;
use undying::__private::{Arg, Call};
use undying::core::limits::Bounds;
use undying::core::{
    AttemptEnded, Command, Effects, EntityFilter, EntityQuery, Filter, HighWater, Opening, Outcome,
    Partitions, Program, REWIND_PART, Reply, Shard, StartAttempt, Suspects, Tags, merge,
    read_books,
};
use undying::durable::{Named, OrchestrationCall, Timestamp};
use undying::schema::Stored;
use undying::store::keys::{Row, Tag};
use undying::store::memory::MemoryDisk;
use undying::store::{Batch, Bytes, Key, OpenStore, Store, StoreOptions};

use super::{Memory, Target, panics};
use crate::support::Tests;
use crate::support::bodies::{Chain, Family, Fan, Nap, Step, Tasks};
use crate::support::entities::{Earn, Pay, Put, Tell, ask};
use crate::support::events::{ChatterCall, InboxCall, PatientCall, RoundsCall};
use crate::support::failing::{BuysCall, DelegatesCall, PayCall, paid, shut_for_good};
use crate::support::locks::{ExclusiveCall, HastyCall};
use crate::support::machines::{RingsCall, WorksCall};
use crate::support::replayed::{ReplayedChainCall, ReplayedInboxCall, ReplayedMixCall};
use crate::support::sagas::RegretsCall;

type Snapshot = BTreeMap<Key, Bytes>;

/// Nobody asks.
struct Nobody;

impl Reply for Nobody {
    fn is_gone(&self) -> bool {
        true
    }
}

/// A kernel with one shard, until it ends or the store cannot be read.
struct Kernel {
    shard: Shard<Nobody>,
    store: Arc<dyn Store>,
    epoch: u64,
    now: Timestamp,
    books: FxHashSet<Key>,
    attempts: Vec<StartAttempt>,
}

impl Kernel {
    fn open(disk: &MemoryDisk, now: Timestamp) -> Option<Kernel> {
        let store = disk.open().ok()?;
        read_books(&store).ok()?;
        // An epoch that leaves no room is not reached by counting.
        let epoch = HighWater::read(&store).ok()?.epoch;
        let epoch = epoch.checked_add(1).filter(|epoch| *epoch < u64::MAX / 2)?;
        let program: Arc<dyn Program> = Tests::new();
        let opening = Opening {
            index: 0,
            partitions: Partitions::new(4, 1),
            program,
            caps: store.caps(),
            bounds: Bounds {
                idle_instances: 2,
                mailbox_in_memory: 1,
                ..Bounds::default()
            },
            epoch,
            floors: &[],
            clean: false,
            suspects: Suspects::default(),
            careful: false,
            deaths: Vec::new(),
            now,
        };
        Some(Kernel {
            shard: Shard::open(opening, &store).ok()?,
            store,
            epoch,
            now,
            books: FxHashSet::default(),
            attempts: Vec::new(),
        })
    }

    fn ask(&mut self, command: Command) -> Option<()> {
        let asked = self.shard.command(&command, Nobody, self.now, &self.store);
        asked.map_err(drop).ok()
    }

    /// Runs and commits so often; every second time attempts end.
    fn rounds(&mut self, rounds: u32) -> Option<()> {
        for round in 0..rounds {
            self.shard.run(self.now, &self.store, 64).ok()?;
            self.shard.take_answers();
            let sealed = self.shard.seal().ok()?;
            let mut batch = merge(vec![sealed], &mut self.books);
            let high_water = HighWater {
                partitions: 4,
                epoch: self.epoch,
                now: self.now,
            };
            let (key, row) = high_water.row();
            batch.put(key, row);
            self.store.commit(batch).ok()?;
            let Effects { starts, .. } = self.shard.durable(self.epoch);
            self.shard.tidy();
            self.epoch += 1;
            self.attempts.extend(starts);
            if round % 2 == 1 {
                self.end_attempts()?;
            }
            self.now.0 += 20;
        }
        Some(())
    }

    /// Every second payment is refused.
    fn end_attempts(&mut self) -> Option<()> {
        for start in std::mem::take(&mut self.attempts) {
            let ended = AttemptEnded {
                instance: start.instance,
                operation: start.operation,
                attempt: start.attempt,
                outcome: outcome(&start),
            };
            self.shard.ended(ended, self.now, &self.store).ok()?;
        }
        Some(())
    }
}

fn outcome(start: &StartAttempt) -> Outcome {
    if start.entry.name == Step::NAME {
        return match start.args.read::<Named<Step>>() {
            Ok(args) => Outcome::Done(Stored::write(&args.0.0.0.saturating_add(1)).unwrap()),
            Err(_) => Outcome::Panicked("its arguments are damaged".to_owned()),
        };
    }
    match start.args.read::<Named<PayCall>>() {
        Ok(args) if args.0.0.0.is_multiple_of(2) => paid(&start.args),
        _ => shut_for_good(),
    }
}

fn start<O: OrchestrationCall<Args = (Arg<u64>, Arg<u64>)>>(a: u64, b: u64) -> Command {
    let args = Named::<O>((Arg(a), Arg(b)));
    Command::Start {
        id: format!("{}/{a}", O::NAME),
        name: O::NAME.to_owned(),
        args: Stored::write(&args).unwrap(),
        tags: Tags::from([("tag".to_owned(), "value".to_owned())]),
        replaces: None,
    }
}

fn event(to: &str, value: u64, key: Option<&str>) -> Command {
    Command::Raise {
        id: to.to_owned(),
        name: "number".to_owned(),
        value: Stored::write(&value).unwrap(),
        early: true,
        waits: false,
        key: key.map(str::to_owned),
    }
}

fn once(mut command: Command, name: &str) -> Command {
    if let Command::Operate { key, .. } = &mut command {
        *key = Some(name.to_owned());
    }
    command
}

/// One of everything that is stored.
fn commands() -> Vec<Command> {
    let mut commands = vec![
        start::<Chain>(3, 7),
        start::<Fan>(20, 0),
        start::<Nap>(300_000, 0),
        start::<Family>(2, 2),
        start::<Tasks>(5, 2),
        start::<Pay>(1, 5),
        start::<Tell>(2, 3),
        start::<InboxCall>(4, 0),
        start::<PatientCall>(3, 15),
        start::<RoundsCall>(0, 3),
        start::<ChatterCall>(4, 0),
        start::<BuysCall>(3, 1),
        start::<BuysCall>(4, 1),
        start::<DelegatesCall>(1, 1),
        start::<ExclusiveCall>(5, 3),
        start::<HastyCall>(6, 3),
        start::<RingsCall>(2, 3),
        start::<WorksCall>(3, 2),
        start::<ReplayedChainCall>(4, 7),
        start::<ReplayedInboxCall>(4, 7),
        start::<ReplayedMixCall>(3, 7),
        start::<RegretsCall>(3, 1),
        ask::<Put>(1, 100, false),
        once(ask::<Earn>(1, 5, true), "earn"),
        once(ask::<Put>(7, 5, false), "put"),
        event("nobody", 1, None),
    ];
    let inbox = format!("{}/4", InboxCall::NAME);
    commands.extend([1, 2].map(|n| event(&inbox, n, None)));
    commands
}

/// What is asked of a store that may be damaged.
fn questions() -> Vec<Command> {
    let mut questions = vec![
        Command::List(Filter::default()),
        Command::Entities(EntityQuery {
            name: "purse".to_owned(),
            filter: EntityFilter {
                states: true,
                ..EntityFilter::default()
            },
        }),
        ask::<Earn>(1, 5, true),
        once(ask::<Earn>(1, 5, true), "earn"),
        once(ask::<Put>(7, 5, false), "put"),
        event("nobody", 2, None),
    ];
    let ids: Vec<String> = commands()
        .iter()
        .filter_map(|command| command.id().map(str::to_owned))
        .collect();
    for (at, id) in ids.into_iter().enumerate() {
        let reason = "an operator".to_owned();
        questions.push(Command::Inspect { id: id.clone() });
        questions.push(Command::History {
            id: id.clone(),
            from: 0,
        });
        questions.push(match at % 5 {
            0 => Command::Retry { id },
            1 => Command::Rewind {
                id,
                reason,
                count: 0,
            },
            2 => Command::Origin { id },
            3 => Command::Terminate { id, reason },
            _ => Command::Purge { id, number: None },
        });
    }
    questions
}

/// The rows of a kernel that died early, in the middle, and late.
fn snapshots() -> &'static [Snapshot] {
    static SNAPSHOTS: LazyLock<Vec<Snapshot>> = LazyLock::new(|| {
        let (disk, now) = (MemoryDisk::new(), Timestamp(1_000));
        let mut kernel = Kernel::open(&disk, now).expect("a new store");
        for command in commands() {
            kernel.ask(command).expect("nothing is damaged");
        }
        let snapshot = |rounds| {
            kernel.rounds(rounds).expect("nothing is damaged");
            disk.rows()
        };
        [1, 1, 1, 2, 5, 20].map(snapshot).to_vec()
    });
    &SNAPSHOTS
}

/// The values of all rows with this tag; of the parts of instances only those to rewind to.
pub fn rows_of(tag: Tag) -> Vec<Vec<u8>> {
    let rows = snapshots().iter().flatten();
    let wanted = |key: &[u8]| match Row::parse(key) {
        Some(Row::Part { part, .. }) => tag == Tag::Part && part == REWIND_PART,
        Some(_) => key.first() == Some(&(tag as u8)),
        None => false,
    };
    let wanted = rows.filter(|(key, _)| wanted(key));
    let mut values: Vec<Bytes> = wanted.map(|(_, value)| value.clone()).collect();
    values.sort();
    values.dedup();
    values
}

/// The journal of a store of a few commits.
pub fn journals() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreOptions::new(folder.path().join("store"))
        .open()
        .unwrap();
    for n in 0..3 {
        let mut batch = Batch::new();
        batch.put(Row::Inst { vp: 1, n }.key(), vec![n as u8; 40]);
        store.commit(batch).unwrap();
    }
    drop(store);
    let data = std::fs::read_dir(folder.path().join("store/data")).unwrap();
    let files = data.map(|file| file.unwrap().path());
    let journals = files.filter(|path| path.extension().is_some_and(|it| it == "jnl"));
    let read = |path| {
        let mut bytes = std::fs::read(path).unwrap();
        let used = bytes.iter().rposition(|byte| *byte != 0);
        bytes.truncate(used.map_or(0, |last| last + 1));
        bytes
    };
    journals.map(read).collect()
}

/// Bytes of one edit.
const EDIT: usize = 6;

/// Damages rows: which one, where in it, how, and by which byte.
fn damage(rows: &mut Snapshot, edit: [u8; EDIT]) {
    let [row, row_high, at, at_high, how, byte] = edit;
    let row = usize::from(u16::from_le_bytes([row, row_high])) % rows.len();
    let at = usize::from(u16::from_le_bytes([at, at_high]));
    let (key, value) = rows.iter().nth(row).expect("a row");
    let (key, mut value) = (key.clone(), value.clone());
    let at = at % (value.len() + 1);
    match how % 8 {
        0 => value.truncate(at),
        1 => value.insert(at, byte),
        2 => drop(value.splice(at..at, [0xff; 9].into_iter().chain([1]))),
        3 => value.extend_from_within(at..),
        4 => drop(rows.remove(&key)),
        5 => {
            // The value of another row of its kind.
            let others = rows
                .iter()
                .filter(|(other, _)| other.first() == key.first());
            let other = others.cycle().nth(usize::from(byte));
            value = other.expect("itself at least").1.clone();
        }
        kind => {
            if let Some(old) = value.get_mut(at) {
                *old = if kind == 6 { *old ^ byte } else { byte };
            }
        }
    }
    if how % 8 != 4 {
        rows.insert(key, value);
    }
}

/// Which store, and edits of its rows.
pub const RECORDS: Target = Target {
    name: "records",
    memory: Memory::OfPrograms,
    samples: || (0..6).map(|snapshot| vec![snapshot]).collect(),
    run: |input| {
        let (&which, edits) = input.split_first().unwrap_or((&0, &[]));
        let snapshots = snapshots();
        let mut rows = snapshots[usize::from(which) % snapshots.len()].clone();
        for edit in edits.as_chunks::<EDIT>().0.iter().take(4) {
            damage(&mut rows, *edit);
        }
        let disk = MemoryDisk::new();
        let store = disk.open().unwrap();
        let mut batch = Batch::new();
        rows.into_iter()
            .for_each(|(key, value)| batch.put(key, value));
        store.commit(batch).unwrap();
        disk.crash();
        panics::none(|| goes_on(&disk).is_some())
    },
};

fn goes_on(disk: &MemoryDisk) -> Option<()> {
    let mut kernel = Kernel::open(disk, Timestamp(10_000))?;
    kernel.rounds(2)?;
    for question in questions() {
        kernel.ask(question)?;
    }
    kernel.rounds(6)
}
