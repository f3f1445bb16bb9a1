//! Closures that live across awaits.

use crate::support::twin::twin;

twin! {
    async fn captures_by_reference(n: i64) -> i64 {
        let base = n * 10;
        let plus = |k: i64| k + base;
        let a = plus(inc(n).await);
        let b = plus(inc(a).await);
        a + b + base
    }
}

twin! {
    async fn mutates_its_capture(n: i64) -> Vec<i64> {
        let mut seen = vec![n];
        let mut note = |k: i64| {
            seen.push(k);
            seen.len() as i64
        };
        let a = note(1);
        inc(a).await;
        let b = note(2);
        inc(b).await;
        seen
    }
}

twin! {
    async fn counts_across_awaits(n: i64) -> i64 {
        let mut count = 0;
        let mut bump = || { count += 1; count };
        let a = bump();
        let b = inc(bump()).await;
        let c = bump();
        inc(n).await;
        a + b * 10 + c * 100 + count * 1000
    }
}

twin! {
    async fn moves_a_copy(n: i64) -> i64 {
        let k = n;
        let plus = move |x: i64| x + k;
        let a = inc(plus(1)).await;
        let times = |x| x * a;
        let b = inc(times(2)).await;
        plus(a) + times(b)
    }
}

twin! {
    async fn moves_a_text_and_is_used_last(n: i64) -> String {
        let text = name(n).await;
        let decorate = move |k: i64| format!("{text}{k}");
        inc(n).await;
        decorate(1)
    }
}

twin! {
    async fn infers_its_parameters_late(n: i64) -> i64 {
        let add = |a, b| a + b;
        let first = add(1, inc(2).await);
        add(first, inc(n).await)
    }
}

twin! {
    async fn is_dead_after_an_await_and_keeps_nothing(n: i64) -> i64 {
        let big = vec![n; 100];
        let at = |i: usize| big[i];
        let a = at(3);
        let b = inc(a).await;
        a + b
    }
}

twin! {
    async fn is_passed_to_an_iterator(n: i64) -> Vec<i64> {
        let limit = inc(n).await;
        let keep = |k: &i64| *k < limit;
        let first: Vec<i64> = (0..10).filter(keep).collect();
        ping().await;
        first.into_iter().rev().filter(|k| !keep(&(k * 2))).collect()
    }
}

twin! {
    async fn calls_another_closure(n: i64) -> i64 {
        let one = |k: i64| k + 1;
        let two = |k: i64| one(one(k)) + n;
        let a = two(inc(n).await);
        ping().await;
        two(a)
    }
}

twin! {
    async fn returns_early_by_itself(n: i64) -> i64 {
        let clamp = |k: i64| -> i64 {
            if k > 4 {
                return 4;
            }
            k
        };
        let a = clamp(inc(n).await);
        ping().await;
        a + clamp(n * 2)
    }
}

twin! {
    async fn has_loops_and_questions_of_its_own(n: i64) -> Option<i64> {
        let first_even = |list: &[i64]| -> Option<i64> {
            for k in list {
                if k % 2 == 0 {
                    return Some(*k);
                }
                list.first()?;
            }
            None
        };
        let list = vec![n, n + 1];
        let found = first_even(&list)?;
        ping().await;
        first_even(&[found + 1])
    }
}

twin! {
    async fn shadows_an_outer_name(n: i64) -> i64 {
        let k = n;
        let twice = |k: i64| k * 2;
        let a = twice(inc(k).await);
        let f = |n: i64| { let k = n + k; k };
        ping().await;
        f(a) + k
    }
}

twin! {
    async fn sorts_by_a_captured_order(n: i64) -> Vec<i64> {
        let order = vec![3, 1, 2];
        let mut items = many(4).await;
        ping().await;
        items.sort_by_key(|k| order.get(*k as usize % 3).copied().unwrap_or(0) * 10 + n % 2 * k);
        inc(items[0]).await;
        items
    }
}

twin! {
    async fn an_immediately_called_closure_between_awaits(n: i64) -> i64 {
        let a = inc(n).await;
        let b = (|| { let c = a * 2; c + 1 })();
        inc(b).await + (move |x: i64| x - a)(b)
    }
}
