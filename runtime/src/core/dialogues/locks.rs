//! Dialogues about locks: with the instance that wants a critical section, and with an entity.

use super::support::locks::{HastyCall, SignalsFirstCall};
use super::*;

/// An entity that has never been used.
fn purse() -> Instance {
    let nothing = Stored::write(&()).expect("the unit");
    let number = Number { partition: 0, n: 2 };
    let (id, name) = ("@purse@1".into(), "purse".into());
    Instance::begin(number, id, name, None, nothing, Timestamp(0))
}

#[test]
fn a_section_asks_in_the_order_of_ids_and_frees_all_when_it_is_left() {
    dialogue(
        instance::<SignalsFirstCall>(0, 20),
        &[
            (
                Turn,
                "ask @purse@9100 to put, lock @purse@9000 @purse@9100 for 0",
            ),
            (Granted(0), "!"),
            (Turn, "ask @purse@9100 to look"),
            (Granted(0), ""),
            (
                Cancel,
                "unlock @purse@9100 of 0, unlock @purse@9000 of 0, tell parent 7: cancelled, over",
            ),
            (Granted(0), ""),
        ],
    );
}

#[test]
fn a_section_that_is_given_up_is_cancelled_on_the_way_of_its_request() {
    dialogue(
        instance::<HastyCall>(1, 1),
        &[
            (Turn, "lock @purse@9001 @purse@9002 for 1, arm 0 at 5"),
            (Due(0, 5), "!"),
            (
                Turn,
                "do not lock @purse@9001 @purse@9002 for 1, tell parent 7: Some(100), over",
            ),
            (Granted(1), ""),
        ],
    );
}

#[test]
fn an_entity_locks_itself_for_one_section_after_the_other_and_passes_the_request_on() {
    dialogue(
        purse(),
        &[
            (Asked(3, &["@purse@3", "@purse@2"]), "!"),
            (Asked(4, &[]), "!"),
            (Turn, "lock @purse@2 @purse@3 for 3"),
            (Unlocked(4), ""),
            (Unlocked(3), "!"),
            (Turn, "grant 4"),
            (Unlocked(4), ""),
            (Unlocked(4), ""),
        ],
    );
}

#[test]
fn a_section_that_is_given_up_is_taken_out_of_the_mailbox_or_freed_and_followed() {
    dialogue(
        purse(),
        &[
            (Asked(3, &["@purse@2"]), "!"),
            (Asked(4, &["@purse@2"]), "!"),
            (Turn, "lock @purse@2 for 3"),
            (GivenUp(4, &["@purse@2"]), ""),
            (GivenUp(3, &["@purse@2"]), "do not lock @purse@2 for 3"),
            (Asked(5, &[]), "!"),
            (Turn, "grant 5"),
            (GivenUp(5, &[]), ""),
            (GivenUp(6, &[]), ""),
        ],
    );
}
