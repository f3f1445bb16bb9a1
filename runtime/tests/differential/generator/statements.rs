//! Statements.

use super::{Generator, Kind};

const FIXED: Kind = Kind::Int { mutable: false };
const MUTABLE: Kind = Kind::Int { mutable: true };

impl Generator {
    /// Up to three statements, a line each.
    pub(super) fn statements(&mut self, depth: usize) -> String {
        let count = self.below(4);
        (0..count).map(|_| self.statement(depth) + "\n").collect()
    }

    fn statement(&mut self, depth: usize) -> String {
        self.budget -= 2;
        if depth == 0 || self.budget < 0 {
            return format!("log({});", self.value(0));
        }
        let d = depth - 1;
        match self.below(22) {
            0 | 1 => self.local(depth, false),
            2 | 3 => self.local(depth, true),
            4 | 5 => self.assignment(depth),
            6 => self.swap(d),
            7 => {
                let (condition, then) = self.binding_condition(d);
                format!(
                    "if {condition} {{ let _ = {then}; }} else {{ log({}); }}",
                    self.value(d)
                )
            }
            8 => self.scoped(|g| format!("if {} {{\n{}}}", g.condition(d), g.statements(d))),
            9 => match self.jump() {
                Some(jump) => format!("if {} {{ {jump}; }}", self.condition(d)),
                None => self.logged(depth),
            },
            10 => self.for_loop(d),
            11 => self.by_reference(d),
            12 => self.while_loop(d),
            13 if self.still == 0 => self.while_let(d),
            14 if self.still == 0 => self.let_else(depth),
            15 => self.tuple(d),
            16 => self.text(d),
            17 => self.reference(depth),
            18 => self.deferred(d),
            19 => self.list(d),
            20 => self.pair(d),
            21 => self.by_mutable_reference(d),
            _ => self.logged(depth),
        }
    }

    fn logged(&mut self, depth: usize) -> String {
        format!("log({});", self.value(depth))
    }

    fn local(&mut self, depth: usize, mutable: bool) -> String {
        let value = self.value(depth);
        let name = self.name();
        self.declare(&name, Kind::Int { mutable });
        format!("let {}{name} = {value};", if mutable { "mut " } else { "" })
    }

    /// The places that can be assigned here.
    fn assignable(&mut self) -> Vec<String> {
        let of = |g: &Self, wanted| g.names_from(g.frozen, |kind| kind == wanted);
        let mut places = of(self, MUTABLE);
        let pairs = of(self, Kind::Pair { mutable: true });
        places.extend(
            pairs
                .iter()
                .flat_map(|name| [format!("{name}.a"), format!("{name}.b")]),
        );
        let targets = of(self, Kind::Ref { mutable: true });
        places.extend(targets.iter().map(|name| format!("*{name}")));
        places
    }

    fn assignment(&mut self, depth: usize) -> String {
        let names = self.assignable();
        if names.is_empty() {
            return self.logged(depth);
        }
        let name = self.pick(&names).clone();
        let operator = *self.pick(&["=", "=", "+=", "-="]);
        format!("{name} {operator} {};", self.value(depth))
    }

    fn swap(&mut self, d: usize) -> String {
        let names = self.assignable();
        let (Some(a), Some(b)) = (names.first(), names.last()) else {
            return self.logged(d);
        };
        if a == b {
            return self.logged(d);
        }
        format!("({a}, {b}) = ({}, {});", self.value(d), self.value(d))
    }

    fn for_loop(&mut self, d: usize) -> String {
        let items = match self.below(4) {
            0 => format!("0..({} & 3)", self.value(d)),
            1 => format!("1..=({} & 3)", self.value(d)),
            2 => format!("[{}, {}]", self.value(d), self.value(d)),
            _ => format!("(0..({} & 3)).rev()", self.value(d)),
        };
        let name = self.name();
        self.labelled(false, |g, label| {
            g.declare(&name, FIXED);
            format!(
                "{label}: for {name} in {items} {{\nlog({name});\n{}}}",
                g.statements(d)
            )
        })
    }

    fn by_reference(&mut self, d: usize) -> String {
        let lists = self.names(|kind| kind == Kind::List);
        if lists.is_empty() {
            return self.list(d);
        }
        let list = self.pick(&lists).clone();
        let name = format!("r{}", self.name());
        self.labelled(false, |g, label| {
            g.declare(&name, Kind::Ref { mutable: false });
            g.lent.push(list.clone());
            let body = g.statements(d);
            g.lent.pop();
            format!("{label}: for {name} in &{list} {{\n{body}}}")
        })
    }

