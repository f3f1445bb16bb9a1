//! How an output type says an engine failure: decided by type, three levels of autoref deep.
//!
//! `(&&&Returns::<T>::new()).failed(failure)` picks the first that fits: a `Result` whose error
//! takes the failure in; any other `Result`, which is refused at the declaration; anything else,
//! whose failure is its caller's.

use std::marker::PhantomData;

use super::Failure;

/// Stands for a function that returns `T`.
#[derive(Debug)]
pub struct Returns<T>(PhantomData<fn() -> T>);

impl<T> Returns<T> {
    /// Stands for a function that returns `T`.
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Returns(PhantomData)
    }
}

/// A `Result` whose error says engine failures.
pub trait Absorbing<T> {
    /// Says it.
    ///
    /// # Errors
    /// Never.
    fn failed(&self, failure: Failure) -> Result<T, Failure>;
}
impl<R, E: From<Failure>> Absorbing<Result<R, E>> for &&Returns<Result<R, E>> {
    fn failed(&self, failure: Failure) -> Result<Result<R, E>, Failure> {
        Ok(Err(E::from(failure)))
    }
}

/// Error types that can say an engine failure.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no way to say that the call timed out, panicked or was cancelled",
    label = "does not implement `From<undying::Failure>`",
    note = "with thiserror: add a variant `#[error(transparent)] Failed(#[from] undying::Failure)`"
)]
pub trait SaysFailed {}

/// A `Result` whose error cannot say engine failures: found, then refused by the method's bound.
pub trait Refused<R, E> {
    /// Never callable.
    ///
    /// # Errors
    /// Never.
    fn failed(&self, failure: Failure) -> Result<Result<R, E>, Failure>
    where
        E: SaysFailed;
}
impl<R, E> Refused<R, E> for &Returns<Result<R, E>> {
    fn failed(&self, failure: Failure) -> Result<Result<R, E>, Failure>
    where
        E: SaysFailed,
    {
        Err(failure)
    }
}

/// Any other type: the failure is the caller's.
pub trait Plain<T> {
    /// Gives it back.
    ///
    /// # Errors
    /// Always: `T` cannot say it.
    fn failed(&self, failure: Failure) -> Result<T, Failure>;
}
impl<T> Plain<T> for Returns<T> {
    fn failed(&self, failure: Failure) -> Result<T, Failure> {
        Err(failure)
    }
}

/// A `Result`: its `Err` is a failed attempt.
pub trait Fallible<T> {
    /// Whether the attempt failed.
    fn is_error(&self, output: &T) -> bool;
}
impl<R, E> Fallible<Result<R, E>> for &Returns<Result<R, E>> {
    fn is_error(&self, output: &Result<R, E>) -> bool {
        output.is_err()
    }
}

/// Any other type: an attempt that returns has succeeded.
pub trait AnyOutput<T> {
    /// Always false.
    fn is_error(&self, output: &T) -> bool;
}
impl<T> AnyOutput<T> for Returns<T> {
    fn is_error(&self, _: &T) -> bool {
        false
    }
}

/// An output among whose errors `retry(only = ..)` can choose.
#[diagnostic::on_unimplemented(
    message = "`only` chooses among the errors of an activity, and this one returns none",
    label = "it returns `{Self}`",
    note = "leave `only` out, or return a `Result`; panics and timeouts are always tried again"
)]
pub trait HasErrors {
    /// Its errors.
    type Error;
    /// Its error, if it is one.
    fn error(&self) -> Option<&Self::Error>;
}
impl<R, E> HasErrors for Result<R, E> {
    type Error = E;
    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// Whether a failed attempt is made again, in the words of the activity's `retry(only = ..)`.
pub fn again_only<O: HasErrors>(output: &O, only: impl FnOnce(&O::Error) -> bool) -> bool {
    output.error().is_none_or(only)
}
