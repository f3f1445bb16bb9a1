//! `Frame`: where a durable function is, with the locals that live there.

use std::any::Any;
use std::collections::BTreeSet;
use std::task::Poll;

use super::branch::Branches;
use super::limits::{FRAME_DEPTH_MAX, SLOT_INLINE_BYTES_MAX};
use super::slot::Filed;
use super::slots::{slot_at, wait_at};
use super::{
    Body, Layout, LayoutId, Loader, Parts, Pending, Refusal, Saver, SlotTree, Turn, WaitTree, Waits,
};

/// The frame of the body `B`: not begun, live in memory, or as it was stored.
///
/// The types of its slots have no names outside `B::step`: they are erased here and come back there.
#[allow(missing_debug_implementations)]
pub struct Frame<B: Body> {
    place: Place<B>,
    locals: Locals,
    waits: Waits,
    next_part: u32,
}

/// Where the frame is: not begun, with its arguments, or at a resume point.
#[allow(missing_debug_implementations)]
pub struct Place<B: Body> {
    args: Option<B::Args>,
    point: Option<u16>,
    /// Where the branches of the await at this point are: its `async` blocks.
    pub(super) branches: Branches,
}

enum Locals {
    /// The slots' types are not known yet: nothing ran, or nothing ran since it was loaded.
    Unopened(Option<Cold>),
    Hot(Box<dyn AnyLocals>),
    Gone,
}

/// A stored frame: what [`Frame::save`] wrote.
struct Cold {
    bytes: Vec<u8>,
    parts: Parts,
}

trait AnyLocals: Any + Send {
    fn as_any(&mut self) -> &mut dyn Any;
    fn trees(&mut self) -> (&mut dyn SlotTree, &mut dyn WaitTree);
}

impl<S: SlotTree, W: WaitTree> AnyLocals for (S, W) {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
    fn trees(&mut self) -> (&mut dyn SlotTree, &mut dyn WaitTree) {
        (&mut self.0, &mut self.1)
    }
}

impl<B: Body> Place<B> {
    /// The index of the resume point the frame waits at; `None` when it begins.
    #[inline]
    #[must_use]
    pub fn point(&self) -> Option<u16> {
        self.point
    }

    /// The arguments, once, when the frame begins.
    ///
    /// # Panics
    /// When they were taken before, which the lowering excludes.
    #[inline]
    pub fn args(&mut self) -> B::Args {
        self.args
            .take()
            .expect("arguments are taken once, at the start")
    }

    /// Suspends at a resume point.
    #[inline]
    pub fn wait<T>(&mut self, point: u16) -> Poll<T> {
        self.point = Some(point);
        Poll::Pending
    }

    /// A resume point without a block: excluded by the lowering, refused all the same.
    pub fn lost<T>(&mut self, turn: &mut Turn) -> Poll<T> {
        turn.refuse(Refusal::Damaged {
            body: B::NAME.to_owned(),
            what: format!("resume point number {:?} has no code", self.point),
        });
        Poll::Pending
    }
}

impl<B: Body> Frame<B> {
    /// A frame that has not begun.
    pub fn start(args: B::Args) -> Self {
        Frame {
            place: Place {
                args: Some(args),
                point: None,
                branches: Branches::default(),
            },
            locals: Locals::Unopened(None),
            waits: Waits::default(),
            next_part: 0,
        }
    }

    /// A frame as it was stored; it is read when it is polled first.
    pub(crate) fn stored(bytes: Vec<u8>, parts: Parts) -> Self {
        Frame {
            place: Place {
                args: None,
                point: None,
                branches: Branches::default(),
            },
            locals: Locals::Unopened(Some(Cold { bytes, parts })),
            waits: Waits::default(),
            next_part: 0,
        }
    }

