//! Expressions of type `i64`, and conditions.

use super::{Generator, Kind};

impl Generator {
    fn leaf(&mut self) -> String {
        let ints = self.names(|kind| matches!(kind, Kind::Int { .. }));
        let others = self.names(|kind| !matches!(kind, Kind::Int { .. } | Kind::Hidden));
        if !ints.is_empty() && self.chance(60) {
            return self.pick(&ints).clone();
        }
        if others.is_empty() || self.chance(40) {
            return self.digit().to_string();
        }
        let name = self.pick(&others).clone();
        match self.kind(&name) {
            Kind::Ref { .. } => format!("(*{name})"),
            Kind::Pair { .. } => format!("{name}.{}", self.pick(&["a", "b"])),
            _ => format!("({name}.len() as i64)"),
        }
    }

    fn kind(&self, name: &str) -> Kind {
        let all = self
            .scopes
            .iter()
            .rev()
            .flat_map(|scope| scope.iter().rev());
        let mut found = all
            .filter(|(known, _)| known == name)
            .map(|(_, kind)| *kind);
        found.next().expect("the name is in scope")
    }

    /// An `i64`.
    pub(super) fn value(&mut self, depth: usize) -> String {
        self.budget -= 1;
        if depth == 0 || self.budget < 0 {
            return self.leaf();
        }
        if self.still == 0 && self.chance(35) {
            return self.awaiting(depth - 1);
        }
        let d = depth - 1;
        match self.below(18) {
            0 | 1 => format!("mix({}, {})", self.value(d), self.value(d)),
            2 => format!("tr({})", self.value(d)),
            3 => format!("({}).max({})", self.value(d), self.value(d)),
            4 => format!("({} - {})", self.value(d), self.value(d)),
            5 => format!("({}, {}).{}", self.value(d), self.value(d), self.below(2)),
            6 => format!(
                "[{}, {}][(({}) & 1) as usize]",
                self.value(d),
                self.value(d),
                self.value(d)
            ),
            7 => format!("i64::from({})", self.condition(d)),
            8 => format!(
                "vec![{}, {}].iter().sum::<i64>()",
                self.value(d),
                self.value(d)
            ),
            9 => {
                let field = *self.pick(&["a", "b"]);
                format!(
                    "(Pair {{ b: {}, a: {} }}).{field}",
                    self.value(d),
                    self.value(d)
                )
            }
            10 => self.formatted(d),
            11 => self.closure(d),
            12 => self.block(d),
            13 => self.labelled(true, |g, label| format!("({label}: {})", g.block(d))),
            14 => self.branch(d),
            15 => format!("(match {} % 4 {{ {} }})", self.value(d), self.arms(d)),
            16 => self.loop_value(d),
            _ => match self.jump() {
                Some(jump) => format!(
                    "(if {} {{ {jump} }} else {{ {} }})",
                    self.condition(d),
                    self.value(d)
                ),
                None => self.leaf(),
            },
        }
    }

    /// An `i64` that is awaited.
    fn awaiting(&mut self, d: usize) -> String {
        if self.concurrent && self.chance(15) {
            return self.branches(d);
        }
        match self.below(if self.fallible && self.closed == 0 {
            10
        } else {
            8
        }) {
            0..=2 => format!("(inc({}).await % 50)", self.value(d)),
            3 => format!("(twice({}).await % 50)", self.value(d)),
            4 => format!(
                "find({} % 5).await.unwrap_or({})",
                self.value(d),
                self.value(d)
            ),
            5 => format!(
                "find({} % 4).await.or(find({} % 3).await).map_or(3, |q| q + 1)",
                self.value(d),
                self.value(d)
            ),
            6 => format!("(name({}).await.len() as i64)", self.value(d)),
            7 => {
                let (first, second) = (self.value(d), self.value(d));
                format!(
                    "{{ let (l, r) = join((inc({first}), odd({second}))).await; if r {{ l % 50 }} else {{ -1 }} }}"
                )
            }
            _ => format!("(check({}).await? % 40)", self.value(d)),
        }
    }

