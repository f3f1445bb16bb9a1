//! Who starts the processes that work and die at a moment, and looks at what they leave.

use std::path::Path;
use std::process::{Command, Output};

use crate::client::Folder;
use crate::deadly::Deadly;
use crate::life::{self, End};
use crate::works::Work;

/// See the module.
#[derive(Debug)]
pub(crate) struct Parent<'a> {
    pub(crate) deadly: &'a Deadly,
    pub(crate) folder: &'a Folder,
    pub(crate) work: &'a Work,
}

impl Parent<'_> {
    /// Lets a child work until it dies at a moment, or has done everything. It says in `trace` what
    /// the moments are.
    pub(crate) fn run(&self, at: Option<u64>, trace: Option<&Path>) -> End {
        let mut child = life::working(self.folder, self.work);
        self.deadly.arm(&mut child, &self.folder.beside, at, trace);
        let (id, ended) = wait(child);
        life::end(self.folder, id, &ended)
    }

    /// Looks at what is left, in a process of its own.
    pub(crate) fn survive(&self, last: End) {
        let mut child = life::looking(self.folder, self.work, last);
        self.deadly.arm(&mut child, &self.folder.beside, None, None);
        life::check(&wait(child).1);
    }
}

fn wait(mut child: Command) -> (u32, Output) {
    let child = child.spawn().expect("a child process");
    (child.id(), child.wait_with_output().expect("it ends"))
}
