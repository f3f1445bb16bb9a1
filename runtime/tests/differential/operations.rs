//! `async` operations of entities: `self` is the state, on both sides of every await.

use crate::support::twin::twin;

/// A body with `&mut self`, called twice: on a plain value, and on an entity.
macro_rules! operation {
    ($State:ident: async fn $title:ident(&mut $self:ident, $n:ident: i64) -> $out:ty $body:block) => {
        operation! { @ $State $title $self $n $out $body {
            #[derive(Debug, Clone, Default, Serialize, Deserialize)]
            pub struct $State { items: Vec<i64>, name: String, last: Option<i64>, pair: (i64, i64) }
        } {
            fn note(&mut self, x: i64) -> i64 { self.items.push(x); self.items.len() as i64 }
            fn sum(&self) -> i64 { self.items.iter().sum::<i64>() + self.pair.0 }
        } }
    };
    (@ $State:ident $title:ident $self:ident $n:ident $out:ty $body:block {$($state:tt)*} {$($private:tt)*}) => {
        twin! {
            plain {
                $($state)*
                impl $State {
                    async fn operate(&mut $self, $n: i64) -> $out $body
                    $($private)*
                }
                async fn operated(n: i64) -> String {
                    let mut state = $State::default();
                    let (a, b) = (state.operate(n).await, state.operate(n + 1).await);
                    format!("{a:?}{b:?}{state:?}")
                }
            }
            machine {
                #[undying::entity(keep_on_error)]
                $($state)*
                #[undying::entity]
                impl $State {
                    pub async fn operate(&mut $self, $n: i64) -> $out $body
                    pub fn state(&self) -> $State { self.clone() }
                    $($private)*
                }
                #[resumable]
                async fn operated(n: i64) -> String {
                    let state = $State::at("it");
                    let (a, b) = (state.operate(n).await, state.operate(n + 1).await);
                    format!("{a:?}{b:?}{:?}", state.state().await)
                }
            }
            async fn $title(n: i64) -> String {
                operated(n).await
            }
        }
    };
}

operation! {
    Loops: async fn loops_that_change_the_state(&mut self, n: i64) -> i64 {
        for at in 0..n {
            let next = inc(at).await;
            self.items.push(next);
            if self.items.len() > 4 {
                self.name.push_str(&name(at).await);
                break;
            }
        }
        while let Some(item) = self.items.pop() {
            self.pair.0 += inc(item).await;
        }
        self.sum()
    }
}

operation! {
    Borrowed: async fn a_borrow_of_a_field_lives_across_an_await(&mut self, n: i64) -> usize {
        let (items, name_of) = (&mut self.items, &self.name);
        items.push(inc(n).await);
        items.push(name_of.len() as i64);
        ping().await;
        items.len()
    }
}

operation! {
    ByReference: async fn fields_are_walked_by_reference(&mut self, n: i64) -> i64 {
        self.items = many(n).await;
        let mut sum = 0;
        for item in &self.items {
            sum += inc(*item).await;
        }
        for item in self.items.iter_mut() {
            *item += inc(sum).await;
        }
        sum
    }
}

operation! {
    Ordered: async fn operands_are_read_in_order(&mut self, n: i64) -> i64 {
        self.pair.0 = n;
        let mixed = mix(self.pair.0, { self.pair.0 += 1; inc(self.pair.0).await });
        self.pair.1 = self.pair.0 + inc(mixed).await * self.pair.0;
        let noted = mix(self.note(n), inc(self.note(mixed)).await);
        self.items.push(inc(noted).await);
        mixed + noted + self.note(self.pair.1)
    }
}

operation! {
    Compound: async fn places_are_assigned_behind_an_await(&mut self, n: i64) -> i64 {
        self.items.resize(3, n);
        self.items[1] += inc(n).await;
        self.pair.0 -= inc(self.items[1]).await;
        (self.pair.1, self.items[0]) = (inc(self.pair.0).await, n);
        self.last = Some(inc(self.pair.1).await);
        if let Some(last) = &mut self.last {
            *last += inc(*last).await;
        }
        self.last.unwrap_or_default()
    }
}

operation! {
    Matched: async fn the_state_is_matched(&mut self, n: i64) -> String {
        match &self.last {
            Some(last) if *last > 3 => self.name = name(*last).await,
            Some(last) => {
                let known = *last;
                ping().await;
                self.last = Some(known + n);
            }
            None => self.last = find(n).await,
        }
        let Some(last) = self.last else { return format!("nothing {}", inc(n).await) };
        format!("{last} {} {:?}", inc(last).await, self.name)
    }
}

operation! {
    Errors: async fn a_question_mark_leaves_it(&mut self, n: i64) -> Result<i64, Why> {
        self.note(n);
        let checked = check(n - 2).await?;
        self.note(checked);
        self.pair.0 += check(checked - 9).await?;
        Ok(self.sum())
    }
}

operation! {
    Closures: async fn closures_look_at_it(&mut self, n: i64) -> i64 {
        let over = |limit: i64| self.items.iter().filter(|item| **item > limit).count() as i64;
        let before = over(2) + inc(n).await;
        let after = over(before);
        self.items.extend((0..n).map(|item| item + after));
        self.items.retain(|item| item % 2 == 0);
        inc(before).await + after
    }
}

operation! {
    Whole: async fn it_is_replaced_as_a_whole(&mut self, n: i64) -> usize {
        let old = std::mem::take(self);
        *self = Self { items: many(inc(n).await).await, name: old.name, ..Default::default() };
        let Self { items, name, .. } = self;
        name.push('x');
        items.push(n);
        ping().await;
        self.items.len()
    }
}

operation! {
    Branches: async fn branches_change_it(&mut self, n: i64) -> i64 {
        if odd(n).await {
            self.note(inc(n).await);
        } else if self.items.is_empty() && odd(self.sum()).await || n > 4 {
            self.name = name(n).await;
        }
        let text = format!("{} {:?} {}", self.name, self.items, inc(n).await);
        self.name = text.clone();
        text.len() as i64 + self.note(n)
    }
}

operation! {
    Helped: async fn helpers_and_blocks_use_it(&mut self, n: i64) -> i64 {
        let doubled = 'found: {
            for item in many(n).await {
                if item > self.sum() {
                    break 'found self.note(item);
                }
                self.pair.0 += inc(item).await;
            }
            self.sum()
        };
        let me = self;
        me.note(doubled);
        me.sum()
    }
}
