//! Assignments whose sides await.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprAssign, ExprBinary};

use super::Lower;
use super::spill::{by_place, by_value};

impl Lower<'_> {
    // Input:   place = value
    // Output:  value is evaluated first, then the parts of the place
    pub(super) fn assign(&mut self, mut assign: ExprAssign) -> Expr {
        let [place, value] = [&mut assign.left, &mut assign.right]
            .map(|side| std::mem::replace(&mut **side, Expr::PLACEHOLDER));
        let mut left = self
            .operands(vec![by_value(value), by_place(place)])
            .into_iter();
        if let (Some(value), Some(place)) = (left.next(), left.next()) {
            (assign.right, assign.left) = (Box::new(value), Box::new(place));
        }
        Expr::Assign(assign)
    }

    // Input:   place op= value
    // Output:  value first, as for primitive types; `*primitive(&mut place) op= value` where the order can be observed
    pub(super) fn compound(&mut self, binary: ExprBinary) -> Expr {
        let (left, op) = (*binary.left, binary.op);
        let mut left = self
            .operands(vec![by_value(*binary.right), by_place(left)])
            .into_iter();
        let (Some(value), Some(place)) = (left.next(), left.next()) else {
            return Expr::PLACEHOLDER;
        };
        let pure = self.is_place(&place) || matches!(place, Expr::Path(_));
        let place = if pure {
            place
        } else {
            syn::parse_quote_spanned!(Span::mixed_site().located_at(op.span())=> *__rt::primitive(&mut #place))
        };
        Expr::Binary(ExprBinary {
            attrs: binary.attrs,
            left: Box::new(place),
            op,
            right: Box::new(value),
        })
    }
}

pub(super) fn is_compound(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}
