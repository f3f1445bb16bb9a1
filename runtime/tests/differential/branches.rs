//! `if`, `if let`, let chains, `&&` and `||`.

use crate::support::twin::twin;

twin! {
    async fn an_await_in_one_branch_only(n: i64) -> i64 {
        let result = if n > 3 { inc(n).await } else { n };
        result * 2
    }
}

twin! {
    async fn an_await_in_the_condition(n: i64) -> i64 {
        if inc(n).await > 4 { 1 } else { 2 }
    }
}

twin! {
    async fn an_if_without_else(n: i64) -> i64 {
        let mut total = n;
        if odd(n).await {
            total += inc(total).await;
        }
        total
    }
}

twin! {
    async fn a_ladder_of_else_ifs(n: i64) -> String {
        if n == 0 {
            "zero".to_owned()
        } else if inc(n).await == 2 {
            name(1).await
        } else if let Some(k) = find(n - 4).await && k > 0 {
            format!("big{}", inc(k).await)
        } else if odd(n).await {
            "odd".to_owned()
        } else {
            name(n).await + "!"
        }
    }
}

twin! {
    async fn if_let_binds_by_value(n: i64) -> String {
        if let Ok(twice) = check(n - 3).await {
            let next = inc(twice).await;
            format!("{twice}{next}")
        } else {
            name(n).await
        }
    }
}

twin! {
    async fn if_let_borrows_what_it_tests(n: i64) -> String {
        let order = Some(format!("order{n}"));
        if let Some(text) = &order {
            inc(text.len() as i64).await;
            log(text);
            ping().await;
            log(text.len());
        }
        format!("{order:?}")
    }
}

twin! {
    async fn if_let_borrows_mutably(n: i64) -> Option<Vec<i64>> {
        let mut found = find(n).await.map(|k| vec![k]);
        if let Some(list) = &mut found {
            let next = inc(list[0]).await;
            list.push(next);
            ping().await;
            list.push(0);
        }
        found
    }
}

twin! {
    async fn a_borrow_shadows_its_base(n: i64) -> String {
        let label = if n > 3 { Some(format!("L{n}")) } else { None };
        if let Some(label) = &label {
            let size = inc(label.len() as i64).await;
            log(label);
            inc(size).await;
            log(label.len());
        }
        format!("{label:?}")
    }
}

twin! {
    async fn let_chains_stop_where_they_fail(n: i64) -> i64 {
        if let Some(a) = find(n % 4).await
            && let Ok(b) = check(a - 2).await
            && b < 3
            && odd(a + b).await
        {
            a * 10 + b + inc(0).await
        } else {
            -n
        }
    }
}

twin! {
    async fn chains_see_earlier_bindings(n: i64) -> (i64, i64) {
        let limit = Some(n);
        if let Some(cap) = limit
            && cap > 2
            && let half = cap / 2
            && inc(half).await != 3
            && let Some(found) = find(half - 1).await
        {
            (cap, found)
        } else {
            (0, limit.unwrap_or(9))
        }
    }
}

twin! {
    async fn and_short_circuits(n: i64) -> bool {
        let both = n > 4 && odd(n).await && odd(n + 2).await;
        let none = odd(n).await && n < 0 && odd(99).await;
        both || none
    }
}

twin! {
    async fn or_short_circuits(n: i64) -> bool {
        let any = n > 4 || odd(n).await || odd(n / 2).await;
        any && !(n == 2 || odd(7).await)
    }
}

twin! {
    async fn mixed_logic_keeps_its_precedence(n: i64) -> Vec<bool> {
        vec![
            odd(n).await || n > 3 && odd(n + 1).await,
            (odd(n).await || n > 3) && odd(n + 1).await,
            !odd(n).await && !(odd(1).await && n > 2),
        ]
    }
}

twin! {
    async fn a_condition_is_a_block(n: i64) -> i64 {
        if {
            let k = inc(n).await;
            log(k);
            k % 3 == 0
        } {
            inc(1).await
        } else {
            2
        }
    }
}

twin! {
    async fn a_condition_contains_an_if(n: i64) -> i64 {
        if if n > 4 { odd(n).await } else { n == 2 } { inc(n).await } else { -inc(n).await }
    }
}

twin! {
    async fn nested_ifs_in_tail_position(n: i64) -> i64 {
        if n > 4 {
            if n > 6 {
                inc(n).await
            } else {
                if odd(n).await { return 500 }
                60
            }
        } else {
            if let Some(k) = find(n - 2).await { k } else { inc(40).await }
        }
    }
}

twin! {
    async fn branches_move_the_same_local_differently(n: i64) -> Vec<String> {
        let text = format!("m{n}");
        let mut out = Vec::new();
        if odd(n).await {
            out.push(text);
            ping().await;
        } else {
            ping().await;
            out.push(text + "!");
        }
        out
    }
}

twin! {
    async fn a_local_is_set_anew_on_one_path(n: i64) -> String {
        let mut tag = name(n).await;
        if n % 3 == 0 {
            drop(tag);
            tag = name(100).await;
        } else if n % 3 == 1 {
            tag.push('+');
        }
        ping().await;
        tag
    }
}

twin! {
    async fn an_if_as_an_argument(n: i64) -> i64 {
        fn minus(a: i64, b: i64) -> i64 { a - b }
        minus(if n > 2 { inc(n).await } else { 0 }, if odd(n).await { 1 } else { inc(n).await })
    }
}

twin! {
    async fn if_let_else_if_let_share_names(n: i64) -> i64 {
        if let Some(x) = find(n % 3).await {
            inc(x).await * 100
        } else if let Ok(x) = check(n - 4).await {
            inc(x).await * 10
        } else {
            inc(n).await
        }
    }
}

twin! {
    async fn a_bool_local_decides_twice(n: i64) -> i64 {
        let late = odd(n).await;
        let mut sum = 0;
        if late { sum += inc(1).await; }
        ping().await;
        if !late { sum -= inc(2).await; }
        sum
    }
}

twin! {
    async fn is_some_and_on_an_awaited_option(n: i64) -> i64 {
        if find(n).await.is_some_and(|k| k > 3) && check(n).await.is_ok() { inc(n).await } else { 0 }
    }
}
