//! `loop`, `while`, `while let`, labels, and values of loops.

use crate::support::twin::twin;

twin! {
    async fn a_loop_with_a_value(n: i64) -> i64 {
        let mut k = 0;
        let found = loop {
            k = inc(k).await;
            if k > n {
                break k * 10;
            }
        };
        found + k
    }
}

twin! {
    async fn a_loop_that_only_returns(n: i64) -> i64 {
        let mut k = n;
        loop {
            let next = inc(k).await;
            if next > 6 {
                return next;
            }
            k = next;
        }
    }
}

twin! {
    async fn a_while_awaits_in_its_condition(n: i64) -> i64 {
        let mut k = 0;
        while inc(k).await <= n {
            k += 2;
        }
        k
    }
}

twin! {
    async fn a_while_awaits_in_its_body(n: i64) -> Vec<i64> {
        let mut out = vec![];
        let mut left = n;
        while left > 0 {
            out.push(inc(left).await);
            left -= 2;
        }
        out
    }
}

twin! {
    async fn while_let_pops_a_stack(n: i64) -> Vec<i64> {
        let mut stack = vec![n];
        let mut seen = vec![];
        while let Some(top) = stack.pop() {
            seen.push(inc(top).await);
            if top > 1 {
                stack.push(top / 2);
                stack.push(top - 2);
            }
        }
        seen
    }
}

twin! {
    async fn while_let_awaits_its_scrutinee(n: i64) -> i64 {
        let mut k = n;
        let mut sum = 0;
        while let Some(found) = find(k).await {
            sum += found;
            k -= 1;
        }
        sum
    }
}

twin! {
    async fn while_let_with_a_chain(n: i64) -> i64 {
        let mut k = n;
        while k > 0
            && let Some(x) = find(k - 1).await
            && (x > 1 || inc(x).await == 2)
            && let Ok(y) = check(x).await
        {
            k -= 1;
            log(y);
            if !(k > 2 || inc(k).await > 1) {
                break;
            }
        }
        k
    }
}

twin! {
    async fn labels_reach_the_outer_loop(n: i64) -> Vec<i64> {
        let mut out = vec![];
        'outer: for i in 0..=n {
            let mut stack = vec![i, i + 1];
            while let Some(x) = stack.pop() {
                if x == 3 {
                    continue 'outer;
                }
                let y = inc(x).await;
                if y == 6 {
                    break 'outer;
                }
                for z in 0..y {
                    if z == 2 {
                        continue 'outer;
                    }
                    out.push(z);
                }
                if y % 2 == 0 {
                    continue;
                }
                out.push(y);
            }
            out.push(-1);
        }
        out
    }
}

twin! {
    async fn three_loops_with_one_name_for_their_counters(n: i64) -> Vec<i64> {
        let i = 100;
        let mut out = vec![];
        for i in 0..n {
            let i = inc(i).await;
            for i in i..i + 2 {
                if i % 3 == 0 {
                    continue;
                }
                out.push(inc(i).await);
            }
            out.push(i);
        }
        out.push(i);
        out
    }
}

twin! {
    async fn a_label_is_in_scope_in_its_own_condition(n: i64) -> i64 {
        let mut i = 0;
        let mut sum = 0;
        'w: while {
            i += 1;
            if i == 2 {
                continue 'w;
            }
            i < 5
        } {
            sum += inc(i + n).await;
        }
        sum
    }
}

twin! {
    async fn a_condition_breaks_its_own_loop_after_an_await(n: i64) -> i64 {
        let mut i = 0;
        'w: while {
            i += 1;
            if inc(i).await > n {
                break 'w;
            }
            true
        } {
            ping().await;
        }
        i
    }
}

twin! {
    async fn a_break_value_through_two_loops(n: i64) -> (i64, i64) {
        let mut rounds = 0;
        let price = 'quote: loop {
            rounds += 1;
            let mut offer = rounds * 3;
            loop {
                offer += inc(offer).await;
                if offer > 20 + n {
                    break 'quote offer;
                }
                if offer > 10 {
                    break;
                }
            }
        };
        (price, rounds)
    }
}

twin! {
    async fn a_loop_never_entered(n: i64) -> i64 {
        while n < 0 {
            inc(1).await;
        }
        for _ in 9..n {
            inc(2).await;
        }
        n
    }
}

twin! {
    async fn a_loop_runs_once_and_breaks(n: i64) -> i64 {
        let mut k = n;
        loop {
            k = inc(k).await;
            break;
        }
        k
    }
}

twin! {
    async fn a_local_of_the_body_is_new_in_each_round(n: i64) -> Vec<usize> {
        let mut sizes = vec![];
        for k in 0..n.min(4) {
            let mut fresh = Vec::new();
            fresh.push(inc(k).await);
            if k > 1 {
                fresh.push(inc(k).await);
            }
            ping().await;
            sizes.push(fresh.len());
        }
        sizes
    }
}

twin! {
    async fn loop_carried_moves(n: i64) -> String {
        let mut text = String::new();
        for i in 0..n {
            text = format!("{text}{}", inc(i).await);
            let moved = text;
            inc(1).await;
            if moved.len() > 5 {
                text = String::new();
                continue;
            }
            text = moved;
        }
        text
    }
}

twin! {
    async fn the_best_so_far_is_carried_along(n: i64) -> (Option<i64>, String) {
        let mut best = None;
        let mut who = String::new();
        let mut i = 0;
        'o: while i < n {
            let candidate = inc(i * 7 % 5).await;
            i += 1;
            match best {
                Some(b) if b >= candidate => continue 'o,
                Some(b) if b > 100 => break,
                _ => {}
            }
            best = Some(candidate);
            who = name(candidate).await;
            let keep = loop {
                if inc(candidate).await > 2 {
                    break true;
                } else if i > 3 {
                    break false;
                }
                i += 1;
            };
            if !keep {
                best = None;
            }
        }
        (best, who)
    }
}

twin! {
    async fn a_while_true_with_inner_breaks(n: i64) -> i64 {
        let mut k = n + 3;
        while true {
            k -= 1;
            if inc(k).await < 3 {
                break;
            }
        }
        let () = while inc(k).await < 3 { k += 1 };
        k
    }
}

twin! {
    async fn unit_valued_loops_as_operands(n: i64) -> String {
        let mut k = 0;
        let units = (
            while k < n.min(2) { k = inc(k).await; },
            for _ in 0..2 { ping().await; },
            loop { if odd(k).await { break; } k += 1; },
        );
        format!("{units:?}{k}")
    }
}

twin! {
    async fn a_return_from_a_loop_in_a_loop(n: i64) -> i64 {
        for a in 0..3 {
            for b in 0..3 {
                if inc(a * 3 + b).await == n {
                    return a * 10 + b;
                }
            }
        }
        -1
    }
}

twin! {
    async fn a_retry_loop(n: i64) -> Result<i64, Why> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match check(attempt - n).await {
                Ok(value) => break Ok(value + attempt),
                Err(why) if attempt > 4 => break Err(why),
                Err(_) => inc(attempt).await,
            };
        }
    }
}
