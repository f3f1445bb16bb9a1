//! The items of a program, whose turns can be made to fail.

use std::any::TypeId;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::Poll;

use undying::core::{Program, Versioning};
use undying::durable::rsm::{Rsm, StateMachine};
use undying::durable::{Entry, EntryKind, Machine, Refusal, Turn, Waits, Writing};
use undying::schema::Stored;

thread_local! {
    /// How often user code was about to do something.
    static COUNT: Cell<u64> = const { Cell::new(0) };
    /// When it fails; 0 is never.
    static FAIL_AT: Cell<u64> = const { Cell::new(0) };
    static FAILED: Cell<bool> = const { Cell::new(false) };
    static SAID: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// The machines that had a turn.
    static KNOWN: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

pub(crate) fn reset(fail_at: u64) {
    COUNT.set(0);
    FAIL_AT.set(fail_at);
    FAILED.set(false);
    KNOWN.take();
}

/// One of the machines that had a turn so far.
pub(crate) fn known(which: u64) -> Option<String> {
    KNOWN.with_borrow(|known| {
        let which = which as usize % known.len().max(1);
        known.iter().nth(which).cloned()
    })
}

pub(crate) fn count() -> u64 {
    COUNT.get()
}

pub(crate) fn fail_at(count: u64) {
    FAIL_AT.set(count);
}

/// Whether it has failed since this was asked last.
pub(crate) fn has_failed() -> bool {
    FAILED.replace(false)
}

/// A place in user code where it may fail.
pub(crate) fn may_fail() {
    COUNT.set(COUNT.get() + 1);
    if COUNT.get() == FAIL_AT.get() {
        FAILED.set(true);
        panic!("a turn that panics");
    }
}

/// What an attempt tells the world.
pub(crate) fn say(what: String) {
    SAID.with_borrow_mut(|said| said.push(what));
}

pub(crate) fn take_said() -> Vec<String> {
    SAID.take()
}

/// A machine whose turns may fail before and after their work.
struct Hooked(Box<dyn Machine>);

impl Machine for Hooked {
    fn poll(&mut self, turn: &mut Turn) -> Poll<Result<Stored, Refusal>> {
        let id = turn.context().instance_id().to_owned();
        KNOWN.with_borrow_mut(|known| known.insert(id));
        may_fail();
        let polled = self.0.poll(turn);
        may_fail();
        polled
    }
    fn cancel(&mut self, turn: &mut Turn) {
        self.0.cancel(turn);
    }
    fn waits(&self, out: &mut Waits) {
        self.0.waits(out);
    }
    fn save(&mut self, writing: &mut Writing) -> Result<(), Refusal> {
        self.0.save(writing)
    }
    fn snapshot(&mut self, writing: &mut Writing) -> Result<(), Refusal> {
        self.0.snapshot(writing)
    }
    fn fields(&self) -> Option<Result<Stored, Refusal>> {
        self.0.fields()
    }
}

/// The functions of a program.
#[derive(Debug, Default)]
pub(crate) struct Items(Vec<Arc<Entry>>, Versioning);

impl Items {
    pub(crate) fn new(entries: impl IntoIterator<Item = Entry>) -> Arc<Items> {
        let entries = entries.into_iter().map(Arc::new);
        Arc::new(Items(entries.collect(), Versioning::default()))
    }

    fn named(&self, name: &str) -> Option<Arc<Entry>> {
        self.0.iter().find(|entry| entry.name == name).cloned()
    }
}

/// The entry of a machine whose turns may fail.
pub(crate) fn hooked<M: Rsm>() -> Entry {
    let mut entry = Entry::rsm::<M>(file!(), line!());
    if let EntryKind::Rsm(rsm) = &mut entry.kind {
        rsm.start = |init| {
            Ok(Box::new(Hooked(Box::new(StateMachine::<M>::begun(
                init.clone(),
            )))))
        };
        rsm.load = |bytes, parts| Box::new(Hooked(Box::new(StateMachine::<M>::load(bytes, parts))));
    }
    entry
}

impl Program for Items {
    fn orchestration(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn activity(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn versioning(&self) -> &Versioning {
        &self.1
    }
    fn entity(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn by_call(&self, call: TypeId) -> Option<Arc<Entry>> {
        self.0.iter().find(|entry| (entry.call)() == call).cloned()
    }
}
