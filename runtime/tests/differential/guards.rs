//! Values with a destructor. A binding whose name starts with `_` lives to the end of its scope;
//! compared hot only, since cold a value is dropped and rebuilt at every await.

use crate::support::twin::twin;

twin! {
    dropping async fn a_guard_lives_to_the_end_of_its_scope(n: i64) -> i64 {
        let _whole = Guard(1);
        log("a");
        {
            let _inner = Guard(2);
            inc(n).await;
            log("b");
        }
        inc(n).await;
        log("c");
        n
    }
}

twin! {
    dropping async fn guards_drop_in_reverse_order(n: i64) -> i64 {
        let _first = Guard(1);
        let _second = Guard(2);
        let value = inc(n).await;
        let _third = Guard(3);
        inc(value).await
    }
}

twin! {
    dropping async fn a_shadowed_guard_lives_on(n: i64) -> i64 {
        let _guard = Guard(1);
        inc(n).await;
        let _guard = Guard(2);
        inc(n).await;
        log("end");
        n
    }
}

twin! {
    dropping async fn an_early_return_drops_the_guards(n: i64) -> i64 {
        let _outer = Guard(1);
        if odd(n).await {
            let _inner = Guard(2);
            ping().await;
            return inc(n).await;
        }
        log("not odd");
        n
    }
}

twin! {
    dropping async fn a_question_drops_the_guards(n: i64) -> Result<i64, Why> {
        let _guard = Guard(1);
        let twice = check(n - 4).await?;
        log("fine");
        Ok(inc(twice).await)
    }
}

twin! {
    dropping async fn a_break_and_a_continue_drop_the_guards_of_the_body(n: i64) -> i64 {
        let _outer = Guard(0);
        for k in 0..5 {
            let _round = Guard(k + 1);
            inc(k).await;
            if k == n { break }
            if k == 1 { continue }
            log(("end of round", k));
        }
        log("after");
        n
    }
}

twin! {
    dropping async fn a_guard_in_an_arm_lives_to_the_end_of_the_arm(n: i64) -> i64 {
        let out = match find(n % 2).await {
            Some(k) => {
                let _guard = Guard(k);
                let more = inc(k).await;
                log("in the arm");
                more
            }
            None => 0,
        };
        log("after the match");
        out
    }
}

twin! {
    dropping async fn an_explicit_drop_is_where_it_stands(n: i64) -> i64 {
        let guard = Guard(1);
        inc(n).await;
        log("still there");
        drop(guard);
        inc(n).await;
        log("gone");
        n
    }
}

twin! {
    dropping async fn values_between_two_awaits_drop_as_written(n: i64) -> i64 {
        inc(n).await;
        {
            let a = Guard(1);
            let b = Guard(2);
            log((a.0, b.0));
        }
        let _ = Guard(3);
        Guard(4);
        log("between");
        inc(n).await
    }
}

twin! {
    dropping async fn a_guard_moved_away_is_not_dropped_twice(n: i64) -> i64 {
        let _guard = Guard(1);
        inc(n).await;
        let kept = vec![_guard];
        log(kept.len());
        drop(kept);
        inc(n).await
    }
}

twin! {
    dropping async fn the_tail_value_is_made_before_the_guards_drop(n: i64) -> i64 {
        let _guard = Guard(1);
        ping().await;
        tr(n * 2)
    }
}

twin! {
    dropping async fn a_guard_in_a_labelled_block(n: i64) -> i64 {
        let k = 'b: {
            let _guard = Guard(1);
            if odd(n).await { break 'b 1 }
            ping().await;
            2
        };
        log("after");
        inc(k).await
    }
}
