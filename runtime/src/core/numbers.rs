//! `Numbers`: who is created next, in each virtual partition.

use std::ops::Range;

use super::Number;
use super::format::ReadError;
use super::limits::NUMBERS_RESERVED;
use super::rows::{Rows, each_row};
use crate::planted::planted;
use crate::store::Batch;
use crate::store::keys::{self, Row, Tag};

/// Gives instance numbers. They are reserved in blocks, so that most epochs write no counter;
/// what is left of a block when a life ends is never used (rule 6).
#[derive(Debug)]
pub(crate) struct Numbers {
    first: u16,
    each: Vec<Counter>,
    changed: Vec<u16>,
}

#[derive(Clone, Copy, Debug)]
struct Counter {
    next: u64,
    /// Numbers below this are reserved.
    reserved: u64,
}

impl Numbers {
    /// The counters of the partitions `owned`; `floors` are those of an earlier life of this process.
    pub(crate) fn open(
        owned: Range<u16>,
        floors: &[(u16, u64)],
        rows: &dyn Rows,
    ) -> Result<Self, ReadError> {
        let mut numbers = Numbers {
            first: owned.start,
            each: vec![
                Counter {
                    next: 1,
                    reserved: 1
                };
                owned.len()
            ],
            changed: Vec::new(),
        };
        let (from, _) = keys::partition_range(Tag::Seq, owned.start);
        let (_, to) = keys::partition_range(Tag::Seq, owned.end - 1);
        each_row(rows, from, &to, |key, value| {
            let damaged = || {
                let why = super::format::Unreadable::damaged("it is no counter");
                ReadError::row(&key, why)
            };
            let Some(Row::Seq { vp }) = Row::parse(&key) else {
                return Err(damaged());
            };
            let reserved = u64::from_be_bytes(value[..].try_into().map_err(|_| damaged())?);
            *numbers.counter(vp) = Counter {
                next: reserved,
                reserved,
            };
            Ok(())
        })?;
        for (partition, floor) in floors.iter().filter(|(vp, _)| owned.contains(vp)) {
            let counter = numbers.counter(*partition);
            if !planted!(FloorForgotten) {
                counter.next = counter.next.max(*floor);
            }
        }
        Ok(numbers)
    }

    fn counter(&mut self, partition: u16) -> &mut Counter {
        &mut self.each[usize::from(partition - self.first)]
    }

    /// The number of a new instance.
    pub(crate) fn give(&mut self, partition: u16) -> Number {
        let counter = self.counter(partition);
        let n = counter.next;
        counter.next += 1;
        if counter.next > counter.reserved {
            counter.reserved = counter.next + NUMBERS_RESERVED;
            self.changed.push(partition);
        }
        Number { partition, n }
    }

    /// The next number of each partition.
    pub(crate) fn next(&self) -> Vec<(u16, u64)> {
        (self.first..)
            .zip(self.each.iter().map(|counter| counter.next))
            .collect()
    }

    /// Writes the counters of new blocks.
    pub(crate) fn seal(&mut self, batch: &mut Batch) {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        for vp in changed {
            if planted!(ReservationForgotten) {
                break;
            }
            let reserved = self.counter(vp).reserved;
            batch.put_row(Row::Seq { vp }, |out| out.extend(reserved.to_be_bytes()));
        }
    }
}
