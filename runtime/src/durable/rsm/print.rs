//! A chart for people: as a table, and as a Mermaid state diagram.

use std::fmt::{self, Write};

use super::chart::{Chart, ChartState, Does, Heat, On};

impl fmt::Display for Chart {
    /// As a table, one row for each row of a state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.lines();
        let mut widths = [0; 3];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for row in rows {
            let [state, on, does] = row;
            let line = format!("{state:0$}  {on:1$}  {does}", widths[0], widths[1]);
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Chart {
    /// The chart as a [Mermaid](https://mermaid.js.org) state diagram. Transitions that handlers
    /// return are not in it: what a handler does is in its row, as a note beside its state.
    ///
    /// ```
    /// use undying::prelude::*;
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Toggle;
    ///
    /// #[rsm]
    /// struct Lamp {}
    ///
    /// #[rsm]
    /// impl Lamp {
    ///     chart! {
    ///         enum LampState;
    ///         start Off { Toggle => goto On, }
    ///         On { Toggle => goto Off, }
    ///     }
    ///     fn new() -> Self {
    ///         Lamp {}
    ///     }
    /// }
    ///
    /// assert_eq!(
    ///     Lamp::chart().mermaid(),
    ///     "stateDiagram-v2\n    [*] --> Off\n    Off --> On: Toggle\n    On --> Off: Toggle\n"
    /// );
    /// ```
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut out = String::from("stateDiagram-v2\n");
        let _ = writeln!(out, "    [*] --> {}", self.states[self.start].name);
        for state in self.states {
            self.draw(state, &mut out);
        }
        out
    }

    fn draw(&self, state: &ChartState, out: &mut String) {
        let from = state.name;
        let mut notes = Vec::new();
        for (what, handler) in [("entry", state.entry), ("exit", state.exit)] {
            notes.extend(handler.map(|handler| format!("{what} / {}", self.handlers[handler])));
        }
        for row in state.rows {
            let on = self.on(row.on);
            let to = |state: usize| self.states[state].name;
            let _ = match row.does {
                Does::Goto(state) => writeln!(out, "    {from} --> {}: {on}", to(state)),
                Does::Push(state) => writeln!(out, "    {from} --> {}: {on} / push", to(state)),
                Does::Halt => writeln!(out, "    {from} --> [*]: {on}"),
                Does::Handle(_) | Does::Pop | Does::Defer | Does::Ignore => {
                    notes.push(format!("{on} / {}", self.does(row.does)));
                    Ok(())
                }
            };
        }
        if !notes.is_empty() {
            let _ = writeln!(out, "    note right of {from}");
            for note in notes {
                let _ = writeln!(out, "        {note}");
            }
            let _ = writeln!(out, "    end note");
        }
    }

    fn lines(&self) -> Vec<[String; 3]> {
        let mut rows = Vec::new();
        for (place, state) in self.states.iter().enumerate() {
            let start = if place == self.start { "start " } else { "" };
            let heat = match state.heat {
                Heat::Cold => "cold ",
                Heat::Warm => "",
                Heat::Hot => "hot ",
            };
            let first = rows.len();
            for (what, handler) in [("entry", state.entry), ("exit", state.exit)] {
                let action = handler.map(|handler| self.handlers[handler].to_owned());
                rows.extend(action.map(|does| [String::new(), what.to_owned(), does]));
            }
            for row in state.rows {
                rows.push([
                    String::new(),
                    self.on(row.on).to_owned(),
                    self.does(row.does),
                ]);
            }
            if rows.len() == first {
                rows.push(Default::default());
            }
            rows[first][0] = format!("{start}{heat}{}", state.name);
        }
        let first = rows.len();
        for row in self.always {
            rows.push([
                String::new(),
                self.on(row.on).to_owned(),
                self.does(row.does),
            ]);
        }
        if let Some(row) = rows.get_mut(first) {
            "always".clone_into(&mut row[0]);
        }
        rows
    }

    fn on(&self, on: On) -> &'static str {
        match on {
            On::Event(event) => self.events[event],
            On::Any => "_",
            On::Nothing => "default",
        }
    }

    fn does(&self, does: Does) -> String {
        match does {
            Does::Handle(handler) => self.handlers[handler].to_owned(),
            Does::Goto(state) => format!("goto {}", self.states[state].name),
            Does::Push(state) => format!("push {}", self.states[state].name),
            Does::Pop => "pop".to_owned(),
            Does::Halt => "halt".to_owned(),
            Does::Defer => "defer".to_owned(),
            Does::Ignore => "ignore".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::chart::Row;
    use super::*;

    const DOOR: Chart = Chart {
        machine: "Door",
        events: &["Open", "Close", "Knock", "Halt"],
        states: &[
            ChartState {
                name: "Closed",
                heat: Heat::Warm,
                entry: Some(0),
                exit: None,
                rows: &[
                    Row {
                        on: On::Event(0),
                        does: Does::Goto(1),
                    },
                    Row {
                        on: On::Event(2),
                        does: Does::Handle(1),
                    },
                ],
            },
            ChartState {
                name: "Opened",
                heat: Heat::Hot,
                entry: None,
                exit: None,
                rows: &[
                    Row {
                        on: On::Event(1),
                        does: Does::Push(0),
                    },
                    Row {
                        on: On::Event(3),
                        does: Does::Halt,
                    },
                    Row {
                        on: On::Any,
                        does: Does::Defer,
                    },
                ],
            },
        ],
        always: &[Row {
            on: On::Event(3),
            does: Does::Handle(1),
        }],
        handlers: &["lock", "who_is_there"],
        start: 0,
    };

    #[test]
    fn a_chart_prints_as_a_table() {
        expect![[r#"
            start Closed  entry  lock
                          Open   goto Opened
                          Knock  who_is_there
            hot Opened    Close  push Closed
                          Halt   halt
                          _      defer
            always        Halt   who_is_there
        "#]]
        .assert_eq(&DOOR.to_string());
    }

    #[test]
    fn a_chart_is_drawn_as_a_diagram() {
        expect![[r#"
            stateDiagram-v2
                [*] --> Closed
                Closed --> Opened: Open
                note right of Closed
                    entry / lock
                    Knock / who_is_there
                end note
                Opened --> Closed: Close / push
                Opened --> [*]: Halt
                note right of Opened
                    _ / defer
                end note
        "#]]
        .assert_eq(&DOOR.mermaid());
    }
}