    fn formatted(&mut self, d: usize) -> String {
        // The macro borrows all its arguments at once.
        self.frozen(|g| {
            let ints = g.names(|kind| matches!(kind, Kind::Int { .. }));
            let capture = match ints.is_empty() {
                true => String::new(),
                false => format!("{{{}}}", g.pick(&ints)),
            };
            let (first, second) = (g.value(d), g.value(d));
            format!("(format!(\"{{}}{capture}{{}}\", {first}, {second}).len() as i64)")
        })
    }

    fn closure(&mut self, d: usize) -> String {
        let name = self.name();
        // The closure borrows while its argument is made.
        self.frozen(|g| {
            g.still += 1;
            let body = g.closed(|g| {
                g.declare(&name, Kind::Int { mutable: false });
                g.value(d.min(2))
            });
            g.still -= 1;
            format!("(|{name}: i64| {body})({})", g.value(d))
        })
    }

    /// Two `async` blocks at once.
    fn branches(&mut self, d: usize) -> String {
        let (first, second) = self.frozen(|g| (g.closed(|g| g.block(d)), g.closed(|g| g.block(d))));
        format!("{{ let (l, r) = join((async {first}, async {second})).await; mix(l, r) }}")
    }

    /// Statements and a value, in braces.
    pub(super) fn block(&mut self, d: usize) -> String {
        self.scoped(|g| {
            format!(
                "{{\n{}{}\n}}",
                g.statements(d),
                g.value(d.saturating_sub(1))
            )
        })
    }

    fn branch(&mut self, d: usize) -> String {
        let (condition, then) = self.binding_condition(d);
        format!("(if {condition} {then} else {})", self.block(d))
    }

    /// A condition, perhaps with a binding, and a block that sees it.
    pub(super) fn binding_condition(&mut self, d: usize) -> (String, String) {
        if self.still > 0 || self.chance(60) {
            return (self.condition(d), self.block(d));
        }
        let found = self.value(d);
        let name = self.name();
        self.scoped(|g| {
            g.declare(&name, Kind::Int { mutable: false });
            let more = if g.chance(50) {
                format!(" && ({})", g.condition(d))
            } else {
                String::new()
            };
            (
                format!("let Some({name}) = find({found} % 3).await{more}"),
                g.block(d),
            )
        })
    }

    fn arms(&mut self, d: usize) -> String {
        let zero = self.value(d);
        let name = self.name();
        let guarded = self.scoped(|g| {
            g.declare(&name, Kind::Int { mutable: false });
            g.still += 1;
            let guard = g.frozen(|g| g.condition(1));
            g.still -= 1;
            format!("{name} if {guard} => {}", g.block(d))
        });
        let name = self.name();
        let rest = self.scoped(|g| {
            g.declare(&name, Kind::Int { mutable: true });
            format!("mut {name} => {{ {name} += 1; {} }}", g.value(d))
        });
        format!("0 => {zero}, {guarded}, {rest}")
    }

    fn loop_value(&mut self, d: usize) -> String {
        let count = self.fresh("k");
        self.labelled(true, |g, label| {
            let (first, second) = (g.value(1), g.value(d.saturating_sub(1)));
            let body = g.statements(d);
            format!(
                "{{ let mut {count} = 0; {label}: loop {{ {count} += 1; if {count} > 2 {{ break {first}; }}\n{body}\
                 if {count} == 2 {{ break {label} {second} }} }} }}"
            )
        })
    }

    /// A `bool`.
    pub(super) fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return format!("{} > {}", self.leaf(), self.digit());
        }
        let d = depth - 1;
        match self.below(if self.still == 0 { 7 } else { 6 }) {
            0 => format!("({}) < ({})", self.value(d), self.value(d)),
            1 => format!("({}) % 3 == ({}) % 3", self.value(d), self.value(d)),
            2 => format!("({} && {})", self.condition(d), self.condition(d)),
            3 => format!("({} || {})", self.condition(d), self.condition(d)),
            4 => format!("!({})", self.condition(d)),
            5 => format!("matches!({}, 1 | 3..=6)", self.value(d)),
            _ => format!("odd({}).await", self.value(d)),
        }
    }
}