    /// Opens the frame for a step: its place, its slots, its waits.
    ///
    /// `None` when there is nothing to run: the frame could not be read and the turn is refused,
    /// or it was being cancelled and now is.
    #[inline]
    pub fn open<S: SlotTree, W: WaitTree>(
        &mut self,
        turn: &mut Turn,
        slots: S,
        waits: W,
    ) -> Option<(&mut Place<B>, &mut S, &mut W)> {
        if !matches!(self.locals, Locals::Hot(_)) {
            self.warm(turn, slots, waits)?;
        }
        let Locals::Hot(locals) = &mut self.locals else {
            return None;
        };
        let (slots, waits) = locals.as_any().downcast_mut::<(S, W)>()?;
        if turn.cancelling {
            waits.each(&mut |wait| wait.cancel(turn));
            return None;
        }
        Some((&mut self.place, slots, waits))
    }

    #[cold]
    fn warm<S: SlotTree, W: WaitTree>(
        &mut self,
        turn: &mut Turn,
        mut slots: S,
        mut waits: W,
    ) -> Option<()> {
        match std::mem::replace(&mut self.locals, Locals::Gone) {
            Locals::Unopened(None) => {}
            Locals::Unopened(Some(cold)) => {
                let mut loader = Loader::new(&cold.bytes, &cold.parts, B::NAME);
                let read = self.read(&mut loader, &mut slots, &mut waits);
                if let Err(refusal) = read.and_then(|()| loader.end()) {
                    turn.refuse(refusal);
                    self.locals = Locals::Unopened(Some(cold));
                    return None;
                }
            }
            gone => {
                self.locals = gone;
                return None;
            }
        }
        self.locals = Locals::Hot(Box::new((slots, waits)));
        Some(())
    }

    /// Writes the frame: the slots that live at its resume point and the call it waits for.
    pub(crate) fn write(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        saver.body = B::NAME;
        match &mut self.locals {
            Locals::Unopened(Some(cold)) => {
                assert!(
                    cold.parts.is_empty() || saver.may_part,
                    "only an instance's frame has parts"
                );
                saver.raw(&cold.bytes);
                Ok(())
            }
            Locals::Hot(locals) => {
                let (slots, waits) = locals.trees();
                let point = self
                    .place
                    .point
                    .ok_or_else(|| saver.damaged("it does not wait"))?;
                let layout = layout::<B>(slots);
                saver.layout(layout);
                let points = self.place.branches.points(point);
                saver.u64(points.len() as u64);
                points.iter().for_each(|point| saver.u64(u64::from(*point)));
                saver.u64(u64::from(self.next_part));
                let live = points
                    .iter()
                    .flat_map(|point| B::POINTS[usize::from(*point)].live);
                let live: BTreeSet<u16> = live.copied().collect();
                save_slots::<B>(slots, &live, &mut self.next_part, saver)?;
                for point in points {
                    let mut saved = Ok(());
                    wait_at(waits, usize::from(point), |wait| saved = wait.save(saver));
                    saved?;
                }
                Ok(())
            }
            Locals::Unopened(None) | Locals::Gone => Err(saver.damaged("it has nothing to save")),
        }
    }

