//! The process that works and dies: this binary, started again with a variable set.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use undying::store::{OpenStore, StoreOptions};

use crate::client::{Client, Folder};
use crate::deadly::Deadly;
use crate::notes::Notes;
use crate::works::{WORKS, Work};

const FOLDER: &str = "UNDYING_CRASHES_FOLDER";
const WORK: &str = "UNDYING_CRASHES_WORK";
/// Set for the one that looks at what the others have left.
const LAST: &str = "UNDYING_CRASHES_LAST";

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    /// It was killed.
    Killed,
    /// It has done everything.
    Done,
}

/// Plays the part of the child if this is one.
pub(crate) fn is_child() -> bool {
    let (Some(folder), Ok(name)) = (std::env::var_os(FOLDER), std::env::var(WORK)) else {
        return false;
    };
    let work = WORKS.iter().find(|work| work.name == name);
    let folder = Folder(PathBuf::from(folder));
    let work = work.expect("a kind of work");
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        match std::env::var_os(LAST) {
            Some(last) => survive(&folder, work, last == "closed").await,
            None => live(&folder, work).await,
        }
    });
    true
}

/// The life of a child.
async fn live(folder: &Folder, work: &Work) {
    let client = Client::open(folder).await.expect("the engine opens");
    client
        .notes
        .told(&format!("opened {}", std::process::id()), &());
    (work.play)(&client).await.expect("the work is done");
    client.engine.shutdown().await.expect("the engine closes");
    client
        .notes
        .told(&format!("closed {}", std::process::id()), &());
}

/// Opens what the dead have left, twice, and looks whether all that was acknowledged is there; lets
/// the work go on to its end, and looks whether all was done once.
async fn survive(folder: &Folder, work: &Work, was_closed: bool) {
    let store = StoreOptions::new(folder.store()).open();
    let store = store.expect("the store opens");
    assert!(store.was_clean() || !was_closed, "it was closed");
    drop(store);
    let client = Client::open(folder).await.expect("the engine opens");
    client.check_acknowledged().await;
    (work.play)(&client).await.expect("the work is done");
    (work.check)(&client).await;
    client.engine.shutdown().await.expect("the engine closes");
    drop(client);
    let client = Client::open(folder).await.expect("the engine opens");
    client.check_acknowledged().await;
    (work.check)(&client).await;
}

/// Who starts processes that work.
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
        let mut child = self.child();
        self.deadly.arm(&mut child, &self.folder.0, at, trace);
        let (id, ended) = wait(child);
        let notes = Notes::open(&self.folder.notes()).expect("notes can be read");
        let closed = notes.answer(&format!("closed {id}")).is_some();
        match ended.status.signal() {
            Some(9) => End::Killed,
            _ => {
                check(&ended);
                assert!(closed, "the child does its part");
                End::Done
            }
        }
    }

    /// Looks at what is left, in a process of its own.
    pub(crate) fn survive(&self, last: End) {
        let mut child = self.child();
        child.env(
            LAST,
            if last == End::Done {
                "closed"
            } else {
                "killed"
            },
        );
        self.deadly.arm(&mut child, &self.folder.0, None, None);
        check(&wait(child).1);
    }

    fn child(&self) -> Command {
        let mut child = Command::new(std::env::current_exe().expect("this binary"));
        child
            .args(["--exact", "a_child_works_until_it_is_killed", "--nocapture"])
            .env(FOLDER, &self.folder.0)
            .env(WORK, self.work.name)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        child
    }
}

fn wait(mut child: Command) -> (u32, Output) {
    let child = child.spawn().expect("a child process");
    (child.id(), child.wait_with_output().expect("it ends"))
}

/// It did what it was to do.
fn check(ended: &Output) {
    let words = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{}: {words}", ended.status);
}
