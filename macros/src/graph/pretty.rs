//! The graph as text, for tests and for people.

use std::fmt::Write;

use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{Expr, Ident, Pat};

use super::liveness::Liveness;
use super::{Code, Graph, Stmt, Target, Term};
use crate::arena::{BlockId, Id, LocalId, TreeId};
use crate::layout::Layout;
use crate::marker::Marker;
use crate::set::Set;

pub(crate) fn pretty(graph: &Graph, liveness: &Liveness, layout: &Layout) -> String {
    let mut pretty = Pretty {
        graph,
        liveness,
        layout,
        out: String::new(),
    };
    for block in graph.printed() {
        pretty.block(block);
    }
    pretty.out
}

struct Pretty<'a> {
    graph: &'a Graph,
    liveness: &'a Liveness,
    layout: &'a Layout,
    out: String,
}

impl Pretty<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{:indent$}{text}", "", indent = depth * 4);
    }

    fn block(&mut self, block: BlockId) {
        let live = self.set(self.liveness.at(block));
        let name = self.name(block);
        self.line(0, &format!("{name}:{live}"));
        self.tree(self.graph.blocks[block].root, 1);
    }

    fn name(&self, block: BlockId) -> String {
        match self.graph.blocks[block].resume {
            Some(awaited) => format!(
                "after {}",
                self.layout.points[self.layout.point(awaited)].name
            ),
            None => format!(
                "{}{}",
                self.graph.blocks[block].hint.to_lowercase(),
                block.index()
            ),
        }
    }

    fn set(&self, set: &Set) -> String {
        let names: Vec<String> = set.iter().map(|local| self.local(local)).collect();
        if names.is_empty() {
            String::new()
        } else {
            format!("  live {{{}}}", names.join(", "))
        }
    }

    fn local(&self, local: LocalId) -> String {
        let known = &self.graph.locals[local];
        known
            .label
            .clone()
            .unwrap_or_else(|| known.ident.to_string())
    }

    fn tree(&mut self, id: TreeId, depth: usize) {
        let tree = &self.graph.trees[id];
        for stmt in &tree.stmts {
            self.stmt(stmt, depth);
        }
        match &tree.term {
            Term::Open => self.line(depth, "open"),
            Term::Diverge => self.line(depth, "diverge"),
            Term::Goto(target) => {
                let target = self.name(*target);
                self.line(depth, &format!("goto {target}"));
            }
            Term::Suspend {
                awaited,
                operand,
                resume,
            } => {
                let (operand, resume) = (self.code(operand), self.name(*resume));
                let known = &self.graph.awaits[*awaited];
                let verb = if known.enters { "enter" } else { "suspend" };
                let held = if known.in_section {
                    " in the section"
                } else {
                    ""
                };
                self.line(depth, &format!("{verb} {operand}{held} -> {resume}"));
            }
            Term::Return { value, .. } => {
                let value = self.code(value);
                self.line(depth, &format!("return {value}"));
            }
            Term::If {
                cond, then, els, ..
            } => {
                let cond = self.code(cond);
                self.line(depth, &format!("if {cond}"));
                self.tree(*then, depth + 1);
                self.line(depth, "else");
                self.tree(*els, depth + 1);
            }
            Term::Match { scrutinee, arms } => {
                let scrutinee = self.code(scrutinee);
                self.line(depth, &format!("match {scrutinee}"));
                for arm in arms {
                    let guard = arm
                        .guard
                        .as_ref()
                        .map(|guard| format!(" if {}", self.code(guard)))
                        .unwrap_or_default();
                    let pat = self.pat(&arm.pat);
                    self.line(depth, &format!("{pat}{guard} =>"));
                    self.tree(arm.tree, depth + 1);
                }
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt, depth: usize) {
        match stmt {
            Stmt::Let {
                pat,
                init,
                els,
                remake,
                ..
            } => {
                let (pat, init) = (self.pat(pat), self.code(init));
                let remake = if *remake { "remake " } else { "" };
                self.line(depth, &format!("{remake}{pat} = {init}"));
                if let Some(els) = els {
                    self.line(depth, "or else");
                    self.tree(*els, depth + 1);
                }
            }
            Stmt::Expr(code) => {
                let code = self.code(code);
                self.line(depth, &code);
            }
            Stmt::Output { local, .. } => {
                let local = self.local(*local);
                self.line(depth, &format!("{local} = output"));
            }
            Stmt::Arguments { binds } => {
                let names: Vec<String> = binds.iter().map(|local| self.local(*local)).collect();
                if !names.is_empty() {
                    self.line(depth, &format!("{} = arguments", names.join(", ")));
                }
            }
            Stmt::Next { list, pat, els, .. } => {
                let (list, pat) = (self.local(*list), self.pat(pat));
                self.line(depth, &format!("{pat} = next of `{list}`"));
                self.line(depth, "or else");
                self.tree(*els, depth + 1);
            }
            Stmt::Drop(local) => {
                let local = self.local(*local);
                self.line(depth, &format!("drop {local}"));
            }
        }
    }

    fn code(&self, code: &Code) -> String {
        let mut expr = code.expr.clone();
        Names(self).visit_expr_mut(&mut expr);
        compact(&expr.to_token_stream().to_string())
    }

    fn pat(&self, pat: &Pat) -> String {
        let mut pat = pat.clone();
        Names(self).visit_pat_mut(&mut pat);
        compact(&pat.to_token_stream().to_string())
    }
}

/// Writes names instead of what stands for them.
struct Names<'p, 'a>(&'p Pretty<'a>);

impl VisitMut for Names<'_, '_> {
    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        let graph = self.0.graph;
        let name = match Marker::of_ident(ident) {
            Some(Marker::Local(local)) => graph.locals[local].ident.to_string(),
            Some(Marker::Try(_)) => "question".to_owned(),
            Some(Marker::Macro(id)) => crate::known::name(&graph.macros[id].mac),
            Some(Marker::Branch(_)) => "branch".to_owned(),
            _ => return,
        };
        let name = name.trim_start_matches("r#").to_owned();
        *ident = Ident::new_raw(if name == "self" { "this" } else { &name }, ident.span());
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        syn::visit_mut::visit_expr_mut(self, expr);
        if let Expr::Break(break_) = expr
            && let Some(Marker::Exit(id)) = break_
                .label
                .as_ref()
                .and_then(|label| Marker::of_ident(&label.ident))
        {
            let value = break_.expr.take();
            let target = match self.0.graph.exits[id].target {
                Target::Block(block) => self.0.name(block).replace([' ', '#'], "_"),
                Target::Return => {
                    *expr = syn::parse_quote!(return #value);
                    return;
                }
            };
            let target = syn::Lifetime::new(&format!("'{target}"), proc_macro2::Span::call_site());
            *expr = syn::parse_quote!(break #target #value);
        }
    }
}

/// Token streams print with spaces everywhere.
fn compact(text: &str) -> String {
    let mut text = text.replace("r#", "");
    for (wide, narrow) in [
        (" . ", "."),
        (" ()", "()"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ,", ","),
        (" ;", ";"),
        (" [", "["),
        ("[ ", "["),
        (" ]", "]"),
        ("& ", "&"),
        (" :: ", "::"),
        (" !", "!"),
        (" ?", "?"),
        ("' ", "'"),
        (":: core::option::Option::", ""),
    ] {
        text = text.replace(wide, narrow);
    }
    text
}
