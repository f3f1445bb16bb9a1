//! `Passing`: a local that goes from block to block within one step, and is never saved.

/// Empty while its value is a Rust variable, or dead.
#[derive(Debug)]
pub struct Passing<T>(Option<T>);

impl<T> Passing<T> {
    /// Nothing yet.
    #[inline]
    #[must_use]
    pub fn empty() -> Self {
        Passing(None)
    }

    /// Takes the value out for a stretch of code.
    ///
    /// # Panics
    /// When it is empty, which liveness analysis excludes.
    #[inline]
    #[track_caller]
    pub fn take(&mut self) -> T {
        self.0.take().expect("a live slot holds its value")
    }

    /// Puts the value back.
    #[inline]
    pub fn put(&mut self, value: T) {
        self.0 = Some(value);
    }

    /// The value in place.
    ///
    /// # Panics
    /// When it is empty, which liveness analysis excludes.
    #[inline]
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("a live slot holds its value")
    }
}
