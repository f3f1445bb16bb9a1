//! Conditions: `if`, `while`, chains of `let` and `&&` with awaits between their tests.

use std::mem;

use syn::{BinOp, Expr, ExprBinary, ExprParen};

use super::Lower;
use crate::arena::{BlockId, LocalId, TreeId};
use crate::graph::Term;
use crate::names::bindings;
use crate::syntax::{has_await, without_parens};

/// The other side of a condition.
pub(super) enum Else {
    /// A single test: its own tree.
    Tree(TreeId),
    /// Several tests lead here.
    Block(BlockId),
}

impl Lower<'_> {
    // Input:   a && let P = b && c.await     (only awaits behind the first test split)
    // Output:  if a && let P = b { suspend c } else { goto els }    resume: if c { .. } else { goto els }
    //
    /// What follows goes to the side on which the condition holds.
    pub(super) fn cond(&mut self, cond: Expr) -> Else {
        let mut tests = Vec::new();
        flatten(cond, &mut tests);
        let shared = tests[1..]
            .iter()
            .any(has_await)
            .then(|| self.block("Else", None));
        let mut batch: Vec<Expr> = Vec::new();
        let mut binds: Vec<LocalId> = Vec::new();
        let mut els = self.tree;
        for test in tests {
            if has_await(&test) && !batch.is_empty() {
                self.test(mem::take(&mut batch), mem::take(&mut binds), shared);
            }
            batch.push(match test {
                Expr::Let(mut let_) => {
                    let mut scrutinee = self.operand(*let_.expr);
                    if batch.is_empty() {
                        scrutinee = self.freeze(scrutinee);
                    }
                    let scrutinee = self.wrap(scrutinee);
                    self.remake_pattern(&let_.pat, &scrutinee);
                    binds.extend(bindings(&let_.pat).iter().map(|binding| binding.local));
                    let_.expr = Box::new(scrutinee);
                    Expr::Let(let_)
                }
                test => {
                    let test = self.operand(test);
                    self.wrap(test)
                }
            });
        }
        if !batch.is_empty() {
            els = self.test(batch, binds, shared);
        }
        match shared {
            Some(block) => Else::Block(block),
            None => Else::Tree(els),
        }
    }

    pub(super) fn start_else(&mut self, els: Else) {
        match els {
            Else::Tree(tree) => self.tree = tree,
            Else::Block(block) => self.start(block),
        }
    }

    /// Goes on where all of `tests` hold; gives the tree where they do not.
    fn test(&mut self, tests: Vec<Expr>, binds: Vec<LocalId>, shared: Option<BlockId>) -> TreeId {
        let (then, els) = (self.new_tree(), self.new_tree());
        let several = tests.len() > 1;
        let mut tests = tests
            .into_iter()
            .map(|test| if several { parenthesized(test) } else { test });
        let first = tests.next().unwrap_or(Expr::PLACEHOLDER);
        let cond = tests.fold(first, |left, right| {
            let (left, right) = (Box::new(left), Box::new(right));
            Expr::Binary(ExprBinary {
                attrs: Vec::new(),
                left,
                op: BinOp::And(Default::default()),
                right,
            })
        });
        if let Some(block) = shared {
            self.graph.trees[els].term = Term::Goto(block);
        }
        let cond = self.code(cond);
        self.close(Term::If {
            cond,
            binds,
            then,
            els,
        });
        self.tree = then;
        els
    }
}

fn flatten(cond: Expr, tests: &mut Vec<Expr>) {
    match without_parens(cond) {
        Expr::Binary(ExprBinary {
            left,
            op: BinOp::And(_),
            right,
            ..
        }) => {
            flatten(*left, tests);
            flatten(*right, tests);
        }
        test => tests.push(test),
    }
}

fn parenthesized(test: Expr) -> Expr {
    match test {
        Expr::Binary(ExprBinary {
            op: BinOp::Or(_), ..
        })
        | Expr::Range(_)
        | Expr::Assign(_) => Expr::Paren(ExprParen {
            attrs: Vec::new(),
            paren_token: Default::default(),
            expr: Box::new(test),
        }),
        test => test,
    }
}
