//! The life of a process that works and dies: this binary, started again with variables set.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use undying::store::{OpenStore, StoreOptions};

use crate::client::{Client, Folder};
use crate::notes::Notes;
use crate::works::Work;

const BESIDE: &str = "UNDYING_CRASHES_BESIDE";
const STORE: &str = "UNDYING_CRASHES_STORE";
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
pub(crate) fn is_child(works: &[Work]) -> bool {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let (Some(beside), Some(store), Ok(name)) =
        (variable(BESIDE), variable(STORE), std::env::var(WORK))
    else {
        return false;
    };
    let work = works.iter().find(|work| work.name == name);
    let folder = Folder { beside, store };
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
    let store = StoreOptions::new(&folder.store).open();
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

/// The process that works.
pub(crate) fn working(folder: &Folder, work: &Work) -> Command {
    let mut child = Command::new(std::env::current_exe().expect("this binary"));
    child
        .args(["--exact", "a_child_works_until_it_is_killed", "--nocapture"])
        .env(BESIDE, &folder.beside)
        .env(STORE, &folder.store)
        .env(WORK, work.name)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    child
}

/// The process that looks at what is left, of which the last ended like that.
pub(crate) fn looking(folder: &Folder, work: &Work, last: End) -> Command {
    let mut child = working(folder, work);
    child.env(
        LAST,
        if last == End::Done {
            "closed"
        } else {
            "killed"
        },
    );
    child
}

/// Whether a process with this id was killed, or has done its part.
pub(crate) fn end(folder: &Folder, id: u32, ended: &Output) -> End {
    if ended.status.signal() == Some(9) {
        return End::Killed;
    }
    check(ended);
    let notes = Notes::open(&folder.notes()).expect("notes can be read");
    let closed = notes.answer(&format!("closed {id}")).is_some();
    assert!(closed, "the child does its part");
    End::Done
}

/// It did what it was to do.
pub(crate) fn check(ended: &Output) {
    let words = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{}: {words}", ended.status);
}
