//! The disk as a file system that a process works on, and the moment at which the power goes.
//!
//! Every call that changes the disk is a moment. At the chosen one the process is killed before it
//! is answered: of a write as much is there as chance wants, a sync has made nothing durable.

use std::ffi::OsStr;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, Output};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate,
    ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyStatfs, ReplyWrite, Request, TimeOrNow,
    WriteFlags,
};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use crate::disk::{Call, Disk, Node, ROOT};
use crate::image::PAGE;

/// Nobody else changes the disk: what the kernel knows of it stays true.
const FOREVER: Duration = Duration::from_secs(1 << 20);
/// How large the disk says that it is.
const PAGES: u64 = 1 << 28;

/// Gives this thread, and what it starts, mounts of its own: they go with it, however it ends.
pub(crate) fn mount_apart() -> Result<(), String> {
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    let none: Option<&str> = None;
    unshare(CloneFlags::CLONE_NEWNS)
        .and_then(|()| mount(none, "/", none, private, none))
        .map_err(|error| format!("mounts of its own are refused: {error}"))
}

/// A disk that is mounted.
#[derive(Debug)]
pub(crate) struct Mounted {
    shared: Arc<Shared>,
    session: BackgroundSession,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Who works on the disk.
    worker: Mutex<Option<Child>>,
}

#[derive(Debug)]
struct State {
    disk: Disk,
    /// How many moments have passed.
    passed: u64,
    /// At which of them the power goes.
    at: Option<u64>,
    /// What was being done when it went.
    gone: Option<String>,
}

/// What has happened to a disk.
#[derive(Debug)]
pub(crate) struct Happened {
    pub(crate) disk: Disk,
    /// How many moments have passed.
    pub(crate) passed: u64,
    /// What was being done when the power went, if it did.
    pub(crate) gone: Option<String>,
    /// The process that worked on it, and how it ended.
    pub(crate) worker: (u32, Output),
}

impl Mounted {
    /// Mounts a disk whose power goes at a moment.
    pub(crate) fn new(disk: Disk, at: Option<u64>, path: &Path) -> std::io::Result<Mounted> {
        let state = State {
            disk,
            passed: 0,
            at,
            gone: None,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            worker: Mutex::new(None),
        });
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("power".to_owned())];
        let session = fuser::spawn_mount(Power(shared.clone()), path, &config)?;
        Ok(Mounted { shared, session })
    }

    /// Lets a process work on the disk until it ends, or the power does.
    pub(crate) fn work(self, mut command: Command) -> std::io::Result<Happened> {
        let (id, errors) = {
            // It may do much before this thread goes on; the power waits for this to be known.
            let mut worker = self.shared.worker();
            let worker = worker.insert(command.spawn()?);
            (worker.id(), worker.stderr.take())
        };
        let mut stderr = Vec::new();
        if let Some(mut errors) = errors {
            errors.read_to_end(&mut stderr)?;
        }
        let worker = self.shared.worker().take();
        let worker = worker.ok_or_else(|| std::io::Error::other("nobody works"))?;
        let mut output = worker.wait_with_output()?;
        output.stderr = stderr;
        match self.session.umount_and_join() {
            // So ends a session that waits for the next request of a disk that is gone.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            ended => ended?,
        }
        let mut state = self.shared.state();
        Ok(Happened {
            disk: std::mem::replace(&mut state.disk, Disk::new(false)),
            passed: state.passed,
            gone: state.gone.take(),
            worker: (id, output),
        })
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn worker(&self) -> MutexGuard<'_, Option<Child>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file system.
struct Power(Arc<Shared>);

impl Power {
    /// The disk, while there is power.
    fn read<T>(&self, read: impl FnOnce(&Disk) -> Result<T, Errno>) -> Result<T, Errno> {
        let state = self.0.state();
        match state.gone {
            None => read(&state.disk),
            Some(_) => Err(Errno::EIO),
        }
    }

    /// One moment.
    fn change(&self, call: &Call<'_>) -> Result<u64, Errno> {
        let mut state = self.0.state();
        if state.gone.is_some() {
            return Err(Errno::EIO);
        }
        state.passed += 1;
        if state.at != Some(state.passed) {
            return state.disk.apply(call);
        }
        let what = call.told(&state.disk);
        if !matches!(call, Call::Sync(_)) {
            // Nobody will hear of what is wrong with it.
            let _ = state.disk.apply(call);
        }
        state.gone = Some(what);
        drop(state);
        // Before any answer, so that the process does nothing with it.
        if let Some(worker) = &mut *self.0.worker() {
            let _ = worker.kill();
        }
        Err(Errno::EIO)
    }

    fn attributes(&self, number: u64) -> Result<FileAttr, Errno> {
        self.read(|disk| {
            let (kind, size) = match disk.node(number)? {
                Node::File(file) => (FileType::RegularFile, file.len()),
                Node::Folder(_) => (FileType::Directory, 0),
            };
            Ok(FileAttr {
                ino: INodeNo(number),
                size,
                blocks: size.div_ceil(512),
                atime: UNIX_EPOCH,
                mtime: UNIX_EPOCH,
                ctime: UNIX_EPOCH,
                crtime: UNIX_EPOCH,
                kind,
                perm: 0o700,
                nlink: 1,
                uid: nix::unistd::getuid().as_raw(),
                gid: nix::unistd::getgid().as_raw(),
                rdev: 0,
                blksize: PAGE as u32,
                flags: 0,
            })
        })
    }
}

impl Call<'_> {
    /// What this is, to be read.
    fn told(&self, disk: &Disk) -> String {
        match self {
            Call::Create(folder, name) => format!("create {name:?} in {}", disk.path(*folder)),
            Call::MakeFolder(folder, name) => format!("mkdir {name:?} in {}", disk.path(*folder)),
            Call::Remove(folder, name) => format!("remove {name:?} from {}", disk.path(*folder)),
            Call::Rename(folder, name, _, new) => {
                format!("rename {name:?} in {} to {new:?}", disk.path(*folder))
            }
            Call::Write(file, at, bytes) => {
                format!(
                    "write {} bytes at {at} of {}",
                    bytes.len(),
                    disk.path(*file)
                )
            }
            Call::Resize(file, len) => format!("resize {} to {len} bytes", disk.path(*file)),
            Call::Sync(node) => format!("sync {}", disk.path(*node)),
        }
    }
}

