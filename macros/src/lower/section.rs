//! Critical sections: entered by a `let`, left at the end of its block.

use syn::spanned::Spanned;
use syn::{Attribute, Expr, LocalInit, Pat, parse_quote};

use super::{Lower, Scope};
use crate::graph::Stmt;
use crate::names::{Kind, Local};
use crate::syntax::locker;

/// Whether a `let` has the shape that enters a critical section: `lock(..).await`, and no `else`.
pub(super) fn enters_section(init: &LocalInit) -> bool {
    let Expr::Await(await_) = &*init.expr else {
        return false;
    };
    init.diverge.is_none() && locker(&await_.base).is_some()
}

impl Lower<'_> {
    // Input:   let pat = lock(operands).await;
    // Output:  let (locked, section) = lock(operands).await; let pat = locked;
    //
    /// The section is a guard: every way out of the block leaves it.
    pub(super) fn section(&mut self, attrs: Vec<Attribute>, pat: Pat, init: Expr) {
        let span = init.span();
        self.enters = true;
        let output = self.operand(init);
        let locked = self.hidden("locked", None, span);
        let section = proc_macro2::Ident::new("section", span);
        let section = self.graph.locals.push(Local::new(section, Kind::Section));
        let (locked_name, section_name) = (self.named(locked), self.named(section));
        let both: Pat = parse_quote!((#locked_name, #section_name));
        let init = self.code(output);
        self.push(Stmt::Let {
            attrs: Vec::new(),
            pat: both,
            init,
            els: None,
            binds: vec![locked, section],
            remake: false,
        });
        self.scopes.push(Scope::Guard(section));
        self.graph.sections.push((self.region, section));
        self.in_section = true;
        let locked = self.named(locked);
        self.let_(attrs, pat, locked, None);
    }
}
