//! The bytes of a file, in pages: what was never written takes no memory.

use std::collections::BTreeMap;

/// What the page cache of a system writes in one piece.
pub(crate) const PAGE: usize = 4096;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Image {
    len: u64,
    pages: BTreeMap<u64, Box<[u8]>>,
}

impl Image {
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Up to `size` bytes from `at` on.
    pub(crate) fn read(&self, at: u64, size: usize) -> Vec<u8> {
        let size = size.min(usize::try_from(self.len.saturating_sub(at)).unwrap_or(size));
        let mut bytes = vec![0; size];
        for (page, from, piece) in pieces(at, size) {
            if let Some(page) = self.pages.get(&page) {
                let (to, len) = (piece.start, piece.len());
                bytes[to..to + len].copy_from_slice(&page[from..from + len]);
            }
        }
        bytes
    }

    pub(crate) fn write(&mut self, at: u64, bytes: &[u8]) {
        for (page, from, piece) in pieces(at, bytes.len()) {
            let page = self.pages.entry(page);
            let page = page.or_insert_with(|| vec![0; PAGE].into_boxed_slice());
            page[from..from + piece.len()].copy_from_slice(&bytes[piece]);
        }
        self.len = self.len.max(at + bytes.len() as u64);
    }

    pub(crate) fn resize(&mut self, len: u64) {
        if len < self.len {
            let (last, rest) = (len / PAGE as u64, (len % PAGE as u64) as usize);
            self.pages.split_off(&(last + 1));
            if let Some(page) = self.pages.get_mut(&last) {
                page[rest..].fill(0);
            }
        }
        self.len = len;
    }
}

/// The pages that bytes of a file are in: the number of each, where in it they begin, and which they are.
pub(crate) fn pieces(
    at: u64,
    len: usize,
) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        if done == len {
            return None;
        }
        let here = at + done as u64;
        let from = (here % PAGE as u64) as usize;
        let piece = done..len.min(done + PAGE - from);
        done = piece.end;
        Some((here / PAGE as u64, from, piece))
    })
}
