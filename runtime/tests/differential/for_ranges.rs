//! `for` over ranges and their adaptors.

use crate::support::twin::twin;

twin! {
    async fn a_range(n: i64) -> i64 {
        let mut sum = 0;
        for k in 0..n {
            sum += inc(k).await;
        }
        sum
    }
}

twin! {
    async fn an_inclusive_range_ends_with_its_last_item(n: i64) -> Vec<i64> {
        let mut out = vec![];
        for k in 1..=n {
            out.push(inc(k).await);
        }
        out
    }
}

twin! {
    async fn an_inclusive_range_up_to_the_last_value_of_its_type(n: i64) -> Vec<u8> {
        let mut out = vec![];
        for k in 253..=255u8 {
            out.push(k);
            inc(n).await;
        }
        out
    }
}

twin! {
    async fn an_empty_inclusive_range(n: i64) -> i64 {
        for _ in n + 1..=n {
            inc(0).await;
        }
        n
    }
}

twin! {
    async fn a_range_of_chars(n: i64) -> String {
        let mut out = String::new();
        for c in 'a'..='d' {
            out.push(c);
            inc(n).await;
        }
        for c in 'x'..'z' {
            out.push(c);
            ping().await;
        }
        out
    }
}

twin! {
    async fn an_endless_range_is_left_by_a_break(n: i64) -> i64 {
        let mut sum = 0;
        for k in 2.. {
            if inc(k).await > n {
                break;
            }
            sum += k;
        }
        sum
    }
}

twin! {
    async fn range_bounds_are_evaluated_once(n: i64) -> i64 {
        let mut sum = 0;
        for k in inc(0).await..inc(n).await.min(4) {
            sum += k;
            ping().await;
        }
        sum
    }
}

twin! {
    async fn the_bound_changes_while_it_runs(n: i64) -> i64 {
        let mut end = n;
        let mut rounds = 0;
        for _ in 0..end {
            end -= 1;
            rounds += 1;
            inc(end).await;
        }
        rounds * 100 + end
    }
}

twin! {
    async fn a_range_infers_its_type_late(n: i64) -> u16 {
        let mut sum = 0;
        for k in 0..3 {
            inc(n).await;
            sum += k;
        }
        let typed: u16 = sum;
        typed
    }
}

twin! {
    async fn adaptors_of_a_range(n: i64) -> i64 {
        let mut sum = 0;
        for (i, k) in (1..=n).rev().step_by(2).enumerate() {
            sum = sum * 3 + inc(k).await * i as i64;
        }
        for k in (0..10).skip(2).take(3).filter(|k| k % 2 == 0) {
            sum += inc(k).await;
        }
        sum
    }
}

twin! {
    async fn a_mapped_iterator_kept_in_a_local(n: i64) -> i64 {
        let odd_ones = (0..n).map(|k| k + 1).filter(|k| k % 2 == 1);
        let mut sum = 0;
        for k in odd_ones {
            sum += inc(k).await;
        }
        sum
    }
}
