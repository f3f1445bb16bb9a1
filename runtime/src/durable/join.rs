//! `join` and `join_all`: several awaits at once, all results.

use std::task::Poll;

use serde::{Deserialize, Serialize};

use super::{Durable, Loader, Pending, Refusal, Saver, Turn, Waits};

/// One of several children: under way, finished, or handed over.
#[allow(missing_debug_implementations)]
pub enum Child<P: Pending> {
    /// Under way.
    Running(P),
    /// Finished; waiting for its siblings.
    Done(P::Output),
    /// Its output was handed over.
    Taken,
}

impl<P: Pending> Child<P> {
    pub(crate) fn advance(&mut self, turn: &mut Turn) -> bool {
        if let Child::Running(pending) = self
            && !turn.is_over()
            && let Poll::Ready(value) = pending.poll(turn)
        {
            *self = Child::Done(value);
        }
        matches!(self, Child::Done(_))
    }

    pub(crate) fn take(&mut self) -> P::Output {
        match std::mem::replace(self, Child::Taken) {
            Child::Done(value) => value,
            _ => unreachable!("taken only when every child is done"),
        }
    }

    pub(crate) fn cancel(&mut self, turn: &mut Turn) {
        if let Child::Running(pending) = self {
            pending.cancel(turn);
        }
    }

    pub(crate) fn waits(&self) -> Option<Waits> {
        let Child::Running(pending) = self else {
            return None;
        };
        let mut waits = Waits::default();
        pending.waits(&mut waits);
        Some(waits)
    }

    pub(crate) fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        match self {
            Child::Running(pending) => {
                saver.u64(0);
                pending.save(saver)
            }
            Child::Done(value) => {
                saver.u64(1);
                saver.value("a joined result", value)
            }
            Child::Taken => {
                saver.u64(2);
                Ok(())
            }
        }
    }

    pub(crate) fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        match loader.u64()? {
            0 => P::load(loader).map(Child::Running),
            1 => loader.value("a joined result").map(Child::Done),
            2 => Ok(Child::Taken),
            _ => Err(loader.damaged("a joined child has an unknown state")),
        }
    }
}

/// Several calls of any kinds at once. See [`join`].
#[must_use = "nothing runs until this is awaited"]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Join<T>(pub(crate) T);

/// Runs a tuple of 1 to 8 calls at once; `.await` gives the tuple of their outputs.
///
/// ```
/// use undying::prelude::*;
///
/// #[activity]
/// async fn price(shop: String) -> u64 {
///     shop.len() as u64
/// }
///
/// #[orchestration]
/// async fn cheaper() -> u64 {
///     let (left, right) = join((price("left".into()), price("right".into()))).await;
///     left.min(right)
/// }
/// ```
pub fn join<T>(calls: T) -> Join<T> {
    Join(calls)
}

/// A [`Join`] under way.
#[derive(Debug)]
pub struct Joining<T>(T);

/// Many calls of one kind at once. See [`join_all`].
#[must_use = "nothing runs until this is awaited"]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JoinAll<D>(Vec<D>);

/// Runs all calls at once; `.await` gives their outputs in the order of the calls.
///
/// The instance is woken once, when the last one has finished, so wide joins are linear.
///
/// ```
/// use undying::prelude::*;
///
/// #[activity]
/// async fn price(shop: String) -> u64 {
///     shop.len() as u64
/// }
///
/// #[orchestration]
/// async fn cheapest(shops: Vec<String>) -> Option<u64> {
///     let prices = join_all(shops.into_iter().map(price)).await;
///     prices.into_iter().min()
/// }
/// ```
pub fn join_all<I: IntoIterator>(calls: I) -> JoinAll<I::Item> {
    JoinAll(calls.into_iter().collect())
}

/// A [`JoinAll`] under way.
#[allow(missing_debug_implementations)]
pub struct JoiningAll<P: Pending>(Vec<Child<P>>);

macro_rules! tuples { ($($($T:ident $i:tt)*;)*) => { $(
    impl<Cx, $($T: Durable<Cx>),*> Durable<Cx> for Join<($($T,)*)> {
        type Output = ($($T::Output,)*);
        type Pending = Joining<($(Child<$T::Pending>,)*)>;
        fn begin(self, turn: &mut Turn) -> Self::Pending {
            Joining(($(Child::Running(self.0.$i.begin(turn)),)*))
        }
    }
    impl<$($T: Pending),*> Pending for Joining<($(Child<$T>,)*)> {
        type Output = ($($T::Output,)*);
        fn poll(&mut self, turn: &mut Turn) -> Poll<Self::Output> {
            let all = [$(self.0.$i.advance(turn)),*];
            if all.contains(&false) {
                return Poll::Pending;
            }
            Poll::Ready(($(self.0.$i.take(),)*))
        }
        fn cancel(&mut self, turn: &mut Turn) {
            $(self.0.$i.cancel(turn);)*
        }
        fn waits(&self, out: &mut Waits) {
            out.all([$(self.0.$i.waits()),*].into_iter().flatten());
        }
        fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
            $(self.0.$i.save(saver)?;)*
            Ok(())
        }
        fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
            Ok(Joining(($(Child::<$T>::load(loader)?,)*)))
        }
    }
)* } }
tuples! {
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

impl<C, D: Durable<C>> Durable<C> for JoinAll<D> {
    type Output = Vec<D::Output>;
    type Pending = JoiningAll<D::Pending>;
    fn begin(self, turn: &mut Turn) -> Self::Pending {
        turn.requests.reserve(self.0.len());
        JoiningAll(
            self.0
                .into_iter()
                .map(|call| Child::Running(call.begin(turn)))
                .collect(),
        )
    }
}

impl<P: Pending> Pending for JoiningAll<P> {
    type Output = Vec<P::Output>;

    fn poll(&mut self, turn: &mut Turn) -> Poll<Self::Output> {
        let mut all = true;
        turn.taken.reserve(self.0.len().min(turn.completions.len()));
        for child in &mut self.0 {
            all &= child.advance(turn);
        }
        if !all {
            return Poll::Pending;
        }
        Poll::Ready(self.0.iter_mut().map(Child::take).collect())
    }

    fn cancel(&mut self, turn: &mut Turn) {
        for child in &mut self.0 {
            child.cancel(turn);
        }
    }

    fn waits(&self, out: &mut Waits) {
        out.all(self.0.iter().filter_map(Child::waits));
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        saver.u64(self.0.len() as u64);
        self.0.iter_mut().try_for_each(|child| child.save(saver))
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        let count = loader.usize()?;
        (0..count)
            .map(|_| Child::load(loader))
            .collect::<Result<_, _>>()
            .map(JoiningAll)
    }
}
