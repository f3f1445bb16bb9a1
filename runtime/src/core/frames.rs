//! What the kernel knows of an instance's frame: its rows, its size, its resume point.

use super::advance::guard;
use super::happened_brief::Brief;
use super::instance::{Instance, State};
use super::limits::ROW_BYTES;
use crate::durable::{Layout, LayoutId, Loader, Parts, Refusal, Writing};
use crate::store::Caps;

/// Where a stored frame waits: its layout and the number of the point in it.
pub(crate) type PointOf = (LayoutId, usize);

/// Reads where a stored frame waits.
pub(crate) fn point_of(frame: &[u8]) -> Option<PointOf> {
    let parts = Parts::default();
    let mut loader = Loader::new(frame, &parts, "");
    let layout = loader.layout().ok()?;
    // With `async` blocks as branches there are several: the first stands for them.
    let points = loader.usize().ok()?;
    (points > 0).then_some((layout, loader.usize().ok()?))
}

impl Instance {
    /// The name of the resume point it waits at, as it was written last.
    pub(crate) fn point(&self) -> Option<String> {
        let (layout, point) = match &self.state {
            State::Cold(frame) => point_of(frame)?,
            State::Hot(_) => self.marks.point?,
            State::Begun(_)
            | State::Entity(_)
            | State::Undone
            | State::Ended(_)
            | State::Unborn => return None,
        };
        let layout = Layout::get(layout)?;
        layout.points.get(point).map(|(name, _)| name.clone())
    }

    /// It has come to wait at another resume point.
    pub(crate) fn tell_point(&mut self) {
        if !self.history.is_on() {
            return;
        }
        let known = |(layout, point)| Some((Layout::get(layout)?, point));
        let at = self.marks.point.and_then(known);
        let name = at
            .as_ref()
            .and_then(|(layout, point)| layout.points.get(*point));
        let point = name.map_or("", |(name, _)| name);
        self.history.add_briefly(&Brief::Waits { point });
    }

    /// Encodes the frame of a suspect, before its turn counts.
    pub(super) fn trial(
        &self,
        caps: Caps,
        save: impl FnOnce(&mut Writing) -> Result<(), Refusal>,
    ) -> Result<Option<Writing>, Refusal> {
        if !self.marks.suspect {
            return Ok(None);
        }
        let mut trial = Writing::default();
        guard(&self.orchestration, || save(&mut trial))??;
        self.fits(&trial, caps)?;
        Ok(Some(trial))
    }

    /// A suspect was encoded.
    pub(super) fn tried(&mut self, mut writing: Writing) {
        let parts = writing.parts.iter().filter_map(|(_, part)| part.as_ref());
        self.marks.tried = writing.bytes.len() + parts.map(Vec::len).sum::<usize>();
        self.file_parts(&mut writing.parts);
    }

    /// Notes the rows of large slots that a save of its frame changed.
    pub(crate) fn file_parts(&mut self, parts: &mut Vec<(u32, Option<Vec<u8>>)>) {
        for (part, bytes) in parts.drain(..) {
            self.parts.retain(|known| *known != part);
            if bytes.is_some() {
                self.parts.push(part);
            }
            self.part_writes.insert(part, bytes);
        }
    }

    /// Whether what a save wrote can be stored (rule 33).
    pub(crate) fn fits(&self, writing: &Writing, caps: Caps) -> Result<(), Refusal> {
        let parts = writing.parts.iter().filter_map(|(_, part)| part.as_ref());
        let parts = parts.map(Vec::len);
        let largest = parts.clone().max().unwrap_or(0).max(writing.bytes.len());
        let all = parts.sum::<usize>() + writing.bytes.len();
        // The rest of the instance's row is small.
        let (largest_max, all_max) = (
            caps.max_value_bytes.saturating_sub(ROW_BYTES),
            caps.turn_bytes(),
        );
        if largest <= largest_max && all <= all_max {
            return Ok(());
        }
        Err(Refusal::Stuck {
            body: self.orchestration.clone().into_owned(),
            why: format!(
                "what lives across this await is {all} bytes, one value of it {largest}, more than \
                 {all_max} or {largest_max}: keep large data elsewhere and a reference to it here"
            ),
        })
    }
}
