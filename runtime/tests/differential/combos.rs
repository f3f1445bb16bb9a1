//! Larger bodies, where the constructs meet.

use crate::support::twin::twin;

twin! {
    async fn a_delivery_round(n: i64) -> String {
        let label = format!("crate{n}");
        for round in 0..3 {
            let [Some(left), None] = [find(n % 2).await, find(n % 3).await] else {
                log(inc(round).await);
                continue;
            };
            log(inc(left).await);
            return label;
        }
        let ("crate4" | "crate5" | "crate2") = label.as_str() else { panic!("{label}") };
        label
    }
}

twin! {
    async fn ranges_of_all_kinds_in_sequence(n: i64) -> i64 {
        let mut sum = n;
        for kg in 1..=3u8 {
            sum += i64::from(kg);
            inc(sum).await;
        }
        for c in 'x'..='z' {
            sum += inc(c as i64).await;
        }
        for _ in 5..=4 {
            sum = 0;
            inc(0).await;
        }
        for k in (0..100).step_by(5) {
            if k > sum.min(20) { break }
            sum = inc(sum).await;
        }
        sum
    }
}

twin! {
    async fn a_ref_binding_next_to_a_moving_one(n: i64) -> String {
        #[derive(Default, Debug)]
        struct Parcel { id: i64, stops: Vec<String>, to: Option<char> }
        let first = Parcel { to: Some('q'), ..Default::default() };
        let moved = Parcel { stops: vec![name(n).await], ..first };
        let Parcel { ref stops, to, .. } = moved;
        log(to);
        inc(stops.len() as i64).await;
        log(stops);
        format!("{moved:?}")
    }
}

twin! {
    async fn a_small_interpreter(n: i64) -> Result<Vec<i64>, Why> {
        #[derive(Clone, Debug)]
        enum Op { Push(i64), Add, Check, JumpIfOdd(usize), Stop }
        let program = vec![Op::Push(n), Op::Push(3), Op::Add, Op::JumpIfOdd(6), Op::Push(-1), Op::Check, Op::Push(10), Op::Check, Op::Stop];
        let mut stack: Vec<i64> = Vec::new();
        let mut at = 0;
        'run: while let Some(op) = program.get(at).cloned() {
            at += 1;
            match op {
                Op::Push(k) => stack.push(inc(k).await - 1),
                Op::Add => {
                    let (Some(b), Some(a)) = (stack.pop(), stack.pop()) else { Err("empty")? };
                    stack.push(a + b);
                }
                Op::Check => {
                    let top = stack.pop().ok_or_else(|| format!("nothing at {at}"))?;
                    stack.push(check(top).await?);
                }
                Op::JumpIfOdd(to) => {
                    if let Some(top) = stack.last() && odd(*top).await { at = to; continue 'run }
                }
                Op::Stop => break 'run,
            }
        }
        Ok(stack)
    }
}

twin! {
    async fn a_saga_that_undoes_its_steps(n: i64) -> Result<i64, Why> {
        let mut done: Vec<(i64, String)> = vec![];
        let outcome: Result<i64, Why> = 'try_all: {
            let mut sum = 0;
            for step in [3, 1, n - 4, 2] {
                match check(step).await {
                    Ok(twice) => {
                        done.push((step, name(step).await));
                        sum += twice;
                    }
                    Err(why) => break 'try_all Err(Why(format!("step {step}: {why}"))),
                }
            }
            Ok(sum)
        };
        if outcome.is_err() {
            while let Some((step, what)) = done.pop() {
                log((step, &what));
                inc(-step).await;
            }
        }
        outcome
    }
}

twin! {
    async fn a_paged_download(n: i64) -> (Vec<String>, i64) {
        let mut pages = Vec::new();
        let mut cursor = Some(0);
        let mut calls = 0;
        while let Some(at) = cursor {
            calls += 1;
            let page = many((n - at).min(3)).await;
            cursor = if page.len() == 3 { Some(at + 3) } else { None };
            for k in page {
                let text = if (k + at) % 4 == 3 { continue } else { name(k + at).await };
                pages.push(text);
            }
        }
        (pages, calls)
    }
}

twin! {
    async fn a_poll_loop_with_backoff(n: i64) -> Result<String, Why> {
        let mut pause = millis(10);
        for attempt in 1..=5 {
            let state = match inc(attempt - 1).await {
                k if k > n % 5 + 1 => "done".to_owned(),
                k if k == 4 => return Err(Why(format!("broken in attempt {attempt}"))),
                _ => String::new(),
            };
            if !state.is_empty() {
                return Ok(format!("{state} after {attempt}, {pause:?}"));
            }
            sleep(pause).await;
            pause *= 2;
        }
        Err("given up".into())
    }
}

twin! {
    async fn an_iterator_pipeline_between_awaits(n: i64) -> String {
        let words: Vec<String> = many(n).await.iter().map(|k| "ab".repeat(*k as usize)).collect();
        let longest = words.iter().max_by_key(|w| w.len()).cloned().unwrap_or_default();
        let width = inc(longest.len() as i64).await as usize;
        let mut lines = vec![];
        for (i, word) in words.iter().cloned().enumerate().collect::<Vec<_>>() {
            lines.push(format!("{i}:{word:>width$}"));
            if lines.len() % 2 == 0 { ping().await; }
        }
        lines.join("|")
    }
}

