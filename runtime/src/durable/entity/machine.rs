//! `EntityMachine`: an entity in memory, its type erased; and `Resident`, the one implementation.

mod stored;

use std::task::Poll;

use self::stored::Head;
pub(crate) use self::stored::read_under_way;
use super::{Code, EntityBody, OperationFrame, Returned};
use crate::durable::{Completion, Parts, Refusal, Saver, Turn, Waits, Writing};
use crate::schema::Stored;

/// An entity, as the kernel sees it. One operation is under way at a time.
pub trait EntityMachine: Send {
    /// Begins one operation. Ready at once unless the operation is `async` and waits.
    ///
    /// An operation that returned an `Err` has been undone already, with the signals and starts of
    /// this turn, unless the entity keeps what it changed. One that panicked, or was refused, is
    /// undone by [`roll_back`](Self::roll_back).
    fn begin(
        &mut self,
        method: &str,
        args: &Stored,
        turn: &mut Turn,
    ) -> Poll<Result<Operated, Refusal>>;
    /// Goes on with the operation under way.
    fn poll(&mut self, turn: &mut Turn) -> Poll<Result<Operated, Refusal>>;
    /// Puts the state back as it was before the operation that was begun last.
    fn roll_back(&mut self);
    /// Cancels what the operation under way waits for, and undoes it.
    fn cancel(&mut self, turn: &mut Turn);
    /// When to poll it next; nothing while no operation is under way.
    fn waits(&self, out: &mut Waits);
    /// Writes the state, and the frame of the operation under way, with the state before it.
    ///
    /// # Errors
    /// A value that serde cannot write is refused by name.
    fn save(&mut self, writing: &mut Writing) -> Result<(), Refusal>;
    /// The state for readers: before the operation under way, if there is one.
    ///
    /// # Errors
    /// A state that serde cannot write, or whose stored form is damaged.
    fn state(&self) -> Result<Stored, Refusal>;
    /// Whether it is as if it had never been used: no operation has changed it since it was made,
    /// or deleted.
    fn is_blank(&self) -> bool;
}

/// How an operation ended.
#[derive(Debug)]
pub struct Operated {
    /// Its result, for its caller.
    pub completion: Completion,
    /// What it did to the state.
    pub effect: Effect,
}

/// What an operation did to the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it takes `&self`.
    Read,
    /// It may have changed it.
    Changed,
    /// It failed, and what it changed has been undone.
    Failed,
    /// It deleted it: the entity is as if it had never been used.
    Deleted,
}

/// An entity of the type `E`.
#[allow(missing_debug_implementations)]
pub struct Resident<E: EntityBody> {
    held: Held<E>,
    /// The state's bytes, while they are known to be the state's.
    encoded: Option<Stored>,
    /// The state before the operation that was begun last, unless that was one that only reads.
    before: Option<Stored>,
    /// The operation under way, if it is one that waits.
    under_way: Option<UnderWay>,
    /// An operation has changed it.
    used: bool,
}

struct UnderWay {
    /// Its row in the tables of `E`.
    row: usize,
    running: Box<dyn OperationFrame>,
    deleted: bool,
}

/// Where the state is.
enum Held<E> {
    /// Nowhere: the entity has never been used, or was deleted.
    Fresh,
    /// In what was stored, with the operation under way, unread.
    Cold(Vec<u8>, Parts),
    /// In `encoded`.
    Encoded,
    Hot(Box<E>),
    /// In a turn that came to nothing.
    Lost,
}

/// What a turn had said before an operation's share of it.
struct Mark {
    signals: usize,
    detached: usize,
    raised: usize,
}

impl Mark {
    fn of(turn: &Turn) -> Self {
        Mark {
            signals: turn.signals.len(),
            detached: turn.detached.len(),
            raised: turn.raised.len(),
        }
    }

    fn take_back(self, turn: &mut Turn) {
        turn.signals.truncate(self.signals);
        turn.detached.truncate(self.detached);
        turn.raised.truncate(self.raised);
    }
}

impl<E: EntityBody> Resident<E> {
    fn new(held: Held<E>) -> Self {
        Resident {
            held,
            encoded: None,
            before: None,
            under_way: None,
            used: true,
        }
    }

    /// An entity that has never been used.
    #[must_use]
    pub fn fresh() -> Self {
        Resident {
            used: false,
            ..Resident::new(Held::Fresh)
        }
    }

