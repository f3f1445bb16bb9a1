//! `join`, `race`, `timeout` and `spawn` for ordinary futures, with the machine's meaning.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use undying::{Either, Either3, Either4, Elapsed};

use super::executor::{self, pass};

/// One of several children.
enum Child<F: Future> {
    Running(Pin<Box<F>>),
    Done(Option<F::Output>),
}

impl<F: Future> Child<F> {
    fn new(future: F) -> Self {
        Child::Running(Box::pin(future))
    }

    fn advance(&mut self, context: &mut Context<'_>) -> bool {
        if let Child::Running(future) = self
            && let Poll::Ready(output) = future.as_mut().poll(context)
        {
            *self = Child::Done(Some(output));
        }
        matches!(self, Child::Done(_))
    }

    fn take(&mut self) -> F::Output {
        match self {
            Child::Done(output) => output.take().expect("taken once"),
            Child::Running(_) => unreachable!("taken when done"),
        }
    }
}

/// Tuples that can be joined.
pub trait Joins {
    type Output;
    fn join(self) -> impl Future<Output = Self::Output>;
}

pub async fn join<T: Joins>(calls: T) -> T::Output {
    calls.join().await
}

macro_rules! joins { ($($($T:ident $i:tt)*;)*) => { $(
    impl<$($T: Future),*> Joins for ($($T,)*) {
        type Output = ($($T::Output,)*);
        async fn join(self) -> Self::Output {
            let mut children = ($(Child::new(self.$i),)*);
            poll_fn(|context| {
                let all = [$(children.$i.advance(context)),*];
                if all.contains(&false) { Poll::Pending } else { Poll::Ready(()) }
            })
            .await;
            ($(children.$i.take(),)*)
        }
    }
)* } }
joins! {
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

pub async fn join_all<I: IntoIterator>(calls: I) -> Vec<<I::Item as Future>::Output>
where
    I::Item: Future,
{
    let mut children: Vec<_> = calls.into_iter().map(Child::new).collect();
    poll_fn(|context| {
        let mut all = true;
        for child in &mut children {
            all &= child.advance(context);
        }
        if all { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    children.iter_mut().map(Child::take).collect()
}

/// What can be raced.
pub trait Races {
    type Output;
    fn race(self) -> impl Future<Output = Self::Output>;
}

pub async fn race<T: Races>(calls: T) -> T::Output {
    calls.race().await
}

macro_rules! races { ($($Either:ident: $($T:ident $V:ident $i:tt)*;)*) => { $(
    impl<$($T: Future),*> Races for ($($T,)*) {
        type Output = $Either<$($T::Output),*>;
        async fn race(self) -> Self::Output {
            let mut children = ($(Child::new(self.$i),)*);
            poll_fn(|context| {
                $(if children.$i.advance(context) {
                    return Poll::Ready($Either::$V(children.$i.take()));
                })*
                Poll::Pending
            })
            .await
        }
    }
)* } }
races! {
    Either: A First 0 B Second 1;
    Either3: A First 0 B Second 1 C Third 2;
    Either4: A First 0 B Second 1 C Third 2 D Fourth 3;
}

impl<F: Future> Races for Vec<F> {
    type Output = (usize, F::Output);
    async fn race(self) -> Self::Output {
        let mut children: Vec<_> = self.into_iter().map(Child::new).collect();
        poll_fn(|context| {
            for (index, child) in children.iter_mut().enumerate() {
                if child.advance(context) {
                    return Poll::Ready((index, child.take()));
                }
            }
            Poll::Pending
        })
        .await
    }
}

pub async fn sleep(time: Duration) {
    pass(time).await;
}

pub async fn timeout<F: Future>(after: Duration, call: F) -> Result<F::Output, Elapsed> {
    match race((call, sleep(after))).await {
        Either::First(output) => Ok(output),
        Either::Second(()) => Err(Elapsed),
    }
}

/// A call that was spawned.
pub struct Task<T>(Rc<RefCell<Option<T>>>);

impl<T> Future for Task<T> {
    type Output = T;
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        self.0.take().map_or(Poll::Pending, Poll::Ready)
    }
}

impl<T> Task<T> {
    pub async fn cancel(self) {}
}

/// The methods of calls.
pub trait CallExt: Future + Sized + 'static {
    // The task is the result, as it is for a machine.
    #[allow(clippy::async_yields_async)]
    fn spawn(self) -> impl Future<Output = Task<Self::Output>> {
        let output = Rc::new(RefCell::new(None));
        let filled = Rc::clone(&output);
        async move {
            executor::spawn(async move {
                let value = self.await;
                *filled.borrow_mut() = Some(value);
            });
            Task(output)
        }
    }

    fn id(self, _: impl Into<String>) -> Self {
        self
    }
}

impl<F: Future + 'static> CallExt for F {}
