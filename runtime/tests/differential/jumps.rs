//! Labelled blocks, early returns, and jumps out of everything.

use crate::support::twin::twin;

twin! {
    async fn a_labelled_block_gives_a_value(n: i64) -> i64 {
        let value = 'b: {
            if inc(n).await > 3 {
                break 'b 1;
            }
            let x = inc(2).await;
            if x > 2 && n == 1 {
                break 'b x;
            }
            9
        };
        value * 10
    }
}

twin! {
    async fn nested_labelled_blocks_through_loops(n: i64) -> (i64, i64) {
        let mut tries = 0;
        let price = 'quote: {
            for shop in [4, n, 9] {
                tries += 1;
                let offer = 'ask: {
                    if shop % 2 == 0 {
                        break 'ask inc(shop).await;
                    }
                    for extra in 0..shop {
                        if inc(extra).await == 3 {
                            break 'ask extra * 100;
                        }
                    }
                    -1
                };
                if offer > 50 {
                    break 'quote offer;
                }
            }
            0
        };
        log(inc(price).await);
        (price, tries)
    }
}

twin! {
    async fn a_labelled_block_without_value(n: i64) -> i64 {
        let mut k = n;
        'done: {
            if k > 5 {
                break 'done;
            }
            k = inc(k).await;
            if k == 3 {
                break 'done;
            }
            k = inc(k * 10).await;
        }
        k
    }
}

twin! {
    async fn out_of_a_match_with_question_and_label(n: i64) -> Result<i64, Why> {
        let mut sum = 0;
        'outer: for a in 0..4 {
            for b in 0..3 {
                match check(a * 3 + b - n).await {
                    Err(_) if b == 1 => continue 'outer,
                    Err(_) => sum += 1,
                    Ok(0) => sum += check(b - 1).await?,
                    Ok(v) if v > 6 => break 'outer,
                    Ok(v) => sum += inc(v).await,
                }
            }
        }
        Ok(sum)
    }
}

twin! {
    async fn return_among_the_operands(n: i64) -> Result<i64, Why> {
        fn less(a: i64, b: i64) -> i64 { a - b }
        Ok(less(
            inc(n).await,
            if n == 3 { return Err("three".into()) } else { check(n - 1).await? },
        ))
    }
}

twin! {
    async fn break_among_the_operands(n: i64) -> i64 {
        let mut k = 0;
        let last = loop {
            k += 1;
            let pair = (inc(k).await, if k > n { break k * 100 } else { inc(k).await });
            k = pair.0 + pair.1 - k;
        };
        last + k
    }
}

twin! {
    async fn return_in_a_let_chain(n: i64) -> i64 {
        if let Some(k) = find(n).await
            && k > { if k == 2 { return 22 } 3 }
            && odd(k).await
        {
            return inc(k).await;
        }
        inc(0).await
    }
}

twin! {
    async fn a_jump_from_code_without_awaits_keeps_assignments(n: i64) -> String {
        let mut tag = String::from("a");
        for day in 0..n {
            let old = tag;
            inc(day).await;
            if old.len() > 2 {
                tag = String::new();
                continue;
            }
            tag = old + "b";
        }
        tag
    }
}

twin! {
    async fn an_opaque_binding_shadows_what_a_jump_puts_back(n: i64) -> Vec<i64> {
        let total = n;
        let mut out = vec![];
        'days: for d in 0..4 {
            inc(d).await;
            for total in [d, d + 1] {
                if total == 2 {
                    continue 'days;
                }
                out.push(total);
            }
        }
        out.push(total);
        out
    }
}

twin! {
    async fn an_early_return_skips_the_rest(n: i64) -> String {
        if n == 0 {
            return name(0).await;
        }
        let twice = match check(n - 3).await {
            Ok(twice) => twice,
            Err(why) => return format!("{why}!"),
        };
        if twice > 6 {
            return String::from("large");
        }
        name(twice).await
    }
}

