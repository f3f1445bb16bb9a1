//! Random programs: nested control flow, shadowing, jumps, macros, and awaits anywhere.
//!
//! What it writes is valid Rust by construction, ends for every input, and never overflows a stack.

mod expressions;
mod statements;

/// A program of the given seed, as `twin!` takes it: `async fn f<seed>(n: i64)`.
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
    let effects = if generator.concurrent {
        "concurrent "
    } else {
        ""
    };
    format!("{effects}async fn f{seed}(n: i64) -> {output} {{\n{body}{tail}\n}}\n")
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int {
        mutable: bool,
    },
    /// A `&i64`, or a `&mut i64`.
    Ref {
        mutable: bool,
    },
    Pair {
        mutable: bool,
    },
    Text,
    List,
    /// Borrowed for now.
    Hidden,
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
    /// Joins `async` blocks, so that effects have no fixed order.
    concurrent: bool,
    /// Names in scope, innermost scope last.
    scopes: Vec<Vec<(String, Kind)>>,
    labels: Vec<Label>,
    /// Lists that a loop goes through by reference.
    lent: Vec<String>,
    fresh: usize,
    /// Inside a guard or closure: nothing can be awaited.
    still: usize,
    /// Inside something that borrows: only names of this scope and deeper ones can be assigned.
    frozen: usize,
    /// Inside a closure or an `async` block: `return` and `?` would be its own.
    closed: usize,
}

impl Generator {
    fn new(seed: u64) -> Self {
        let mut generator = Generator {
            random: seed,
            budget: 90,
            fallible: false,
            concurrent: false,
            scopes: vec![vec![]],
            labels: vec![],
            lent: vec![],
            fresh: 0,
            still: 0,
            frozen: 0,
            closed: 0,
        };
        generator.fallible = generator.chance(50);
        generator.concurrent = generator.chance(20);
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

    /// The names in scope that stand for something `wanted`, shadowed ones left out, of the scopes
    /// from `lowest` on.
    fn names_from(&self, lowest: usize, wanted: impl Fn(Kind) -> bool) -> Vec<String> {
        let mut seen: Vec<&str> = vec![];
        let mut out = vec![];
        for (number, scope) in self.scopes.iter().enumerate().rev() {
            for (name, kind) in scope.iter().rev() {
                if !seen.contains(&name.as_str()) {
                    seen.push(name);
                    if number >= lowest && wanted(*kind) {
                        out.push(name.clone());
                    }
                }
            }
        }
        out
    }

    fn names(&self, wanted: impl Fn(Kind) -> bool) -> Vec<String> {
        self.names_from(0, wanted)
    }

    /// Writes something that borrows all it names until it is done.
    fn frozen<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.frozen, self.scopes.len());
        let written = write(self);
        self.frozen = outer;
        written
    }

    /// Writes the inside of a closure or an `async` block: nothing outside can be jumped to.
    fn closed<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let labels = std::mem::take(&mut self.labels);
        self.closed += 1;
        let written = self.scoped(write);
        self.closed -= 1;
        self.labels = labels;
        written
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
