//! Resumable helpers awaited inline, their frames nested, and children awaited.

use crate::support::twin::twin;

twin! {
    with {
        #[resumable(orchestration)]
        async fn twice(k: i64) -> i64 {
            let a = inc(k).await;
            a + inc(a).await
        }
    }
    async fn a_helper_among_locals(n: i64) -> i64 {
        let kept = name(n).await;
        let a = twice(n).await;
        let b = twice(a).await;
        kept.len() as i64 * 1000 + a * 10 + b
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn inner(k: i64, list: Vec<i64>) -> Vec<i64> {
            let mut list = list;
            list.push(inc(k).await);
            ping().await;
            list
        }
        #[resumable(orchestration)]
        async fn middle(k: i64) -> Vec<i64> {
            let mut all = vec![k];
            for round in 0..2 {
                all = inner(round, all).await;
            }
            all
        }
    }
    async fn three_frames_deep(n: i64) -> Vec<i64> {
        let mut out = vec![];
        for k in 0..n.min(3) {
            out.extend(middle(k).await);
        }
        out
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn checked(k: i64) -> Result<i64, Why> {
            let a = check(k).await?;
            let b = check(a - 3).await?;
            Ok(a + b)
        }
    }
    async fn questions_across_frames(n: i64) -> Result<i64, Why> {
        let a = checked(n).await?;
        let b = match checked(n - 2).await {
            Ok(b) => b,
            Err(why) if n < 1 => return Err(why),
            Err(_) => -1,
        };
        Ok(a * 100 + b)
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn never_waits(k: i64) -> i64 {
            k * 2
        }
    }
    async fn a_helper_that_never_waits(n: i64) -> i64 {
        let a = never_waits(n).await;
        let b = inc(never_waits(a).await).await;
        never_waits(b).await + never_waits(1).await
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn step(k: i64) -> i64 {
            inc(k).await
        }
    }
    async fn helpers_in_every_expression(n: i64) -> String {
        let list = vec![step(n).await; step(1).await as usize];
        let text = format!("{}{:?}", step(list[0]).await, list);
        if step(n).await > 4 && matches!(step(2).await, 3) {
            text + &step(9).await.to_string()
        } else {
            match step(n).await { 1 => "one".to_owned(), k => format!("{text}{}", step(k).await) }
        }
    }
}

twin! {
    with {
        #[derive(Debug, Clone, Serialize, Deserialize)]
        struct Cart { items: Vec<i64>, total: i64 }
        #[resumable(orchestration)]
        async fn add(mut cart: Cart, item: i64) -> Cart {
            cart.items.push(item);
            cart.total += inc(item).await;
            cart
        }
    }
    async fn a_struct_goes_down_and_comes_back(n: i64) -> i64 {
        let mut cart = Cart { items: vec![], total: 0 };
        for k in 0..n {
            cart = add(cart, k).await;
        }
        cart.total * 100 + cart.items.len() as i64
    }
}

twin! {
    with {
        #[orchestration]
        async fn child(k: i64) -> Result<i64, Why> {
            let a = check(k).await?;
            Ok(inc(a).await)
        }
    }
    async fn a_child_is_awaited(n: i64) -> Result<i64, Why> {
        let kept = n * 100;
        let a = child(n - 2).await.unwrap_or(-1);
        Ok(kept + a + child(n - 1).await?)
    }
}

twin! {
    with {
        #[orchestration]
        async fn child(k: i64) -> i64 {
            inc(k).await
        }
    }
    async fn a_child_with_an_id_of_its_own(n: i64) -> i64 {
        child(n).id(format!("child-{n}")).await + child(n).await
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn unit(k: i64) {
            if k > 3 { return }
            ping().await;
            log(k);
        }
    }
    async fn a_helper_that_returns_nothing(n: i64) -> i64 {
        unit(n).await;
        let () = unit(n - 3).await;
        n
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn early(k: i64) -> i64 {
            for a in 0..4 {
                let list = vec![a; 3];
                for b in &list {
                    if inc(*b + a).await == k { return a }
                }
            }
            -1
        }
    }
    async fn an_early_return_of_a_helper_leaves_only_the_helper(n: i64) -> i64 {
        let a = early(n).await;
        a * 10 + early(5).await
    }
}
