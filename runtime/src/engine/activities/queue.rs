//! The queue of attempts: first in, first out, under a limit for all and one for each activity.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

/// Attempts that wait for room, and how many run.
///
/// An attempt takes room with its activity first and with the process second, so an activity
/// that is at its limit never holds back the others.
#[derive(Debug)]
pub(super) struct Queue<T> {
    max: usize,
    running: usize,
    ready: VecDeque<T>,
    activities: FxHashMap<&'static str, Limited<T>>,
}

#[derive(Debug)]
struct Limited<T> {
    limit: usize,
    inside: usize,
    waiting: VecDeque<T>,
}

impl<T> Queue<T> {
    /// An empty queue of which at most `max` run at once.
    pub(super) fn new(max: usize) -> Self {
        Queue {
            max,
            running: 0,
            ready: VecDeque::new(),
            activities: FxHashMap::default(),
        }
    }

    /// Adds an attempt of `activity`, of which at most `limit` run at once.
    pub(super) fn push(&mut self, activity: &'static str, limit: Option<usize>, item: T) {
        let Some(limit) = limit else {
            self.ready.push_back(item);
            return;
        };
        let limited = self.activities.entry(activity).or_insert_with(|| Limited {
            limit: limit.max(1),
            inside: 0,
            waiting: VecDeque::new(),
        });
        if limited.inside < limited.limit {
            limited.inside += 1;
            self.ready.push_back(item);
        } else {
            limited.waiting.push_back(item);
        }
    }

    /// The next attempt that may run now; it counts as running until it is [`ended`](Self::ended).
    pub(super) fn pop(&mut self) -> Option<T> {
        if self.running >= self.max {
            return None;
        }
        let item = self.ready.pop_front()?;
        self.running += 1;
        Some(item)
    }

    /// An attempt of `activity` that was popped runs no longer.
    pub(super) fn ended(&mut self, activity: &'static str) {
        self.running = self.running.saturating_sub(1);
        let Some(limited) = self.activities.get_mut(activity) else {
            return;
        };
        match limited.waiting.pop_front() {
            Some(next) => self.ready.push_back(next),
            None => limited.inside = limited.inside.saturating_sub(1),
        }
    }

    /// How many may run as far as their activities are concerned.
    pub(super) fn ready(&self) -> usize {
        self.ready.len()
    }

    /// How many were popped and have not ended.
    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// Forgets all that wait.
    pub(super) fn clear(&mut self) {
        self.ready.clear();
        for limited in self.activities.values_mut() {
            limited.waiting.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_leave_in_the_order_they_came() {
        let mut queue = Queue::new(10);
        for n in 0..3 {
            queue.push("a", None, n);
        }
        assert_eq!(
            [queue.pop(), queue.pop(), queue.pop()],
            [Some(0), Some(1), Some(2)]
        );
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn no_more_run_than_the_process_may() {
        let mut queue = Queue::new(1);
        queue.push("a", None, 1);
        queue.push("a", None, 2);
        assert_eq!((queue.pop(), queue.pop()), (Some(1), None));
        queue.ended("a");
        assert_eq!(queue.pop(), Some(2));
    }

    #[test]
    fn an_activity_at_its_limit_does_not_hold_back_others() {
        let mut queue = Queue::new(10);
        queue.push("slow", Some(1), 1);
        queue.push("slow", Some(1), 2);
        queue.push("fast", None, 3);
        assert_eq!(
            [queue.pop(), queue.pop(), queue.pop()],
            [Some(1), Some(3), None]
        );
        queue.ended("slow");
        assert_eq!(queue.pop(), Some(2));
    }

    #[test]
    fn room_that_nobody_waits_for_is_given_back() {
        let mut queue = Queue::new(10);
        for n in 0..3 {
            queue.push("a", Some(1), n);
            assert_eq!(queue.pop(), Some(n));
            queue.ended("a");
        }
        assert_eq!(queue.running(), 0);
    }

    #[test]
    fn a_limit_of_none_at_all_lets_one_run() {
        let mut queue = Queue::new(10);
        queue.push("a", Some(0), 1);
        assert_eq!(queue.pop(), Some(1));
    }
}
