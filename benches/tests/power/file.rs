//! A file: what was written to it, and what of that is durable.

use rand::{Rng, RngExt};

use crate::image::{Image, pieces};

/// The smallest piece a disk writes whole.
const SECTOR: usize = 512;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct File {
    written: Image,
    durable: Image,
    /// What stands between the two, in order.
    unsynced: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write { at: u64, bytes: Vec<u8> },
    Resize { len: u64 },
}

impl Change {
    fn apply(&self, image: &mut Image) {
        match self {
            Change::Write { at, bytes } => image.write(*at, bytes),
            Change::Resize { len } => image.resize(*len),
        }
    }

    /// Some of its pages, and of some pages some sectors.
    fn apply_in_part(&self, image: &mut Image, random: &mut impl Rng) {
        let Change::Write { at, bytes } = self else {
            if random.random() {
                self.apply(image);
            }
            return;
        };
        for (_, from, piece) in pieces(*at, bytes.len()) {
            let begin = at + piece.start as u64;
            let bytes = &bytes[piece];
            match random.random_range(0..5) {
                0 | 1 => {}
                2 | 3 => image.write(begin, bytes),
                _ => {
                    let torn = torn(from, bytes.len(), random);
                    if random.random() {
                        image.write(begin, &bytes[..torn]);
                    } else {
                        image.write(begin + torn as u64, &bytes[torn..]);
                    }
                }
            }
        }
    }
}

/// At how many bytes a piece that begins there in its page is torn.
fn torn(from: usize, len: usize, random: &mut impl Rng) -> usize {
    let sectors = (from + len) / SECTOR - from / SECTOR;
    let end = (from / SECTOR + random.random_range(0..=sectors)) * SECTOR;
    end.saturating_sub(from).min(len)
}

impl File {
    pub(crate) fn len(&self) -> u64 {
        self.written.len()
    }

    pub(crate) fn read(&self, at: u64, size: usize) -> Vec<u8> {
        self.written.read(at, size)
    }

    pub(crate) fn write(&mut self, at: u64, bytes: &[u8]) {
        let bytes = bytes.to_vec();
        self.change(Change::Write { at, bytes });
    }

    pub(crate) fn resize(&mut self, len: u64) {
        self.change(Change::Resize { len });
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.written);
        self.unsynced.push(change);
    }

    pub(crate) fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// Loses the power: what is durable is there, and of the rest what chance has. Says what, if
    /// there was a rest.
    pub(crate) fn lose(&mut self, random: &mut impl Rng) -> Option<String> {
        let all = self.unsynced.len();
        let mut left = std::mem::take(&mut self.durable);
        let unsynced = std::mem::take(&mut self.unsynced);
        let what = match random.random_range(0..4) {
            0 => "none".to_owned(),
            1 => {
                unsynced.iter().for_each(|change| change.apply(&mut left));
                "all".to_owned()
            }
            2 => {
                let whole = random.random_range(0..=all);
                let (first, rest) = unsynced.split_at(whole);
                first.iter().for_each(|change| change.apply(&mut left));
                if let Some(Change::Write { at, bytes }) = rest.first() {
                    let from = (at % SECTOR as u64) as usize;
                    left.write(*at, &bytes[..torn(from, bytes.len(), random)]);
                }
                format!("the first {whole}")
            }
            _ => {
                for change in &unsynced {
                    change.apply_in_part(&mut left, random);
                }
                // The length may be there before what it is for.
                if random.random() && left.len() < self.written.len() {
                    left.resize(self.written.len());
                }
                "some pages".to_owned()
            }
        };
        (self.written, self.durable) = (left.clone(), left);
        (all > 0).then(|| format!("{what} of {all} writes are left, {} bytes", self.len()))
    }
}
