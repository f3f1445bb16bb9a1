//! A frame is read, by names: what another version of the function wrote fits, or is refused.

use std::collections::BTreeSet;

use super::shape::Shape;
use super::{FILED, INLINE, Standing};
use crate::durable::branch::Branches;
use crate::durable::replay::MARK;
use crate::durable::slot::Filed;
use crate::durable::slots::wait_at;
use crate::durable::{Layout, Loader, Refusal, SlotTree, WaitTree};
use crate::schema::SchemaId;

/// Reads what [`save`](super::save::save) wrote.
pub(super) fn load(
    shape: Shape,
    loader: &mut Loader<'_>,
    slots: &mut dyn SlotTree,
    waits: &mut dyn WaitTree,
) -> Result<Standing, Refusal> {
    let id = loader.layout()?;
    if id == MARK {
        return Err(Refusal::Stuck {
            body: shape.name.to_owned(),
            why:
                "it was begun with `replay`: its frame is a recording; finish it with a version with \
                  that option"
                    .to_owned(),
        });
    }
    let stored = Layout::get(id)
        .ok_or_else(|| loader.damaged(&format!("its layout {:016x} is not stored", id.0)))?;
    let mut points = Vec::new();
    let mut written: BTreeSet<u16> = BTreeSet::new();
    for _ in 0..loader.usize()? {
        let (name, live) = stored
            .points
            .get(loader.usize()?)
            .ok_or_else(|| loader.damaged("its resume point is not in its layout"))?;
        points.push(shape.point_named(name)?);
        written.extend(live);
    }
    let (main, branches) = points
        .split_first()
        .ok_or_else(|| loader.damaged("it has no resume point"))?;
    let mut at = Standing {
        point: Some(*main),
        branches: Branches::at(branches),
        next_part: u32::try_from(loader.u64()?)
            .map_err(|_| loader.damaged("a part number is too large"))?,
        orphans: Vec::new(),
    };
    let name = shape.point(*main).name;
    let mut found: Vec<Option<Found<'_>>> = Vec::new();
    found.resize_with(shape.slots.len(), || None);
    for index in &written {
        let (slot, schema) = stored
            .slots
            .get(usize::from(*index))
            .ok_or_else(|| loader.damaged("a local is not in its layout"))?;
        let (bytes, filed) = read_slot(loader)?;
        // The number stands before the locals that took it when the frame was written.
        if let Some(filed) = filed {
            at.next_part = at.next_part.max(filed.part.saturating_add(1));
        }
        // A local that this version does not have is dropped, as the new code would have.
        let Some(own) = shape.slot_named(slot, usize::from(*index)) else {
            at.orphans.extend(filed.map(|filed| filed.part));
            continue;
        };
        found[own] = Some((*schema, bytes, filed));
    }
    read_slots(shape, name, &found, slots)?;
    let mut live = shape.live(&points).into_iter();
    if let Some(index) = live.find(|index| found[usize::from(*index)].is_none()) {
        return Err(Refusal::MissingSlot {
            body: shape.name.to_owned(),
            point: name.to_owned(),
            slot: shape.slots[usize::from(index)].to_owned(),
        });
    }
    for point in &points {
        let mut loaded = Ok(());
        wait_at(waits, usize::from(*point), |wait| {
            loaded = wait.load(loader)
        });
        loaded?;
    }
    Ok(at)
}

/// A local as it was written: its schema, its bytes, its row.
type Found<'a> = (SchemaId, &'a [u8], Option<Filed>);

/// Reads the locals that were found into their slots, in one walk.
fn read_slots(
    shape: Shape,
    point: &str,
    found: &[Option<Found<'_>>],
    slots: &mut dyn SlotTree,
) -> Result<(), Refusal> {
    let mut result = Ok(());
    let mut of = shape.slots.iter().zip(found);
    slots.each(&mut |any| {
        let Some((name, Some((schema, bytes, filed)))) = of.next() else {
            return;
        };
        if result.is_err() {
            return;
        }
        result = any.read(*schema, bytes).map_err(|error| {
            let place = format!("local `{name}` of `{}` at `{point}`", shape.name);
            Refusal::value(place, error)
        });
        any.set_filed(*filed);
    });
    result
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
