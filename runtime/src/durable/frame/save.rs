//! A frame is written: its place, the locals that live there, the calls it waits for.

use super::shape::Shape;
use super::{FILED, INLINE, Standing};
use crate::durable::limits::SLOT_INLINE_BYTES_MAX;
use crate::durable::slot::Filed;
use crate::durable::slots::wait_at;
use crate::durable::{AnySlot, Refusal, Saver, SlotTree, WaitTree};
use crate::planted::planted;

/// Writes a frame that is in memory.
pub(super) fn save(
    shape: Shape,
    at: &mut Standing,
    slots: &mut dyn SlotTree,
    waits: &mut dyn WaitTree,
    saver: &mut Saver<'_>,
) -> Result<(), Refusal> {
    let point = at.point.ok_or_else(|| saver.damaged("it does not wait"))?;
    saver.layout(shape.layout(slots));
    let points = at.branches.points(point);
    saver.u64(points.len() as u64);
    points.iter().for_each(|point| saver.u64(u64::from(*point)));
    saver.u64(u64::from(at.next_part));
    if !saver.whole {
        for part in at.orphans.drain(..) {
            saver.part(part, None);
        }
    }
    save_slots(shape, slots, &points, &mut at.next_part, saver)?;
    for point in points {
        let mut saved = Ok(());
        wait_at(waits, usize::from(point), |wait| saved = wait.save(saver));
        saved?;
    }
    Ok(())
}

fn save_slots(
    shape: Shape,
    slots: &mut dyn SlotTree,
    points: &[u16],
    next_part: &mut u32,
    saver: &mut Saver<'_>,
) -> Result<(), Refusal> {
    let mut index = 0u16;
    let mut scratch = Vec::new();
    let mut result = Ok(());
    slots.each(&mut |slot| {
        if result.is_ok() {
            let dropped = index == 0 && planted!(SlotDropped);
            result = if shape.is_live(index, points) && !dropped {
                let name = shape.slots[usize::from(index)];
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
fn forget_slot(slot: &mut dyn AnySlot, saver: &mut Saver<'_>) {
    slot.clear();
    if saver.whole {
        return;
    }
    if let Some(filed) = slot.filed() {
        saver.part(filed.part, None);
        slot.set_filed(None);
    }
}

fn save_slot(
    slot: &mut dyn AnySlot,
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
        && !saver.whole
    {
        saver.filed(filed);
        return Ok(());
    }
    scratch.clear();
    slot.write(scratch)
        .map_err(|error| Refusal::value(format!("local `{name}` of `{}`", saver.body), error))?;
    if saver.whole {
        saver.u64(INLINE);
        saver.bytes(scratch);
        return Ok(());
    }
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
    let stale = filed.is_some() && planted!(LargeLocalStale);
    if filed.is_none_or(|filed| filed.hash != hash) && !stale {
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
