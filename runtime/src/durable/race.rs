//! `race`: several awaits at once, the first result; the losers are cancelled.

use std::task::Poll;

use serde::{Deserialize, Serialize};

use super::{Durable, Loader, Pending, Refusal, Saver, Turn, Waits};

/// Several calls of which the first to finish wins. See [`race`].
#[must_use = "nothing runs until this is awaited"]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Race<T>(pub(crate) T);

/// Runs a tuple of 2 to 4 calls, or a `Vec` of calls of one kind; the first to finish wins.
///
/// A tuple gives [`Either`], [`Either3`] or [`Either4`], a `Vec` gives `(index, output)`. Losers are
/// cancelled; a [`Task`](super::Task) that loses goes on. When several have finished, the leftmost wins.
///
/// ```
/// use undying::prelude::*;
///
/// #[activity]
/// async fn ask(person: String) -> bool {
///     !person.is_empty()
/// }
///
/// #[orchestration]
/// async fn approved(person: String) -> bool {
///     match race((ask(person), sleep(days(3)))).await {
///         Either::First(answer) => answer,
///         Either::Second(()) => false, // the question was cancelled
///     }
/// }
/// ```
pub fn race<T>(calls: T) -> Race<T> {
    Race(calls)
}

/// A [`Race`] under way.
#[derive(Debug)]
pub struct Racing<T>(pub(crate) T);

macro_rules! tuples { ($($Either:ident $doc:literal: $($T:ident $V:ident $i:tt)*;)*) => { $(
    #[doc = $doc]
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[allow(missing_docs)]
    pub enum $Either<$($T),*> { $($V($T)),* }

    impl<Cx, $($T: Durable<Cx>),*> Durable<Cx> for Race<($($T,)*)> {
        type Output = $Either<$($T::Output),*>;
        type Pending = Racing<($($T::Pending,)*)>;
        fn begin(self, turn: &mut Turn) -> Self::Pending {
            Racing(($(self.0.$i.begin(turn),)*))
        }
    }
    impl<$($T: Pending),*> Pending for Racing<($($T,)*)> {
        type Output = $Either<$($T::Output),*>;
        fn poll(&mut self, turn: &mut Turn) -> Poll<Self::Output> {
            let mut won = None;
            $(if won.is_none() && !turn.is_over() && let Poll::Ready(value) = self.0.$i.poll(turn) {
                won = Some(($i, $Either::$V(value)));
            })*
            let Some((winner, value)) = won else { return Poll::Pending };
            $(if winner != $i { self.0.$i.cancel(turn) })*
            Poll::Ready(value)
        }
        fn cancel(&mut self, turn: &mut Turn) {
            $(self.0.$i.cancel(turn);)*
        }
        fn waits(&self, out: &mut Waits) {
            let mut any = Waits::default();
            $(self.0.$i.waits(&mut any);)*
            out.any(any);
        }
        fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
            $(self.0.$i.save(saver)?;)*
            Ok(())
        }
        fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
            Ok(Racing(($($T::load(loader)?,)*)))
        }
    }
)* } }
tuples! {
    Either "Which of two finished first.": A First 0 B Second 1;
    Either3 "Which of three finished first.": A First 0 B Second 1 C Third 2;
    Either4 "Which of four finished first.": A First 0 B Second 1 C Third 2 D Fourth 3;
}

impl<C, D: Durable<C>> Durable<C> for Race<Vec<D>> {
    type Output = (usize, D::Output);
    type Pending = Racing<Vec<D::Pending>>;

    fn begin(self, turn: &mut Turn) -> Self::Pending {
        if self.0.is_empty() {
            turn.refuse(Refusal::Stuck {
                body: turn.context.instance_id.to_string(),
                why: "a race of no calls can never be won: give `race` at least one".to_owned(),
            });
        }
        Racing(self.0.into_iter().map(|call| call.begin(turn)).collect())
    }
}

impl<P: Pending> Pending for Racing<Vec<P>> {
    type Output = (usize, P::Output);

    fn poll(&mut self, turn: &mut Turn) -> Poll<Self::Output> {
        let won = self.0.iter_mut().enumerate().find_map(|(index, child)| {
            if turn.is_over() {
                return None;
            }
            match child.poll(turn) {
                Poll::Ready(value) => Some((index, value)),
                Poll::Pending => None,
            }
        });
        let Some((winner, value)) = won else {
            return Poll::Pending;
        };
        for (index, child) in self.0.iter_mut().enumerate() {
            if index != winner {
                child.cancel(turn);
            }
        }
        Poll::Ready((winner, value))
    }

    fn cancel(&mut self, turn: &mut Turn) {
        for child in &mut self.0 {
            child.cancel(turn);
        }
    }

    fn waits(&self, out: &mut Waits) {
        let mut any = Waits::default();
        for child in &self.0 {
            child.waits(&mut any);
        }
        out.any(any);
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        saver.u64(self.0.len() as u64);
        self.0.iter_mut().try_for_each(|child| child.save(saver))
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        let count = loader.usize()?;
        (0..count)
            .map(|_| P::load(loader))
            .collect::<Result<_, _>>()
            .map(Racing)
    }
}