    /// An entity as it was stored. Nothing is read before it is used.
    #[must_use]
    pub fn load(bytes: Vec<u8>, parts: Parts) -> Self {
        Resident::new(Held::Cold(bytes, parts))
    }

    fn row(method: &str) -> Result<usize, Refusal> {
        let row = E::METHODS.iter().position(|entry| entry.name == method);
        row.ok_or_else(|| Refusal::Unregistered {
            kind: "operation".to_owned(),
            name: format!("{}::{method}", E::NAME),
        })
    }

    /// Reads what was stored, as far as it was not read yet.
    #[inline]
    fn warm(&mut self) -> Result<&mut E, Refusal> {
        if !matches!(self.held, Held::Hot(_)) {
            self.heat()?;
        }
        match &mut self.held {
            Held::Hot(state) => Ok(state),
            _ => unreachable!("it was made hot"),
        }
    }

    fn heat(&mut self) -> Result<(), Refusal> {
        if let Held::Cold(bytes, parts) = &mut self.held {
            let head = Head::read(bytes, parts, E::NAME)?;
            if let Some(frame) = head.under_way {
                let row = Self::row(&frame.method)?;
                let Code::Async { load, .. } = &E::CODE[row] else {
                    return Err(Refusal::Damaged {
                        body: E::NAME.to_owned(),
                        what: format!("`{}` does not wait any more", frame.method),
                    });
                };
                self.used = frame.used;
                self.before = Some(frame.before);
                self.under_way = Some(UnderWay {
                    row,
                    running: load(frame.bytes, std::mem::take(parts)),
                    deleted: frame.deleted,
                });
            }
            self.encoded = Some(head.state);
            self.held = Held::Encoded;
        }
        let state = match (&self.held, &self.encoded) {
            (Held::Encoded, Some(stored)) => stored
                .read::<E>()
                .map_err(|error| Refusal::value(place::<E>(), error))?,
            _ => E::default(),
        };
        self.held = Held::Hot(Box::new(state));
        Ok(())
    }

    /// Writes the state into `bytes`, unless its bytes are known.
    fn encode(&mut self, bytes: Vec<u8>) -> Result<&Stored, Refusal> {
        if self.encoded.is_none() {
            let stored = Stored::write_in(bytes, self.warm()?);
            self.encoded = Some(stored.map_err(|error| Refusal::value(place::<E>(), error))?);
        }
        Ok(self.encoded.as_ref().expect("it was encoded"))
    }

    fn start(
        &mut self,
        method: &str,
        args: &Stored,
        turn: &mut Turn,
    ) -> Result<Poll<Operated>, Refusal> {
        let row = Self::row(method)?;
        self.warm()?;
        if E::METHODS[row].read_only {
            self.before = None;
        } else {
            // The buffer of a state that nobody asks for any more.
            let buffer = self.before.take().map(|before| before.bytes);
            self.encode(buffer.unwrap_or_default())?;
            self.before = self.encoded.take();
        }
        match &E::CODE[row] {
            Code::Sync(run) => {
                let mark = Mark::of(turn);
                let cx = turn.entity_context(false);
                let returned = run(self.warm()?, cx, args)?;
                let deleted = turn.absorb();
                Ok(Poll::Ready(self.ended(row, returned, deleted, mark, turn)))
            }
            Code::Async { start, .. } => {
                let running = start(args)?;
                self.under_way = Some(UnderWay {
                    row,
                    running,
                    deleted: false,
                });
                self.go_on(turn)
            }
        }
    }

    fn go_on(&mut self, turn: &mut Turn) -> Result<Poll<Operated>, Refusal> {
        self.warm()?;
        let Some(UnderWay {
            row,
            running,
            deleted,
        }) = &mut self.under_way
        else {
            return Err(Refusal::Damaged {
                body: E::NAME.to_owned(),
                what: "no operation is under way".to_owned(),
            });
        };
        let (row, mark) = (*row, Mark::of(turn));
        // What the state was before this step is no longer what it is.
        self.encoded = None;
        if let Held::Hot(state) = std::mem::replace(&mut self.held, Held::Lost) {
            turn.entity = Some(state);
        }
        turn.entity_context(*deleted);
        let polled = running.poll(turn);
        let state = turn
            .entity
            .take()
            .and_then(|state| state.downcast::<E>().ok());
        self.held = state.map_or(Held::Lost, Held::Hot);
        *deleted = turn.absorb();
        let deleted = *deleted;
        match polled {
            Poll::Ready(returned) => {
                self.under_way = None;
                let returned = returned?;
                Ok(Poll::Ready(self.ended(row, returned, deleted, mark, turn)))
            }
            Poll::Pending => match turn.unsaid.take() {
                Some(failure) => {
                    self.cancel(turn);
                    mark.take_back(turn);
                    Ok(Poll::Ready(Operated {
                        completion: Completion::Failed(failure),
                        effect: Effect::Failed,
                    }))
                }
                None => Ok(Poll::Pending),
            },
        }
    }

