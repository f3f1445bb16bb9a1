//! `Shape`: what the macro says about a body, without its type.
//!
//! Frames of all bodies are saved and loaded by the same code: only their steps are compiled for each.

use std::any::TypeId;
use std::collections::BTreeSet;

use crate::durable::layout::cached;
use crate::durable::{Body, Layout, LayoutId, Point, Refusal, SlotTree};

/// The constants of a [`Body`].
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) name: &'static str,
    type_id: TypeId,
    pub(super) slots: &'static [&'static str],
    points: &'static [Point],
}

impl Shape {
    pub(super) fn of<B: Body>() -> Self {
        Shape {
            name: B::NAME,
            type_id: TypeId::of::<B>(),
            slots: B::SLOTS,
            points: B::POINTS,
        }
    }

    pub(super) fn point(self, number: u16) -> &'static Point {
        &self.points[usize::from(number)]
    }

    /// The slots that live at any of these resume points.
    pub(super) fn live(self, points: &[u16]) -> BTreeSet<u16> {
        let live = points.iter().flat_map(|point| self.point(*point).live);
        live.copied().collect()
    }

    /// Whether a slot is one of them.
    pub(super) fn is_live(self, slot: u16, points: &[u16]) -> bool {
        let mut live = points.iter().map(|point| self.point(*point).live);
        live.any(|live| {
            debug_assert!(live.is_sorted(), "the slots of a resume point are in order");
            live.binary_search(&slot).is_ok()
        })
    }

    /// The place of a slot, which most likely is the one it had.
    pub(super) fn slot_named(self, name: &str, had: usize) -> Option<usize> {
        if self.slots.get(had).is_some_and(|known| *known == name) {
            return Some(had);
        }
        self.slots.iter().position(|known| *known == name)
    }

    /// The number of a resume point.
    pub(super) fn point_named(self, name: &str) -> Result<u16, Refusal> {
        let mut numbers = self.points.iter().zip(0u16..);
        let found = numbers.find(|(point, _)| point.name == name);
        found
            .map(|(_, number)| number)
            .ok_or_else(|| Refusal::UnknownPoint {
                body: self.name.to_owned(),
                point: name.to_owned(),
                known: self
                    .points
                    .iter()
                    .map(|point| point.name)
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }

    /// The layout, made once per body.
    pub(super) fn layout(self, slots: &mut dyn SlotTree) -> LayoutId {
        cached(self.type_id, || {
            let mut schemas = Vec::new();
            slots.each(&mut |slot| schemas.push(slot.schema()));
            assert_eq!(
                schemas.len(),
                self.slots.len(),
                "every slot of `{}` has a name",
                self.name
            );
            Layout {
                body: self.name.to_owned(),
                slots: self
                    .slots
                    .iter()
                    .map(|name| (*name).to_owned())
                    .zip(schemas)
                    .collect(),
                points: self
                    .points
                    .iter()
                    .map(|point| (point.name.to_owned(), point.live.to_vec()))
                    .collect(),
            }
        })
    }
}