/// Answers with this, or with the error.
macro_rules! answer {
    ($reply:ident, $result:expr, |$found:pat_param| $answer:expr) => {
        match $result {
            Ok($found) => $answer,
            Err(error) => $reply.error(error),
        }
    };
}

impl Filesystem for Power {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let found = self.read(|disk| disk.find(parent.0, name));
        let found = found.and_then(|node| self.attributes(node));
        answer!(reply, found, |attributes| reply.entry(
            &FOREVER,
            &attributes,
            Generation(0)
        ));
    }

    fn getattr(&self, _: &Request, node: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        answer!(reply, self.attributes(node.0), |attributes| reply
            .attr(&FOREVER, &attributes));
    }

    fn setattr(
        &self,
        _: &Request,
        node: INodeNo,
        _mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        _mtime: Option<TimeOrNow>,
        _ctime: Option<std::time::SystemTime>,
        _handle: Option<FileHandle>,
        _crtime: Option<std::time::SystemTime>,
        _chgtime: Option<std::time::SystemTime>,
        _bkuptime: Option<std::time::SystemTime>,
        _flags: Option<fuser::BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let resized = match size {
            Some(size) => self.change(&Call::Resize(node.0, size)),
            None => Ok(0),
        };
        let attributes = resized.and_then(|_| self.attributes(node.0));
        answer!(reply, attributes, |attributes| reply
            .attr(&FOREVER, &attributes));
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        _mode: u32,
        _umask: u32,
        reply: ReplyEntry,
    ) {
        let made = self.change(&Call::MakeFolder(parent.0, name));
        let made = made.and_then(|node| self.attributes(node));
        answer!(reply, made, |attributes| reply.entry(
            &FOREVER,
            &attributes,
            Generation(0)
        ));
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        _mode: u32,
        _umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        let made = self.change(&Call::Create(parent.0, name));
        let made = made.and_then(|node| self.attributes(node));
        answer!(reply, made, |attributes| reply.created(
            &FOREVER,
            &attributes,
            Generation(0),
            FileHandle(0),
            FopenFlags::FOPEN_DIRECT_IO
        ));
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let removed = self.change(&Call::Remove(parent.0, name));
        answer!(reply, removed, |_| reply.ok());
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let removed = self.change(&Call::Remove(parent.0, name));
        answer!(reply, removed, |_| reply.ok());
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let is_taken = self.read(|disk| Ok(disk.find(newparent.0, newname).is_ok()));
        let renamed = match (flags, is_taken) {
            (_, Err(error)) => Err(error),
            (RenameFlags::RENAME_NOREPLACE, Ok(true)) => Err(Errno::EEXIST),
            (RenameFlags::RENAME_EXCHANGE, _) => Err(Errno::EINVAL),
            _ => self.change(&Call::Rename(parent.0, name, newparent.0, newname)),
        };
        answer!(reply, renamed, |_| reply.ok());
    }

    fn open(&self, _: &Request, node: INodeNo, _: OpenFlags, reply: fuser::ReplyOpen) {
        let found = self.read(|disk| disk.file(node.0).map(|_| ()));
        answer!(reply, found, |()| reply
            .opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO));
    }

    fn read(
        &self,
        _: &Request,
        node: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let bytes = self.read(|disk| Ok(disk.file(node.0)?.read(offset, size as usize)));
        answer!(reply, bytes, |bytes| reply.data(&bytes));
    }

    fn write(
        &self,
        _: &Request,
        node: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let written = self.change(&Call::Write(node.0, offset, data));
        answer!(reply, written, |_| reply.written(data.len() as u32));
    }

    fn fsync(&self, _: &Request, node: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer!(reply, self.change(&Call::Sync(node.0)), |_| reply.ok());
    }

    fn fsyncdir(&self, _: &Request, node: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer!(reply, self.change(&Call::Sync(node.0)), |_| reply.ok());
    }

    fn readdir(
        &self,
        _: &Request,
        node: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let read = self.read(|disk| {
            let dots = [(OsStr::new("."), node.0), (OsStr::new(".."), ROOT)];
            let all = dots.into_iter().chain(disk.names(node.0)?.iter());
            for (at, (name, number)) in all.enumerate().skip(offset as usize) {
                let kind = match disk.node(number)? {
                    Node::File(_) => FileType::RegularFile,
                    Node::Folder(_) => FileType::Directory,
                };
                if reply.add(INodeNo(number), at as u64 + 1, kind, name) {
                    break;
                }
            }
            Ok(())
        });
        answer!(reply, read, |()| reply.ok());
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        reply.statfs(
            PAGES,
            PAGES,
            PAGES,
            PAGES,
            PAGES,
            PAGE as u32,
            255,
            PAGE as u32,
        );
    }
}