    fn ended(
        &mut self,
        row: usize,
        returned: Returned,
        deleted: bool,
        mark: Mark,
        turn: &mut Turn,
    ) -> Operated {
        let effect = if E::METHODS[row].read_only {
            Effect::Read
        } else if returned.is_error && !E::KEEP_ON_ERROR {
            self.roll_back();
            mark.take_back(turn);
            Effect::Failed
        } else if deleted {
            self.held = Held::Fresh;
            self.used = false;
            Effect::Deleted
        } else {
            self.used = true;
            Effect::Changed
        };
        Operated {
            completion: Completion::Value(returned.value),
            effect,
        }
    }
}

impl<E: EntityBody> EntityMachine for Resident<E> {
    fn begin(
        &mut self,
        method: &str,
        args: &Stored,
        turn: &mut Turn,
    ) -> Poll<Result<Operated, Refusal>> {
        transposed(self.start(method, args, turn))
    }

    fn poll(&mut self, turn: &mut Turn) -> Poll<Result<Operated, Refusal>> {
        transposed(self.go_on(turn))
    }

    fn roll_back(&mut self) {
        self.under_way = None;
        if let Some(before) = self.before.take() {
            self.encoded = Some(before);
            self.held = Held::Encoded;
        }
    }

    fn cancel(&mut self, turn: &mut Turn) {
        // What waits for something is found by reading it; what cannot be read is let go.
        let _ = self.warm();
        if let Some(mut under_way) = self.under_way.take() {
            under_way.running.cancel(turn);
            self.roll_back();
        }
    }

    fn waits(&self, out: &mut Waits) {
        if let Some(under_way) = &self.under_way {
            under_way.running.waits(out);
        }
    }

    fn save(&mut self, writing: &mut Writing) -> Result<(), Refusal> {
        if let Held::Cold(bytes, _) = &self.held {
            writing.bytes.extend_from_slice(bytes);
            return Ok(());
        }
        let mut saver = Saver::new(writing, E::NAME);
        saver.stored(self.encode(Vec::new())?);
        if let (Some(under_way), Some(before)) = (&mut self.under_way, &self.before) {
            let method = E::METHODS[under_way.row].name;
            stored::write_under_way(&mut saver, method, under_way.deleted, self.used, before);
            under_way.running.save(&mut saver)?;
        }
        Ok(())
    }

    fn is_blank(&self) -> bool {
        !self.used
    }

    fn state(&self) -> Result<Stored, Refusal> {
        if let (Some(_), Some(before)) = (&self.under_way, &self.before) {
            return Ok(before.clone());
        }
        match (&self.held, &self.encoded) {
            (Held::Cold(bytes, parts), _) => {
                let head = Head::read(bytes, parts, E::NAME)?;
                head.at_rest().map_or_else(|| write(&E::default()), Ok)
            }
            (_, Some(encoded)) => Ok(encoded.clone()),
            (Held::Hot(state), None) => write(&**state),
            (Held::Fresh | Held::Encoded, None) => write(&E::default()),
            (Held::Lost, None) => Err(Refusal::Damaged {
                body: E::NAME.to_owned(),
                what: "its state went with a turn that was not undone".to_owned(),
            }),
        }
    }
}

/// The state in an entity's stored form, whatever its type is: as of the last operation that ended, if
/// any has changed it.
pub(crate) fn stored_state(frame: &[u8]) -> Result<Option<Stored>, Refusal> {
    let head = Head::read(frame, &Parts::default(), "the entity")?;
    Ok(head.at_rest())
}

fn write<E: EntityBody>(state: &E) -> Result<Stored, Refusal> {
    Stored::write(state).map_err(|error| Refusal::value(place::<E>(), error))
}

fn place<E: EntityBody>() -> String {
    format!("the state of `{}`", E::NAME)
}

fn transposed(result: Result<Poll<Operated>, Refusal>) -> Poll<Result<Operated, Refusal>> {
    match result {
        Ok(polled) => polled.map(Ok),
        Err(refusal) => Poll::Ready(Err(refusal)),
    }
}
