//! `?` on `Result`, `Option` and `ControlFlow`, near and far from awaits.

use crate::support::twin::twin;

twin! {
    async fn on_an_awaited_result(n: i64) -> Result<i64, Why> {
        let twice = check(n - 2).await?;
        Ok(twice + inc(twice).await)
    }
}

twin! {
    async fn on_an_awaited_option(n: i64) -> Option<i64> {
        let found = find(n % 3).await?;
        Some(found + find(n - 4).await?)
    }
}

twin! {
    async fn in_the_value_of_a_let_else(n: i64) -> Result<i64, Why> {
        let maybe: Result<Option<i64>, &str> = match n {
            2 => Err("two"),
            n if n > 5 => Ok(None),
            n => Ok(Some(n)),
        };
        let Some(k) = maybe? else { return Ok(-1) };
        Ok(inc(k).await)
    }
}

twin! {
    async fn converts_the_error(n: i64) -> Result<i64, Why> {
        if inc(n).await > 6 {
            Err(String::from("late"))?;
        }
        if n == 2 {
            Err("two")?
        }
        Ok(n)
    }
}

twin! {
    async fn converts_into_an_enum(n: i64) -> Result<i64, Problem> {
        let parsed: i64 = if n > 6 { "x".parse()? } else { "12".parse()? };
        let twice = check(parsed - 12 - n + 3).await?;
        Ok(twice)
    }
}

twin! {
    async fn in_the_middle_of_an_expression(n: i64) -> Result<i64, Why> {
        Ok(check(n).await? + check(n - 1).await? * check(inc(n).await - 3).await?)
    }
}

twin! {
    async fn on_the_result_of_a_chain(n: i64) -> Result<String, Why> {
        let text = check(n - 3).await.map(|v| v.to_string()).map_err(|why| Why(format!("<{why}>")))?;
        Ok(text + &name(n).await)
    }
}

twin! {
    async fn on_collected_results(n: i64) -> Result<Vec<i64>, Why> {
        let list = many(n).await.into_iter().map(|k| if k < 4 { Ok(k) } else { Err("four") }).collect::<Result<Vec<_>, _>>()?;
        ping().await;
        Ok(list)
    }
}

twin! {
    async fn on_collected_options(n: i64) -> Option<i64> {
        let list = vec![n, 2].iter().map(|k| k.checked_sub(1)).collect::<Option<Vec<_>>>()?;
        let found = find(list[0] + 1).await?;
        let at = list.get(inc(found).await as usize % 3)?;
        let at = *at;
        Some(at + find(found - 3).await?)
    }
}

twin! {
    async fn ok_or_makes_a_result_of_an_option(n: i64) -> Result<i64, Why> {
        let found = find(n % 2).await.ok_or("nothing")?;
        let more = find(n - 3).await.ok_or_else(|| format!("no {n}"))?;
        Ok(found * 10 + more)
    }
}

twin! {
    async fn twice_in_a_row(n: i64) -> Option<i64> {
        let nested: Option<Option<i64>> = Some(find(n % 3).await);
        let inner = nested??;
        Some(inc(inner).await)
    }
}

twin! {
    async fn result_of_option(n: i64) -> Result<Option<i64>, Why> {
        let maybe: Option<Result<i64, Why>> = match n { 0 => None, k => Some(check(k - 3).await) };
        let flipped = maybe.transpose()?;
        ping().await;
        Ok(flipped)
    }
}

twin! {
    async fn in_a_loop_leaves_the_function(n: i64) -> Result<i64, Why> {
        let mut sum = 0;
        for k in (-1..n).rev() {
            sum += check(k - 1).await?;
        }
        Ok(sum)
    }
}

twin! {
    async fn in_a_condition(n: i64) -> Result<i64, Why> {
        if check(n - 1).await? > 4 && check(5 - n).await? < 9 {
            Ok(1)
        } else {
            Ok(check(n - 3).await?)
        }
    }
}

twin! {
    async fn in_a_scrutinee(n: i64) -> Result<String, Why> {
        match check(n - 1).await? {
            0 => Ok(name(0).await),
            k if k > 8 => Err("big")?,
            k => Ok(name(check(k - 5).await?).await),
        }
    }
}

twin! {
    async fn in_a_macro_argument(n: i64) -> Result<String, Why> {
        let text = format!("{}-{}", check(n).await?, check(3 - n).await?);
        Ok(text)
    }
}

twin! {
    async fn in_a_block_value(n: i64) -> Result<i64, Box<Why>> {
        let y = {
            let z = check(n - 1).await?;
            if z > 4 {
                Err(Why::from("big"))?
            }
            z
        };
        let t = (check(y).await?, [check(y - 2).await?], y);
        Ok(t.0 + t.1[0] + t.2)
    }
}

twin! {
    async fn without_any_await_near(n: i64) -> Result<i64, Why> {
        let v = Ok::<_, Why>(n)?;
        let w: i64 = (v + 3).to_string().parse::<i64>().map_err(|e| e.to_string())?;
        inc(w).await;
        let x: Result<i64, &str> = if n == 4 { Err("four") } else { Ok(n) };
        Ok(w + x?)
    }
}

twin! {
    async fn inside_a_closure_stays_the_closures(n: i64) -> Result<i64, Why> {
        let parse = |text: &str| -> Option<i64> { Some(text.strip_prefix('n')?.parse::<i64>().ok()? + 1) };
        let text = name(n).await;
        let value = parse(&text).ok_or("no number")?;
        ping().await;
        Ok(value + parse("x").unwrap_or(1000))
    }
}

twin! {
    async fn on_control_flow(n: i64) -> i64 {
        use std::ops::ControlFlow;
        fn first_over(items: &[i64], limit: i64) -> ControlFlow<i64> {
            for item in items {
                if *item > limit {
                    ControlFlow::Break(*item)?;
                }
            }
            ControlFlow::Continue(())
        }
        let items = many(n).await;
        let found = match first_over(&items, 2) { ControlFlow::Break(k) => k, ControlFlow::Continue(()) => -1 };
        inc(found).await
    }
}

twin! {
    async fn on_a_try_fold(n: i64) -> Option<i64> {
        let total = many(n).await.iter().try_fold(0i64, |sum, k| if *k > 3 { None } else { Some(sum + k) })?;
        Some(inc(total).await)
    }
}

twin! {
    async fn the_err_arm_awaits_and_recovers(n: i64) -> Result<i64, Why> {
        let value = match check(n - 4).await {
            Ok(value) => value,
            Err(why) => {
                log(&why);
                check(inc(n).await).await?
            }
        };
        Ok(value)
    }
}

twin! {
    async fn a_tail_question(n: i64) -> Result<i64, Why> {
        Ok(check(n - 5).await.or_else(|why| if n == 0 { Err(why) } else { Ok(3) })?)
    }
}

twin! {
    async fn a_tail_result_without_question(n: i64) -> Result<i64, Why> {
        inc(n).await;
        check(n - 3).await
    }
}

twin! {
    async fn the_discarded_value_of_a_question(n: i64) -> Result<(), Why> {
        check(n - 1).await?;
        check(n - 2).await?;
        ping().await;
        Ok(())
    }
}

twin! {
    async fn moves_before_a_question_are_undone_by_nobody(n: i64) -> Result<String, Why> {
        let text = name(n).await;
        let moved = text;
        let twice = check(n - 4).await?;
        Ok(format!("{moved}{twice}"))
    }
}
