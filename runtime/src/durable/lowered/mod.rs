//! What lowered bodies call: cursors, `?`, borrows made again, and probes for better errors.

mod by_index;
mod escape;
mod owned;
mod passing;
mod primitive;
mod question;
mod range;
mod returned;
mod same_type;
mod value;
mod worklist;

pub use by_index::{ByIndex, here, nth};
pub use escape::{escape, halt};
pub use owned::{Keep, Owned, OwnedItems, RemembersItsEnd};
pub use passing::Passing;
pub use primitive::{Primitive, primitive};
pub use question::Question;
pub use range::{Inclusive, NextItem, inclusive};
pub use returned::{Out, Returned, Returning};
pub use same_type::SameType;
pub use value::{Lazy, awaited};
pub use worklist::{ListSlot, LoopItem, Worklist, drain, worklist_slot};