    fn while_loop(&mut self, d: usize) -> String {
        let count = self.fresh("k");
        self.labelled(false, |g, label| {
            let condition = g.condition(d);
            let body = g.statements(d);
            format!("let mut {count} = 0;\n{label}: while {{ {count} += 1; {count} < 4 }} && ({condition}) {{\n{body}}}")
        })
    }

    fn while_let(&mut self, d: usize) -> String {
        let count = self.fresh("k");
        self.labelled(false, |g, label| {
            let found = g.value(d);
            let name = g.name();
            g.declare(&name, FIXED);
            let body = g.statements(d);
            format!(
                "let mut {count} = 0;\n{label}: while {{ {count} += 1; {count} < 4 }} \
                 && let Some({name}) = find({found} % 4).await {{\nlog({name});\n{body}}}"
            )
        })
    }

    fn let_else(&mut self, depth: usize) -> String {
        let found = self.value(depth);
        let Some(jump) = self.jump() else {
            return format!("log({found});");
        };
        let name = self.name();
        self.declare(&name, FIXED);
        format!("let Some({name}) = find({found} % 3).await else {{ {jump} }};")
    }

    fn tuple(&mut self, d: usize) -> String {
        let values = (self.value(d), self.value(d));
        let a = self.name();
        let b = loop {
            let b = self.name();
            if b != a {
                break b;
            }
        };
        self.declare(&a, FIXED);
        self.declare(&b, MUTABLE);
        format!("let ({a}, mut {b}) = ({}, {});", values.0, values.1)
    }

    fn text(&mut self, d: usize) -> String {
        let value = self.value(d);
        let name = *self.pick(&["s", "t"]);
        let scope = self.scopes.last().expect("there is a scope");
        let moved = scope.iter().any(|(known, _)| known == name) && self.chance(40);
        self.declare(name, Kind::Text);
        if moved {
            return format!("let {name} = {name} + \"+\"; log(&{name});");
        }
        format!("let {name} = format!(\"s{{}}\", {value});")
    }

    fn reference(&mut self, depth: usize) -> String {
        let fixed = self.names(|kind| kind == FIXED);
        if fixed.is_empty() {
            return self.logged(depth);
        }
        let base = self.pick(&fixed).clone();
        let name = format!("r{base}");
        self.declare(&name, Kind::Ref { mutable: false });
        let used = if self.chance(50) {
            format!("log({name});")
        } else {
            String::new()
        };
        format!("let {name} = &{base};\n{used}")
    }

    fn deferred(&mut self, d: usize) -> String {
        let (condition, a, b) = (self.condition(d), self.value(d), self.value(d));
        let name = self.fresh("d");
        self.declare(&name, FIXED);
        format!("let {name};\nif {condition} {{ {name} = {a}; }} else {{ {name} = {b}; }}")
    }

    fn list(&mut self, d: usize) -> String {
        let values = (self.value(d), self.value(d));
        let name = *self.pick(&["u", "v"]);
        self.declare(name, Kind::List);
        format!("let mut {name} = vec![{}, {}];", values.0, values.1)
    }

    fn pair(&mut self, d: usize) -> String {
        let values = (self.value(d), self.value(d));
        let mutable = self.chance(70);
        let name = *self.pick(&["p", "q"]);
        self.declare(name, Kind::Pair { mutable });
        let keyword = if mutable { "let mut" } else { "let" };
        format!(
            "{keyword} {name} = Pair {{ b: {}, a: {} }};",
            values.0, values.1
        )
    }

    fn by_mutable_reference(&mut self, d: usize) -> String {
        let mut lists = self.names_from(self.frozen, |kind| kind == Kind::List);
        lists.retain(|list| !self.lent.contains(list));
        if lists.is_empty() {
            return self.list(d);
        }
        let list = self.pick(&lists).clone();
        let name = format!("m{}", self.name());
        self.labelled(false, |g, label| {
            g.declare(&list, Kind::Hidden);
            g.declare(&name, Kind::Ref { mutable: true });
            format!(
                "{label}: for {name} in &mut {list} {{\n{}}}",
                g.statements(d)
            )
        })
    }
}
