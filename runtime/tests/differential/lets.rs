//! `let`: patterns, shadowing, deferred initialisation, `let .. else`.

use crate::support::twin::twin;

twin! {
    async fn one_await_and_a_value(n: i64) -> i64 {
        inc(n).await
    }
}

twin! {
    async fn no_await_at_all(n: i64) -> i64 {
        let doubled = n * 2;
        doubled + 1
    }
}

twin! {
    async fn a_local_lives_across_an_await(n: i64) -> i64 {
        let kept = n * 10;
        let more = inc(n).await;
        kept + more
    }
}

twin! {
    async fn a_parameter_lives_across_many_awaits(n: i64) -> i64 {
        let a = inc(n).await;
        let b = inc(a).await;
        let c = inc(b).await;
        n * 1000 + a * 100 + b * 10 + c
    }
}

twin! {
    async fn a_name_is_shadowed_by_its_own_successor(n: i64) -> String {
        let parcel = n;
        let parcel = inc(parcel).await;
        let parcel = name(parcel).await;
        let parcel = format!("<{parcel}>");
        parcel
    }
}

twin! {
    async fn an_inner_scope_shadows_and_gives_the_outer_back(n: i64) -> (i64, i64) {
        let price = n;
        let inner = {
            let price = inc(price).await;
            let price = price * inc(price).await;
            price
        };
        (price, inner)
    }
}

twin! {
    async fn shadowing_changes_the_type(n: i64) -> usize {
        let it = inc(n).await;
        let it = it.to_string();
        ping().await;
        let it = it.len();
        ping().await;
        it
    }
}

twin! {
    async fn tuples_are_taken_apart(n: i64) -> i64 {
        let (a, (b, c)) = (n, (inc(n).await, 3));
        ping().await;
        a + b * c
    }
}

twin! {
    async fn arrays_are_taken_apart(n: i64) -> Vec<i64> {
        let [first, .., last] = [inc(n).await, 2, 3, inc(n + 1).await];
        ping().await;
        vec![last, first]
    }
}

twin! {
    async fn structs_are_taken_apart(n: i64) -> i64 {
        struct Box3 { wide: i64, high: i64, deep: i64 }
        let Box3 { wide, high: tall, .. } = Box3 { wide: inc(n).await, high: 2, deep: 3 };
        ping().await;
        wide * tall
    }
}

twin! {
    async fn mutable_bindings_in_patterns(n: i64) -> (i64, i64) {
        let (mut low, high) = (inc(n).await, n + 10);
        low += inc(high).await;
        low -= 1;
        (low, high)
    }
}

twin! {
    async fn a_deferred_local_is_set_on_every_path(n: i64) -> i64 {
        let rate;
        if n > 4 {
            rate = 2;
        } else {
            rate = inc(n).await;
        }
        ping().await;
        rate * 10
    }
}

twin! {
    async fn a_deferred_local_is_set_after_an_await(n: i64) -> i64 {
        let total: i64;
        let step = inc(n).await;
        total = step + inc(step).await;
        ping().await;
        total
    }
}

twin! {
    async fn two_deferred_locals_depend_on_each_other(n: i64) -> (i64, i64) {
        let fee;
        let tax;
        match n % 3 {
            0 => {
                fee = 1;
                tax = inc(fee).await;
            }
            1 => {
                tax = inc(n).await;
                fee = tax;
            }
            _ => (fee, tax) = (inc(n).await, 7),
        }
        ping().await;
        (fee, tax)
    }
}

twin! {
    async fn a_deferred_local_is_set_again_in_each_round(n: i64) -> i64 {
        let mut last;
        let mut round = 0;
        loop {
            last = inc(round).await;
            round += 1;
            if last > n {
                break;
            }
        }
        last * 100 + round
    }
}

twin! {
    async fn a_deferred_local_is_set_by_a_diverging_match(n: i64) -> String {
        let who: String;
        match find(n).await {
            Some(k) if k > 6 => return format!("early {k}"),
            Some(k) => who = name(k).await,
            None => who = String::from("nobody"),
        }
        ping().await;
        who
    }
}

twin! {
    async fn let_else_falls_through(n: i64) -> i64 {
        let Some(found) = find(n).await else {
            return -1;
        };
        found + inc(found).await
    }
}