    fn read(
        &mut self,
        loader: &mut Loader<'_>,
        slots: &mut dyn SlotTree,
        waits: &mut dyn WaitTree,
    ) -> Result<(), Refusal> {
        loader.body = B::NAME;
        let id = loader.layout()?;
        let stored = Layout::get(id)
            .ok_or_else(|| loader.damaged(&format!("its layout {:016x} is not stored", id.0)))?;
        let mut points = Vec::new();
        let mut written: BTreeSet<u16> = BTreeSet::new();
        for _ in 0..loader.usize()? {
            let (name, live) = stored
                .points
                .get(loader.usize()?)
                .ok_or_else(|| loader.damaged("its resume point is not in its layout"))?;
            points.push(point_named::<B>(name)?);
            written.extend(live);
        }
        let (main, branches) = points
            .split_first()
            .ok_or_else(|| loader.damaged("it has no resume point"))?;
        let name = B::POINTS[usize::from(*main)].name;
        self.next_part = u32::try_from(loader.u64()?)
            .map_err(|_| loader.damaged("a part number is too large"))?;
        let live = points
            .iter()
            .flat_map(|point| B::POINTS[usize::from(*point)].live);
        let mut missing: BTreeSet<u16> = live.copied().collect();
        for index in &written {
            let (slot, schema) = stored
                .slots
                .get(usize::from(*index))
                .ok_or_else(|| loader.damaged("a local is not in its layout"))?;
            let (bytes, filed) = read_slot(loader)?;
            // The number stands before the locals that took it when the frame was written.
            if let Some(filed) = filed {
                self.next_part = self.next_part.max(filed.part.saturating_add(1));
            }
            // A local that this version does not keep here is dropped, as the new code would have.
            let Some(own) = B::SLOTS.iter().position(|known| known == slot) else {
                continue;
            };
            missing.retain(|index| usize::from(*index) != own);
            let mut read = Ok(());
            slot_at(slots, own, |any| {
                read = any.read(*schema, bytes);
                any.set_filed(filed);
            });
            read.map_err(|error| {
                Refusal::value(
                    format!("local `{slot}` of `{}` at `{name}`", B::NAME),
                    error,
                )
            })?;
        }
        if let Some(index) = missing.first() {
            return Err(Refusal::MissingSlot {
                body: B::NAME.to_owned(),
                point: name.to_owned(),
                slot: B::SLOTS[usize::from(*index)].to_owned(),
            });
        }
        for point in &points {
            let mut loaded = Ok(());
            wait_at(waits, usize::from(*point), |wait| {
                loaded = wait.load(loader)
            });
            loaded?;
        }
        self.place.point = Some(*main);
        self.place.branches = Branches::at(branches);
        Ok(())
    }
}

/// The number of a resume point of `B`.
fn point_named<B: Body>(name: &str) -> Result<u16, Refusal> {
    let numbers = B::POINTS.iter().zip(0u16..);
    let found = numbers.into_iter().find(|(point, _)| point.name == name);
    found
        .map(|(_, number)| number)
        .ok_or_else(|| Refusal::UnknownPoint {
            body: B::NAME.to_owned(),
            point: name.to_owned(),
            known: B::POINTS
                .iter()
                .map(|point| point.name)
                .collect::<Vec<_>>()
                .join(", "),
        })
}

const INLINE: u64 = 0;
const FILED: u64 = 1;

fn save_slots<B: Body>(
    slots: &mut dyn SlotTree,
    live: &BTreeSet<u16>,
    next_part: &mut u32,
    saver: &mut Saver<'_>,
) -> Result<(), Refusal> {
    let mut index = 0u16;
    let mut scratch = Vec::new();
    let mut result = Ok(());
    slots.each(&mut |slot| {
        if result.is_ok() {
            result = if live.contains(&index) {
                let name = B::SLOTS[usize::from(index)];
                save_slot(slot, name, next_part, &mut scratch, saver)
            } else {
                forget_slot(slot, saver);
                Ok(())
            };
        }
        index += 1;
    });
    result
}

/// A slot whose value is dead here: neither the value nor its row is kept.
fn forget_slot(slot: &mut dyn super::AnySlot, saver: &mut Saver<'_>) {
    slot.clear();
    if let Some(filed) = slot.filed() {
        saver.part(filed.part, None);
        slot.set_filed(None);
    }
}

fn save_slot(
    slot: &mut dyn super::AnySlot,
    name: &str,
    next_part: &mut u32,
    scratch: &mut Vec<u8>,
    saver: &mut Saver<'_>,
) -> Result<(), Refusal> {
    assert!(
        slot.is_full(),
        "the live slot `{name}` of `{}` holds its value",
        saver.body
    );
    let filed = slot.filed();
    if let Some(filed) = filed
        && !slot.is_touched()
    {
        saver.filed(filed);
        return Ok(());
    }
    scratch.clear();
    slot.write(scratch)
        .map_err(|error| Refusal::value(format!("local `{name}` of `{}`", saver.body), error))?;
    if scratch.len() <= SLOT_INLINE_BYTES_MAX || !saver.may_part {
        if let Some(filed) = filed {
            saver.part(filed.part, None);
        }
        slot.set_filed(None);
        saver.u64(INLINE);
        saver.bytes(scratch);
        return Ok(());
    }
    let hash = xxhash_rust::xxh3::xxh3_64(scratch);
    let part = filed.map_or(*next_part, |filed| filed.part);
    *next_part = (*next_part).max(part.saturating_add(1));
    if filed.is_none_or(|filed| filed.hash != hash) {
        saver.part(part, Some(scratch.clone()));
    }
    let filed = Filed { part, hash };
    slot.set_filed(Some(filed));
    saver.filed(filed);
    Ok(())
}

