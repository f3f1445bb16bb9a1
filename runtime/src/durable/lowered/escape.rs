//! `escape`: a statement whose macro may hide a `return` or a `?`.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs a body that either returns, in the words of the macro, or comes to [`halt`].
#[inline]
pub fn escape<R>(body: impl Future<Output = R>) -> ControlFlow<R> {
    match pin!(body).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(returned) => ControlFlow::Break(returned),
        Poll::Pending => ControlFlow::Continue(()),
    }
}

/// The end of a statement that did not return.
pub async fn halt() -> Infallible {
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::{escape, halt};
    use std::ops::ControlFlow;

    fn run(returns: bool) -> ControlFlow<u8> {
        escape(async {
            if returns {
                return 7;
            }
            match halt().await {}
        })
    }

    #[test]
    fn a_hidden_return_is_seen_and_its_absence_too() {
        assert_eq!(run(true), ControlFlow::Break(7));
        assert_eq!(run(false), ControlFlow::Continue(()));
    }
}
