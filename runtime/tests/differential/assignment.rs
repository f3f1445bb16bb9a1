//! Assignments: plain, compound and destructuring, to all kinds of places.

use crate::support::twin::twin;

twin! {
    async fn to_a_local(n: i64) -> i64 {
        let mut x = n;
        x = x + inc(x).await;
        x = inc(x).await - x;
        x
    }
}

twin! {
    async fn to_a_field(n: i64) -> i64 {
        struct Inner { z: i64 }
        struct Outer { y: Inner, w: i64 }
        let mut outer = Outer { y: Inner { z: 1 }, w: n };
        outer.y.z = inc(outer.w).await;
        outer.w -= inc(outer.y.z).await;
        outer.y.z *= 10;
        outer.y.z + outer.w
    }
}

twin! {
    async fn to_an_element(n: i64) -> Vec<i64> {
        let mut list = vec![1, 2, 3];
        let i = 1usize;
        list[i] = inc(list[0]).await;
        list[i + 1] += inc(n).await;
        list[0] = list[1] + inc(list[2]).await;
        list
    }
}

twin! {
    async fn to_an_awaited_index(n: i64) -> Vec<i64> {
        let mut list = vec![5, 6, 7];
        list[inc(0).await as usize] = n;
        list[(inc(n).await % 3) as usize] *= inc(1).await;
        list
    }
}

twin! {
    async fn the_value_before_the_place(n: i64) -> Vec<i64> {
        fn at(i: usize) -> usize { log(("at", i)); i }
        let mut list = vec![1, 2];
        list[at(1)] = inc(n).await;
        list[at(0)] -= inc(list[1]).await;
        list
    }
}

twin! {
    async fn compound_operators(n: i64) -> (i64, i64, f64) {
        let mut a = 100;
        a += inc(n).await;
        a -= inc(1).await;
        a *= inc(2).await;
        a /= inc(0).await;
        a %= inc(50).await;
        let mut b = 0b1010;
        b |= inc(n).await;
        b &= inc(14).await;
        b ^= inc(2).await;
        b <<= inc(0).await;
        b >>= inc(0).await;
        let mut c = 1.5;
        c *= inc(n).await as f64;
        (a, b, c)
    }
}

twin! {
    async fn an_overloaded_operator_on_a_plain_place(n: i64) -> String {
        let mut text = name(n).await;
        text += &inc(n).await.to_string();
        text += name(1).await.as_str();
        text
    }
}

twin! {
    async fn through_a_reference(n: i64) -> (i64, Vec<i64>) {
        let mut total = n;
        let sum = &mut total;
        *sum += inc(1).await;
        *sum *= 2;
        let mut list = vec![n];
        let view = &mut list;
        view[0] = inc(view[0]).await;
        (total, list)
    }
}

twin! {
    async fn to_a_map_entry(n: i64) -> Vec<(i64, i64)> {
        let mut map = std::collections::BTreeMap::new();
        for k in 0..n {
            *map.entry(k % 3).or_insert(0) += inc(k).await;
        }
        map.into_iter().collect()
    }
}

twin! {
    async fn destructuring_tuples_and_arrays(n: i64) -> (i64, i64, i64) {
        let mut a = 0;
        let mut b = 1;
        (a, b) = (inc(b).await, inc(a).await + n);
        [a, b] = [b + inc(a).await, a];
        let c;
        (c, _) = (inc(a).await, 3);
        (a, b, c)
    }
}

twin! {
    async fn destructuring_structs_and_rests(n: i64) -> (i64, i64) {
        struct Pair { left: i64, right: i64 }
        let (left, mut right);
        Pair { left, right } = Pair { left: inc(n).await, right: 2 };
        (right, ..) = (right + inc(left).await, "rest", 4);
        (left, right)
    }
}

twin! {
    async fn a_swap_by_destructuring(n: i64) -> (String, String) {
        let mut a = name(n).await;
        let mut b = name(n + 1).await;
        (a, b) = (b, a);
        ping().await;
        (a, b) = (b + &name(9).await, a);
        (a, b)
    }
}

twin! {
    async fn nested_destructuring_to_fields_and_elements(n: i64) -> (Vec<i64>, (i64, i64)) {
        let mut list = vec![0; 3];
        let mut pair = (0, 0);
        ((list[0], pair.0), [list[2], pair.1]) = ((inc(n).await, 2), [3, inc(4).await]);
        (list, pair)
    }
}

twin! {
    async fn an_assignment_is_a_unit_value(n: i64) -> String {
        let mut x = 0;
        let unit = { x = inc(n).await };
        let also = if n > 3 { x += inc(x).await } else { x -= 1 };
        format!("{unit:?}{also:?}{x}")
    }
}

twin! {
    async fn a_value_made_by_a_branch(n: i64) -> i64 {
        let mut x = n;
        x = if odd(n).await { inc(x).await } else { x * 2 };
        x += match find(n % 3).await { Some(k) => k, None => inc(x).await };
        x -= { let y = inc(1).await; y * y };
        x
    }
}

twin! {
    async fn an_assignment_drops_the_old_value_after_the_new_one_is_made(n: i64) -> usize {
        let mut list = many(n).await;
        list = { let mut next = list.clone(); next.push(inc(list.len() as i64).await); next };
        list = many(list.len() as i64).await;
        list.len()
    }
}

twin! {
    async fn wrapping_types(n: i64) -> u8 {
        let mut small = std::num::Wrapping(250u8);
        small += std::num::Wrapping(inc(n).await as u8);
        ping().await;
        small.0
    }
}

twin! {
    async fn a_compound_assignment_reads_the_place_after_the_await(n: i64) -> i64 {
        let mut x = n;
        x += { x = 10; inc(1).await };
        x
    }
}

twin! {
    async fn a_local_is_assigned_only_in_a_nested_loop(n: i64) -> i64 {
        let mut found = -1;
        for a in 0..3 {
            for b in 0..3 {
                if inc(a + b).await == n {
                    found = a * 10 + b;
                }
            }
        }
        found
    }
}
