//! Refused: options that an entity does not have, or with other values.
//! Why: each option is a name and its value.
//! Instead: see accept/entities/with_options.rs.

use undying::prelude::*;

#[entity(name = "bank@home")] //~ the id would be ambiguous
#[derive(Default, Serialize, Deserialize)]
struct Bank;

#[entity(key = "text")] //~ a type is meant
#[derive(Default, Serialize, Deserialize)]
struct Office;

#[entity(
    keep_on_error = true, //~ it is there or not
    timeout = "1s" //~ no such option
)]
#[derive(Default, Serialize, Deserialize)]
struct Desk;

#[entity(name = "desk")] //~ options belong to the type
impl Desk {}

#[entity]
fn deposit() {} //~ neither a type nor an `impl`

fn main() {}
