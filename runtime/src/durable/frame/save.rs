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
    let mut result = Ok(());
    saver.with_scratch(|saver, scratch| {
        slots.each(&mut |slot| {
            if result.is_ok() {
                let dropped = index == 0 && planted!(SlotDropped);
                result = if shape.is_live(index, points) && !dropped {
                    let name = shape.slots[usize::from(index)];
                    save_slot(slot, name, next_part, scratch, saver)
                } else {
                    forget_slot(slot, saver);
                    Ok(())
                };
            }
            index += 1;
        });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::durable::{Writing, slot};

    const LARGE: usize = SLOT_INLINE_BYTES_MAX + 1;

    /// Saves a local of an instance's frame; the rows of its own that are written, or deleted.
    fn save(slot: &mut dyn AnySlot) -> Vec<(u32, bool)> {
        let mut writing = Writing::default();
        let mut saver = Saver::new(&mut writing, "body");
        save_slot(slot, "local", &mut 7, &mut Vec::new(), &mut saver).unwrap();
        rows(&writing)
    }

    fn forget(slot: &mut dyn AnySlot) -> Vec<(u32, bool)> {
        let mut writing = Writing::default();
        forget_slot(slot, &mut Saver::new(&mut writing, "body"));
        rows(&writing)
    }

    fn rows(writing: &Writing) -> Vec<(u32, bool)> {
        let rows = writing.parts.iter();
        rows.map(|(part, bytes)| (*part, bytes.is_some())).collect()
    }

    #[test]
    fn the_row_of_a_large_local_is_written_only_when_its_content_changed() {
        let mut local = slot::<String>();
        local.put("a".repeat(LARGE));
        assert_eq!(save(&mut local), [(7, true)]);
        assert_eq!(save(&mut local), [], "nobody put it back");
        local.put("a".repeat(LARGE));
        assert_eq!(save(&mut local), [], "it is what it was");
        local.put("b".repeat(LARGE));
        assert_eq!(save(&mut local), [(7, true)]);
    }

    #[test]
    fn a_large_local_that_dies_takes_its_row_along_once() {
        let mut local = slot::<String>();
        local.put("a".repeat(LARGE));
        save(&mut local);
        assert_eq!(forget(&mut local), [(7, false)]);
        assert!(!local.is_full());
        assert_eq!(forget(&mut local), []);
    }

    #[test]
    fn a_frame_that_is_written_as_a_whole_leaves_rows_as_they_are() {
        let mut local = slot::<String>();
        local.put("a".repeat(LARGE));
        save(&mut local);
        let mut writing = Writing::default();
        let mut saver = Saver::whole(&mut writing, "body");
        save_slot(&mut local, "local", &mut 8, &mut Vec::new(), &mut saver).unwrap();
        assert!(saver.whole && writing.bytes.len() > LARGE);
        assert_eq!(rows(&writing), []);
        forget_slot(&mut local, &mut Saver::whole(&mut writing, "body"));
        assert_eq!(rows(&writing), []);
        assert!(local.filed().is_some());
    }
}