twin! {
    async fn let_else_awaits_before_it_leaves(n: i64) -> i64 {
        let Ok(fine) = check(n - 4).await else {
            let consolation = inc(100).await;
            ping().await;
            return consolation;
        };
        fine
    }
}

twin! {
    async fn let_else_in_a_loop_continues(n: i64) -> Vec<i64> {
        let mut found = Vec::new();
        for k in -2..n {
            let Ok(twice) = check(k).await else {
                log("skipped");
                continue;
            };
            let Some(real) = find(twice).await else { continue };
            found.push(real);
        }
        found
    }
}

twin! {
    async fn let_else_with_or_patterns_and_a_condition_value(n: i64) -> i64 {
        let (Ok(x) | Err(x)) = (if n > 2 { Ok(inc(n).await) } else { Err(7) });
        let (1..=4 | 7) = x else { return x * 1000 };
        x + inc(x).await
    }
}

twin! {
    async fn let_else_breaks_out_of_a_labelled_block(n: i64) -> i64 {
        let found = 'search: {
            let Some(a) = find(n % 3).await else { break 'search 0 };
            let Some(b) = find(n % 2).await else { break 'search a * 10 };
            a * 100 + b
        };
        found + inc(found).await
    }
}

twin! {
    async fn an_underscore_runs_and_forgets(n: i64) -> i64 {
        let _ = inc(n).await;
        let (_, kept) = (inc(1).await, inc(n).await);
        let _ = tr(kept);
        ping().await;
        kept
    }
}

twin! {
    async fn a_local_is_not_needed_after_the_last_await(n: i64) -> i64 {
        let short = vec![n; 100];
        let length = short.len() as i64;
        drop(short);
        inc(length).await
    }
}

twin! {
    async fn twenty_locals_live_at_once(n: i64) -> i64 {
        let (a, b, c, d, e, f, g, h, i, j) = (n, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        let (k, l, m, o, p, q, r, s, t, u) = (a, b + 1, c, d, e, f, g, h, i, j);
        let v = inc(n).await;
        let w = inc(v).await;
        let sum = a + b + c + d + e + f + g + h + i + j;
        sum * (k + l + m + o + p + q + r + s + t + u) + v * w
    }
}

twin! {
    async fn values_of_many_types_live_across_one_await(n: i64) -> String {
        let int = n as u8;
        let float = n as f64 / 4.0;
        let text = format!("t{n}");
        let letter = 'x';
        let list = vec![Some(n), None];
        let map = std::collections::BTreeMap::from([(n, "v".to_owned())]);
        let nothing: Option<String> = None;
        let boxed = Box::new((n, true));
        let wide = i128::MAX - i128::from(n);
        ping().await;
        format!("{int} {float} {text} {letter} {list:?} {map:?} {nothing:?} {boxed:?} {wide}")
    }
}

twin! {
    async fn a_block_is_a_value(n: i64) -> i64 {
        let value = {
            let a = inc(n).await;
            {
                let b = inc(a).await;
                a * b
            }
        };
        value + { inc(0).await }
    }
}

twin! {
    async fn statements_without_a_value(n: i64) {
        if n > 5 {
            return;
        }
        inc(n).await;
        if n == 1 {
            inc(10).await;
        } else if inc(20).await == 21 {
            log("else if");
        }
        { ping().await }
    }
}

twin! {
    async fn ref_bindings_of_a_place(n: i64) -> String {
        let pair = (format!("p{n}"), n);
        let (ref text, count) = pair;
        log(text);
        let more = inc(count).await;
        let (ref again, _) = pair;
        format!("{again}{more}{count}")
    }
}

twin! {
    async fn ref_mut_bindings_of_a_place(n: i64) -> (Vec<i64>, i64) {
        let mut pair = (vec![n], n);
        let (ref mut list, ref mut count) = pair;
        list.push(inc(1).await);
        *count += 1;
        list.push(inc(2).await);
        *count += list.len() as i64;
        pair
    }
}

twin! {
    async fn attributes_on_statements_stay(n: i64) -> i64 {
        #[allow(unused_variables)]
        let unused = inc(n).await;
        #[allow(clippy::let_and_return)]
        let used = inc(n + 1).await;
        used
    }
}
