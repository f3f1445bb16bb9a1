//! Macros: awaits in the arguments of the known ones, unknown ones left alone.

use crate::support::twin::twin;

twin! {
    async fn format_with_awaits_and_captures(n: i64) -> String {
        let kept = n * 2;
        let width = 4;
        format!("{kept}|{}|{kept:>width$}|{0:?}|{named}", inc(n).await, named = inc(kept).await)
    }
}

twin! {
    async fn captures_refer_to_their_own_scope(n: i64) -> String {
        let width = 6;
        let x = n;
        let inner = {
            let x = inc(x).await;
            let width = 3;
            let q = inc(x).await;
            format!("{x:>width$}|{x:?}|{{x}}|{0:>1$}|{q}", x, width)
        };
        let precision = 2;
        let float = 1.5f64;
        ping().await;
        format!("{inner} {x:>width$} {float:.precision$} {y}", y = { let x = 3; x })
    }
}

twin! {
    async fn a_binder_inside_an_argument(n: i64) -> String {
        let code = n;
        let line = format!(
            "{code}/{}/{}",
            match inc(code).await {
                code if code > 4 => code * 2,
                mut code => { code += 1; code }
            },
            inc(code).await
        );
        for code in 0..2 {
            log(inc(code).await);
        }
        line + &format!("{code}")
    }
}

twin! {
    async fn vec_of_awaits(n: i64) -> Vec<i64> {
        let list = vec![inc(n).await, n, inc(n + 1).await];
        let same = vec![inc(n).await; 2];
        let size = vec![0u8; inc(2).await as usize].len() as i64;
        [list, same, vec![size]].concat()
    }
}

twin! {
    async fn matches_of_awaits(n: i64) -> (bool, bool, bool) {
        (
            matches!(inc(n).await, 1 | 3..=5),
            matches!(find(n).await, Some(k) if k > 3),
            matches!(check(n - 4).await, Err(_)),
        )
    }
}

twin! {
    async fn asserts_that_hold(n: i64) -> i64 {
        assert!(inc(n).await > n);
        assert_eq!(inc(n).await, n + 1, "one more than {n}");
        assert_ne!(name(n).await, "x");
        debug_assert!(inc(n).await >= n);
        debug_assert_eq!(find(0).await, None);
        n
    }
}

twin! {
    async fn panics_with_awaited_words(n: i64) -> i64 {
        if n == 2 { panic!("two {}", inc(n).await) }
        if n == 4 { unreachable!("four {}", name(n).await) }
        if n == 6 { todo!("six") }
        if n == 7 { unimplemented!("seven {n}") }
        inc(n).await
    }
}

twin! {
    async fn write_and_writeln(n: i64) -> String {
        use std::fmt::Write;
        let mut out = String::new();
        write!(out, "{n}{}", inc(n).await).unwrap();
        writeln!(out, "{}", format!("{:?}", find(n).await)).unwrap();
        write!(&mut out, "{}", name(n).await).unwrap();
        out
    }
}

twin! {
    async fn print_and_friends(n: i64) -> i64 {
        println!("{}", inc(n).await);
        print!("{n}");
        eprintln!("{}", inc(1).await);
        eprint!("{}", name(n).await);
        n
    }
}

twin! {
    async fn dbg_gives_its_value(n: i64) -> i64 {
        let kept = dbg!(inc(n).await);
        kept + dbg!(inc(kept).await, n).1
    }
}

twin! {
    async fn format_args_in_place(n: i64) -> String {
        let text = std::fmt::format(format_args!("{}-{n}", inc(n).await));
        ping().await;
        text
    }
}

twin! {
    async fn nested_known_macros(n: i64) -> String {
        format!("{}", vec![format!("{}", inc(n).await), format!("{:?}", vec![inc(1).await; 2])].join(&format!("-{}-", inc(3).await)))
    }
}

twin! {
    async fn an_unknown_macro_names_a_kept_local(n: i64) -> i64 {
        macro_rules! twice { ($e:expr) => { $e * 2 } }
        let base = inc(n).await;
        let a = inc(twice!(base)).await;
        ping().await;
        twice!(a) + twice!(base)
    }
}

twin! {
    async fn an_unknown_macro_without_jumps_in_statement_position(n: i64) -> Vec<i64> {
        macro_rules! push { ($list:ident, $($e:expr),*) => { $($list.push($e);)* } }
        let mut list = vec![];
        push!(list, n, n + 1);
        ping().await;
        push!(list, 3);
        list
    }
}

twin! {
    async fn a_hidden_return_in_statement_position(n: i64) -> Result<i64, Why> {
        macro_rules! ensure { ($c:expr, $why:expr) => { if !$c { return Err($why.into()); } } }
        ensure!(n > 2, "small");
        let a = inc(n).await;
        ensure!(a < 7, format!("large {a}"));
        Ok(a)
    }
}

twin! {
    async fn anyhow_like_bail_after_an_await(n: i64) -> Result<i64, Why> {
        macro_rules! bail { ($($t:tt)*) => { return Err(Why(format!($($t)*))) } }
        let a = inc(n).await;
        if a == 3 {
            bail!("three of {n}");
        }
        let b = inc(a).await;
        if b > 8 {
            bail!("big {a} {b}");
        }
        Ok(b)
    }
}

twin! {
    async fn logging_macros_without_awaits(n: i64) -> i64 {
        let kept = inc(n).await;
        tracing::info!(n, "about to {kept}");
        tracing::debug!("kept {kept} of {}", n + 1);
        ping().await;
        tracing::warn!(target: "t", kept, "done with {n}");
        kept
    }
}

twin! {
    async fn a_todo_behind_a_condition_never_runs(n: i64) -> i64 {
        if n > 100 { todo!() }
        let a: i64 = if n < 0 { unimplemented!() } else { inc(n).await };
        a
    }
}

twin! {
    async fn an_assert_inside_a_loop_over_kept_locals(n: i64) -> i64 {
        let limit = 100 + n;
        let mut sum = 0;
        for k in 0..3 {
            sum += inc(k).await;
            assert!(sum < limit, "{sum} of {limit} in round {k}");
            log(format_args!("{sum:03}"));
        }
        sum
    }
}

twin! {
    async fn asserts_that_fail(n: i64) -> i64 {
        assert!(inc(n).await != 4, "three is out: {}", inc(n).await);
        assert_eq!(inc(n).await % 6, n + 1, "{n} and {}", inc(100).await);
        n
    }
}

twin! {
    async fn concat_stringify_and_other_builtins(n: i64) -> String {
        let file = concat!("a", 1, true);
        let words = stringify!(n + 1);
        ping().await;
        format!("{file}{words}{}", line!() > 0)
    }
}
