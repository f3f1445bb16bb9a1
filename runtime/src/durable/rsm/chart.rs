//! `Chart`: the state chart of an rsm as data, which the dispatch, the table and the diagram read.

/// A state chart. Made by `chart! {}`, which has checked it; states, events and handlers are
/// referred to by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chart {
    /// The rsm's stored name.
    pub machine: &'static str,
    /// The names of the events it takes. The last of them is `Halt` if no row names that.
    pub events: &'static [&'static str],
    /// The states; one of them is the start.
    pub states: &'static [ChartState],
    /// Rows for the events that no state on the stack says anything about.
    pub always: &'static [Row],
    /// The names of the handlers.
    pub handlers: &'static [&'static str],
    /// The place of the state it begins in.
    pub start: usize,
}

/// One state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChartState {
    /// Its name.
    pub name: &'static str,
    /// What a monitor says of it.
    pub heat: Heat,
    /// The handler that is run when it is entered.
    pub entry: Option<usize>,
    /// The handler that is run when it is left.
    pub exit: Option<usize>,
    /// What it does on which event; at most one row for each.
    pub rows: &'static [Row],
}

/// How a [monitor](crate::monitor) looks at one of its states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heat {
    /// Nothing is owed.
    Cold,
    /// Neither.
    #[default]
    Warm,
    /// Something is owed: nobody may stay here for ever.
    Hot,
}

/// One row of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// On what.
    pub on: On,
    /// What is done.
    pub does: Does,
}

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The event at this place.
    Event(usize),
    /// Every event for which there is no other row.
    Any,
    /// Nothing that waits can be taken: `default`.
    Nothing,
}

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Runs the handler at this place.
    Handle(usize),
    /// Leaves the state for the one at this place.
    Goto(usize),
    /// Puts the state at this place on top.
    Push(usize),
    /// Goes back to the state below.
    Pop,
    /// Ends the machine.
    Halt,
    /// Leaves the event where it is until the state is another one.
    Defer,
    /// Drops the event.
    Ignore,
}

impl Chart {
    /// The place of the event of this name.
    #[must_use]
    pub fn event(&self, name: &str) -> Option<usize> {
        // Most names are those of the program itself, each at one place.
        let is = |known: &str| {
            known.len() == name.len()
                && (std::ptr::eq(known.as_ptr(), name.as_ptr()) || known == name)
        };
        self.events.iter().position(|known| is(known))
    }

    /// The place of the state of this name.
    #[must_use]
    pub fn state(&self, name: &str) -> Option<usize> {
        self.states.iter().position(|state| state.name == name)
    }
}
