//! Random programs: nested control flow, shadowing, jumps, macros, and awaits anywhere.
//!
//! What it writes is valid Rust by construction, ends for every input, and never overflows a stack.

mod expressions;
mod statements;

/// A program of the given seed, as an item `async fn f<seed>(n: i64)` for `twin!`.
pub fn program(seed: u64) -> String {
    let mut generator = Generator::new(seed);
    generator.declare("n", Kind::Int { mutable: false });
    let mut body = String::new();
    for depth in [4, 4, 3] {
        body += &generator.statements(depth);
    }
    let tail = generator.value(4);
    let (output, tail) = match generator.fallible {
        true => ("Result<i64, Why>", format!("Ok({tail})")),
        false => ("i64", tail),
    };
    format!("async fn f{seed}(n: i64) -> {output} {{\n{body}{tail}\n}}\n")
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int {
        mutable: bool,
    },
    /// A `&i64`.
    Ref,
    Text,
    List,
}

/// What can be jumped to.
#[derive(Clone)]
struct Label {
    name: String,
    /// Takes the value of the expression it labels; else a loop that can also be continued.
    valued: bool,
}

/// The state while a program is written.
struct Generator {
    random: u64,
    /// How many more nodes may be written.
    budget: i32,
    fallible: bool,
    /// Names in scope, innermost scope last.
    scopes: Vec<Vec<(String, Kind)>>,
    labels: Vec<Label>,
    fresh: usize,
    /// Inside a guard or closure: nothing can be awaited.
    still: usize,
    /// Inside something that borrows: nothing can be assigned.
    frozen: usize,
    /// Inside a closure: `return` and `?` would be the closure's.
    closed: usize,
}

impl Generator {
    fn new(seed: u64) -> Self {
        let mut generator = Generator {
            random: seed,
            budget: 90,
            fallible: false,
            scopes: vec![vec![]],
            labels: vec![],
            fresh: 0,
            still: 0,
            frozen: 0,
            closed: 0,
        };
        generator.fallible = generator.chance(50);
        generator
    }

    /// A number below `below` (splitmix64, so that seeds mean the same everywhere).
    fn below(&mut self, below: usize) -> usize {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn digit(&mut self) -> usize {
        self.below(10)
    }

    /// Few names, so that they shadow each other all the time.
    fn name(&mut self) -> String {
        (*self.pick(&["a", "b", "c", "d", "x", "y"])).to_owned()
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.fresh += 1;
        format!("{prefix}{}", self.fresh)
    }

    fn declare(&mut self, name: &str, kind: Kind) {
        let scope = self.scopes.last_mut().expect("there is a scope");
        scope.push((name.to_owned(), kind));
    }

    /// The names in scope that stand for something `wanted`, shadowed ones left out.
    fn names(&self, wanted: impl Fn(Kind) -> bool) -> Vec<String> {
        let mut seen: Vec<&str> = vec![];
        let mut out = vec![];
        for (name, kind) in self
            .scopes
            .iter()
            .rev()
            .flat_map(|scope| scope.iter().rev())
        {
            if !seen.contains(&name.as_str()) {
                seen.push(name);
                if wanted(*kind) {
                    out.push(name.clone());
                }
            }
        }
        out
    }

    /// Writes something in a scope of its own.
    fn scoped<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(vec![]);
        let written = write(self);
        self.scopes.pop();
        written
    }

    /// Writes something where a new label is in scope.
    fn labelled<T>(&mut self, valued: bool, write: impl FnOnce(&mut Self, &str) -> T) -> T {
        let name = self.fresh("'l");
        let label = Label {
            name: name.clone(),
            valued,
        };
        self.labels.push(label);
        let written = self.scoped(|g| write(g, &name));
        self.labels.pop();
        written
    }

    /// A diverging expression, if there is somewhere to go.
    fn jump(&mut self) -> Option<String> {
        let targets = self.labels.len() + usize::from(self.closed == 0);
        if targets == 0 {
            return None;
        }
        let target = self.below(targets);
        let Some(Label { name, valued }) = self.labels.get(target).cloned() else {
            let value = self.value(1);
            return Some(if self.fallible {
                format!("return Ok({value})")
            } else {
                format!("return {value}")
            });
        };
        if valued {
            let value = self.value(1);
            return Some(format!("break {name} {value}"));
        }
        Some(format!("{} {name}", self.pick(&["break", "continue"])))
    }
}