twin! {
    async fn a_grid_walk_with_three_labels(n: i64) -> Vec<(i64, i64)> {
        let mut path = vec![];
        'rows: for y in 0..4 {
            'cells: for x in 0..4 {
                let cost = 'cost: {
                    if (x + y) % 3 == 0 { break 'cost 0 }
                    if x == y { break 'cost inc(n).await }
                    match find(x * y - n).await {
                        None => break 'rows,
                        Some(k) if k < -5 => continue 'rows,
                        Some(k) if k % 2 == 0 => continue 'cells,
                        Some(k) => k,
                    }
                };
                path.push((x * 10 + y, cost));
            }
            ping().await;
        }
        path
    }
}

twin! {
    async fn everything_in_one_expression(n: i64) -> Result<String, Why> {
        Ok(format!(
            "{}{:?}{}",
            [inc(n).await, if odd(n).await { check(n).await? } else { match find(n).await { Some(k) => k, None => return Err("zero".into()) } }]
                .iter()
                .map(|k| k * 2)
                .sum::<i64>(),
            (name(n).await + &name(1).await, vec![inc(1).await; inc(0).await as usize]),
            { let mut k = 0; while inc(k).await < 3 && k < n { k += 1; } k }
        ))
    }
}

twin! {
    async fn nested_closures_borrows_and_loops(n: i64) -> i64 {
        let table = vec![vec![1, 2], vec![n, 4, 5]];
        let row = |i: usize| &table[i];
        let mut total = 0;
        let mut add = |k: i64| total += k;
        for i in 0..2usize {
            let width = row(i).len() as i64;
            add(inc(width).await);
            for cell in &table[i] {
                add(*cell);
            }
            ping().await;
        }
        let view = &table[1];
        inc(view[0]).await;
        total * 10 + view.len() as i64
    }
}

twin! {
    async fn state_machine_with_moved_states(n: i64) -> String {
        #[derive(Debug)]
        enum State { Idle, Busy { job: String, left: i64 }, Done(Vec<String>) }
        let mut state = State::Idle;
        let mut finished = vec![];
        let mut steps = 0;
        loop {
            steps += 1;
            state = match state {
                State::Idle if steps > n => State::Done(std::mem::take(&mut finished)),
                State::Idle => State::Busy { job: name(steps).await, left: inc(steps % 2).await },
                State::Busy { job, left: 0 } => { finished.push(job); State::Idle }
                State::Busy { job, left } => { ping().await; State::Busy { job, left: left - 1 } }
                State::Done(jobs) => break format!("{steps} {jobs:?}"),
            };
        }
    }
}

twin! {
    async fn maps_of_vectors_updated_in_place(n: i64) -> Vec<(i64, Vec<i64>)> {
        let mut groups: std::collections::BTreeMap<i64, Vec<i64>> = Default::default();
        for k in 0..n {
            let key = inc(k).await % 3;
            let item = inc(k * 10).await;
            groups.entry(key).or_default().push(item);
            if let Some(list) = groups.get_mut(&0) {
                list.push(-1);
            }
        }
        for (key, list) in groups.iter_mut() {
            list.push(inc(*key).await);
            list.sort();
            list.dedup();
        }
        groups.into_iter().collect()
    }
}

twin! {
    async fn chains_of_results_and_options(n: i64) -> Result<i64, Why> {
        let first = find(n % 4).await.ok_or("no first").and_then(|k| if k > 2 { Err("large") } else { Ok(k) });
        let second = match first {
            Ok(k) => check(k - 2).await,
            Err(why) if n == 3 => Err(why.into()),
            Err(_) => check(inc(n).await).await.map(|k| -k),
        };
        let third = second.or_else(|why| if n > 6 { Ok(7) } else { Err(why) })?;
        Ok(if let Some(k) = find(third).await { k + 1 } else { 0 })
    }
}

twin! {
    async fn sixty_steps_in_a_straight_line(n: i64) -> i64 {
        let a = inc(n).await; let b = inc(a).await; let c = inc(b).await; let d = inc(c).await; let e = inc(d).await;
        let f = inc(a + b).await; let g = inc(c + d).await; let h = inc(e + f).await; let i = inc(g + h).await; let j = inc(a).await;
        let k = inc(j + i).await; let l = inc(k).await; let m = inc(l - a).await; let o = inc(m - b).await; let p = inc(o).await;
        let q = inc(p).await; let r = inc(q).await; let s = inc(r).await; let t = inc(s).await; let u = inc(t).await;
        let a = inc(u - a).await; let b = inc(a).await; let c = inc(b).await; let d = inc(c).await; let e = inc(d).await;
        let f = inc(a + b).await; let g = inc(c + d).await; let h = inc(e + f).await; let i = inc(g + h).await; let j = inc(a).await;
        let k = inc(j + i).await; let l = inc(k).await; let m = inc(l - a).await; let o = inc(m - b).await; let p = inc(o).await;
        let q = inc(p).await; let r = inc(q).await; let s = inc(r).await; let t = inc(s).await; let u = inc(t).await;
        a + b + c + d + e + f + g + h + i + j + k + l + m + o + p + q + r + s + t + u
    }
}
