//! Where the attributes of the function go.

use syn::Attribute;

pub(crate) struct Attributes {
    /// On the function that makes the call: documentation and all that is not known here.
    pub(crate) call: Vec<Attribute>,
    /// On the code of the body: lint levels, and for an activity what wraps an `async fn`.
    pub(crate) body: Vec<Attribute>,
}

impl Attributes {
    pub(crate) fn new(attrs: Vec<Attribute>) -> Attributes {
        let (mut call, mut body) = (Vec::new(), Vec::new());
        for attr in attrs {
            let is = |names: &[&str]| names.iter().any(|name| attr.path().is_ident(name));
            if is(&["allow", "warn", "deny", "forbid", "expect"]) {
                body.push(attr);
            } else if is(&["doc", "deprecated", "must_use", "cfg", "cfg_attr", "inline"]) {
                call.push(attr);
            } else {
                body.push(attr);
            }
        }
        Attributes { call, body }
    }
}