impl Saver<'_> {
    fn filed(&mut self, filed: Filed) {
        self.u64(FILED);
        self.u64(u64::from(filed.part));
        self.u64(filed.hash);
    }
}

fn read_slot<'a>(loader: &mut Loader<'a>) -> Result<(&'a [u8], Option<Filed>), Refusal> {
    match loader.u64()? {
        INLINE => Ok((loader.bytes()?, None)),
        FILED => {
            let part = u32::try_from(loader.u64()?)
                .map_err(|_| loader.damaged("a part number is too large"))?;
            let hash = loader.u64()?;
            let bytes = loader.part(part)?;
            if xxhash_rust::xxh3::xxh3_64(bytes) != hash {
                return Err(loader.damaged("a local in a row of its own has the wrong content"));
            }
            Ok((bytes, Some(Filed { part, hash })))
        }
        _ => Err(loader.damaged("a local is neither inline nor in a row of its own")),
    }
}

/// The layout of `B`, made once per type.
fn layout<B: Body>(slots: &mut dyn SlotTree) -> LayoutId {
    super::layout::cached::<B>(|| {
        let mut schemas = Vec::new();
        slots.each(&mut |slot| schemas.push(slot.schema()));
        assert_eq!(
            schemas.len(),
            B::SLOTS.len(),
            "every slot of `{}` has a name",
            B::NAME
        );
        Layout {
            body: B::NAME.to_owned(),
            slots: B::SLOTS
                .iter()
                .map(|name| (*name).to_owned())
                .zip(schemas)
                .collect(),
            points: B::POINTS
                .iter()
                .map(|point| (point.name.to_owned(), point.live.to_vec()))
                .collect(),
        }
    })
}

impl<B: Body> Pending for Frame<B> {
    type Output = B::Output;

    fn poll(&mut self, turn: &mut Turn) -> Poll<B::Output> {
        if !self.waits.is_empty() && !self.waits.hold(|operation| turn.has_completed(operation)) {
            return Poll::Pending;
        }
        if turn.depth >= FRAME_DEPTH_MAX {
            turn.refuse(Refusal::TooDeep {
                body: B::NAME.to_owned(),
                depth: turn.depth,
            });
            return Poll::Pending;
        }
        turn.depth += 1;
        let polled = B::step(self, turn);
        turn.depth -= 1;
        if let Poll::Ready(output) = polled {
            self.locals = Locals::Gone;
            return Poll::Ready(output);
        }
        self.waits = std::mem::take(&mut turn.suspended_on);
        // A failure that nothing inside could say becomes this body's result, if it can say it.
        if let Some(failure) = turn.unsaid.take() {
            match B::failed(failure) {
                Ok(output) => {
                    self.cancel(turn);
                    return Poll::Ready(output);
                }
                Err(failure) => turn.unsaid = Some(failure),
            }
        }
        Poll::Pending
    }

    fn cancel(&mut self, turn: &mut Turn) {
        if matches!(self.locals, Locals::Gone | Locals::Unopened(None)) {
            return;
        }
        let outer = std::mem::replace(&mut turn.cancelling, true);
        let _ = B::step(self, turn);
        turn.cancelling = outer;
        self.locals = Locals::Gone;
    }

    fn waits(&self, out: &mut Waits) {
        out.any(self.waits.clone());
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        saver.nested(B::NAME, |saver| self.write(saver))
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        // A nested frame has no length of its own, so it is kept with one.
        Ok(Frame::stored(loader.bytes()?.to_vec(), Parts::default()))
    }
}
