//! Recursion: of helpers, whose frames nest, and of orchestrations, whose children are instances.

use crate::support::twin::twin;

twin! {
    plain {
        async fn factorial(k: i64) -> i64 {
            if k < 2 { return inc(0).await }
            let below = Box::pin(factorial(k - 1)).await;
            log(k);
            below * k
        }
    }
    machine {
        #[resumable(orchestration)]
        async fn factorial(k: i64) -> i64 {
            if k < 2 { return inc(0).await }
            let below = factorial(k - 1).await;
            log(k);
            below * k
        }
    }
    async fn a_helper_calls_itself(n: i64) -> i64 {
        factorial(n).await
    }
}

twin! {
    plain {
        async fn even(k: i64) -> bool {
            if k == 0 { return true }
            ping().await;
            Box::pin(odd_one(k - 1)).await
        }
        async fn odd_one(k: i64) -> bool {
            if k == 0 { return false }
            let below = inc(k - 2).await;
            Box::pin(even(below)).await
        }
    }
    machine {
        #[resumable(orchestration)]
        async fn even(k: i64) -> bool {
            if k == 0 { return true }
            ping().await;
            odd_one(k - 1).await
        }
        #[resumable(orchestration)]
        async fn odd_one(k: i64) -> bool {
            if k == 0 { return false }
            let below = inc(k - 2).await;
            even(below).await
        }
    }
    async fn two_helpers_call_each_other(n: i64) -> bool {
        even(n).await
    }
}

twin! {
    concurrent
    plain {
        async fn tree(depth: i64, at: i64) -> i64 {
            if depth == 0 { return inc(at).await }
            let (a, b) = join((Box::pin(tree(depth - 1, at * 2)), Box::pin(tree(depth - 1, at * 2 + 1)))).await;
            a * 2 + b
        }
    }
    machine {
        #[resumable(orchestration)]
        async fn tree(depth: i64, at: i64) -> i64 {
            if depth == 0 { return inc(at).await }
            let (a, b) = join((tree(depth - 1, at * 2), tree(depth - 1, at * 2 + 1))).await;
            a * 2 + b
        }
    }
    async fn a_helper_joins_itself_twice(n: i64) -> i64 {
        tree(n % 4, 1).await
    }
}

twin! {
    concurrent
    plain {
        async fn fib(k: i64) -> i64 {
            if k < 2 { return k }
            let (a, b) = join((Box::pin(fib(k - 1)), Box::pin(fib(k - 2)))).await;
            inc(a + b).await - 1
        }
    }
    machine {
        #[orchestration]
        async fn fib(k: i64) -> i64 {
            if k < 2 { return k }
            let (a, b) = join((fib(k - 1), fib(k - 2))).await;
            inc(a + b).await - 1
        }
    }
    async fn an_orchestration_calls_itself(n: i64) -> i64 {
        fib(n).await
    }
}