twin! {
    async fn breaks_from_a_nested_condition(n: i64) -> i64 {
        let mut i = 0;
        let r = 'x: loop {
            i += 1;
            if (if inc(i).await > n { break 'x i * 2 } else { i }) > 4 && { if i == 6 { break 'x 666 } true } {
                inc(50).await;
            }
        };
        r
    }
}

twin! {
    async fn a_labelled_block_in_a_loop_condition(n: i64) -> i64 {
        let mut k = 0;
        while 'c: {
            if k > 3 {
                break 'c false;
            }
            if inc(k).await == n {
                break 'c false;
            }
            true
        } {
            k += 1;
        }
        k
    }
}

twin! {
    async fn unreachable_code_after_a_loop_is_gone(n: i64) -> i64 {
        let mut k = n;
        loop {
            k = inc(k).await;
            if k > 4 {
                return k;
            }
        }
        #[allow(unreachable_code)]
        inc(999).await
    }
}

twin! {
    async fn a_continue_in_an_argument_of_an_await(n: i64) -> Vec<i64> {
        let mut out = vec![];
        for k in 0..n.min(5) {
            out.push(inc(if k == 2 { continue } else { k * 10 }).await);
        }
        out
    }
}

twin! {
    async fn labels_of_equal_names_in_sequence(n: i64) -> i64 {
        let a = 'l: { if n > 4 { break 'l inc(1).await } 2 };
        let b = 'l: { if n < 3 { break 'l inc(3).await } 4 };
        'l: for k in 0..2 { if k == a { break 'l } inc(k).await; }
        a * 10 + b
    }
}

twin! {
    async fn a_diverging_block_of_awaits(n: i64) -> i64 {
        let x: i64 = {
            if n > 3 {
                inc(n).await;
                return 1;
            }
            inc(0).await
        };
        x + n
    }
}

twin! {
    async fn a_return_in_every_branch(n: i64) -> i64 {
        if odd(n).await {
            return inc(n).await;
        } else {
            return -n;
        }
    }
}

twin! {
    async fn a_return_of_a_return_free_match(n: i64) -> i64 {
        return match find(n % 3).await {
            Some(k) => inc(k).await,
            None => 0,
        };
    }
}

twin! {
    async fn a_jump_out_of_a_drained_loop_leaves_the_rest_dropped(n: i64) -> usize {
        let mut list = vec![1, n, 3];
        'outer: loop {
            ping().await;
            for item in list.drain(..) {
                if item > 2 {
                    continue 'outer;
                }
                if item < -5 {
                    break 'outer;
                }
            }
            break;
        }
        list.push(inc(n).await);
        list.len()
    }
}

twin! {
    async fn a_jump_under_a_borrowed_guard(n: i64) -> i64 {
        let cell = std::cell::RefCell::new(vec![n, 2]);
        let mut rounds = 0;
        loop {
            rounds += inc(0).await;
            while let Some(item) = cell.borrow_mut().pop() {
                if item % 2 == 1 {
                    break;
                }
            }
            for item in cell.borrow().iter() {
                if *item > 1 {
                    continue;
                }
            }
            match cell.borrow().first() {
                Some(item) if *item > 100 => continue,
                Some(_) => break,
                None => {}
            }
            if rounds > 2 { break }
        }
        rounds
    }
}

twin! {
    async fn a_value_leaves_a_loop_over_a_guard(n: i64) -> i64 {
        let cell = std::cell::RefCell::new(vec![n, 4, 7]);
        let found = 'search: loop {
            inc(0).await;
            for item in cell.borrow().iter() {
                if *item > 3 {
                    break 'search item.to_string();
                }
                if *item < 0 {
                    break 'search String::from("-0");
                }
            }
            cell.borrow_mut().push(n + 1);
        };
        cell.borrow_mut().push(found.parse().unwrap_or(9));
        ping().await;
        cell.into_inner().into_iter().sum()
    }
}
