//! A disk that remembers what is durable: a file by its fsync, a name by that of its folder.
//!
//! It promises what POSIX does and no more. The sync of a file does not keep its name, nor that of
//! a folder its files' bytes; what was not synced may be lost, kept or kept in part, in any order.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use fuser::Errno;
use rand::Rng;

use crate::file::File;
use crate::names::Names;

/// The number of the top folder.
pub(crate) const ROOT: u64 = 1;

/// What is asked of the disk.
#[derive(Debug)]
pub(crate) enum Call<'a> {
    Create(u64, &'a OsStr),
    MakeFolder(u64, &'a OsStr),
    Remove(u64, &'a OsStr),
    Rename(u64, &'a OsStr, u64, &'a OsStr),
    Write(u64, u64, &'a [u8]),
    Resize(u64, u64),
    Sync(u64),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Disk {
    nodes: BTreeMap<u64, Node>,
    next: u64,
    /// What a sync says is not true.
    lies: bool,
}

#[derive(Debug)]
pub(crate) enum Node {
    File(File),
    Folder(Names),
}

impl Disk {
    /// An empty disk.
    pub(crate) fn new(lies: bool) -> Disk {
        Disk {
            nodes: BTreeMap::from([(ROOT, Node::Folder(Names::default()))]),
            next: ROOT + 1,
            lies,
        }
    }

    pub(crate) fn node(&self, number: u64) -> Result<&Node, Errno> {
        self.nodes.get(&number).ok_or(Errno::ENOENT)
    }

    pub(crate) fn file(&self, number: u64) -> Result<&File, Errno> {
        match self.node(number)? {
            Node::File(file) => Ok(file),
            Node::Folder(_) => Err(Errno::EISDIR),
        }
    }

    pub(crate) fn names(&self, number: u64) -> Result<&Names, Errno> {
        match self.node(number)? {
            Node::File(_) => Err(Errno::ENOTDIR),
            Node::Folder(names) => Ok(names),
        }
    }

    pub(crate) fn find(&self, folder: u64, name: &OsStr) -> Result<u64, Errno> {
        self.names(folder)?.get(name).ok_or(Errno::ENOENT)
    }

    /// Does it; returns the number of the file or folder that it made, or 0.
    pub(crate) fn apply(&mut self, call: &Call<'_>) -> Result<u64, Errno> {
        match *call {
            Call::Create(folder, name) => {
                return self.make(folder, name, Node::File(File::default()));
            }
            Call::MakeFolder(folder, name) => {
                return self.make(folder, name, Node::Folder(Names::default()));
            }
            Call::Remove(folder, name) => {
                if let Node::Folder(names) = self.node(self.find(folder, name)?)?
                    && !names.is_empty()
                {
                    return Err(Errno::ENOTEMPTY);
                }
                // Who has it open goes on; it is gone with the power.
                self.names_mut(folder)?.remove(name);
            }
            Call::Rename(from, name, to, new) => {
                let node = self.find(from, name)?;
                if from == to {
                    self.names_mut(from)?.rename(name, new);
                } else {
                    self.names_mut(to)?.add(new, node);
                    self.names_mut(from)?.remove(name);
                }
            }
            Call::Write(file, at, bytes) => self.file_mut(file)?.write(at, bytes),
            Call::Resize(file, len) => self.file_mut(file)?.resize(len),
            Call::Sync(_) if self.lies => {}
            Call::Sync(node) => match self.nodes.get_mut(&node).ok_or(Errno::ENOENT)? {
                Node::File(file) => file.sync(),
                Node::Folder(names) => names.sync(),
            },
        }
        Ok(0)
    }

    fn make(&mut self, folder: u64, name: &OsStr, node: Node) -> Result<u64, Errno> {
        let number = self.next;
        let names = self.names_mut(folder)?;
        if names.get(name).is_some() {
            return Err(Errno::EEXIST);
        }
        names.add(name, number);
        self.nodes.insert(number, node);
        self.next += 1;
        Ok(number)
    }

    fn file_mut(&mut self, number: u64) -> Result<&mut File, Errno> {
        match self.nodes.get_mut(&number) {
            Some(Node::File(file)) => Ok(file),
            Some(Node::Folder(_)) => Err(Errno::EISDIR),
            None => Err(Errno::ENOENT),
        }
    }

    fn names_mut(&mut self, number: u64) -> Result<&mut Names, Errno> {
        match self.nodes.get_mut(&number) {
            Some(Node::Folder(names)) => Ok(names),
            Some(Node::File(_)) => Err(Errno::ENOTDIR),
            None => Err(Errno::ENOENT),
        }
    }

    /// Loses the power; says what that cost of what was not durable.
    pub(crate) fn lose(&mut self, random: &mut impl Rng) -> Vec<String> {
        let paths = self.paths();
        let mut lost = Vec::new();
        for (number, node) in &mut self.nodes {
            let what = match node {
                Node::File(file) => file.lose(random),
                Node::Folder(names) => names.lose(random),
            };
            let path = paths.get(number).map_or("a removed file", String::as_str);
            lost.extend(what.map(|what| format!("{path}: {what}")));
        }
        let left = self.paths();
        self.nodes.retain(|number, _| left.contains_key(number));
        lost
    }

    /// The paths of all that has one.
    fn paths(&self) -> BTreeMap<u64, String> {
        let mut paths = BTreeMap::from([(ROOT, "/".to_owned())]);
        let mut folders = vec![ROOT];
        while let Some(folder) = folders.pop() {
            let Some(Node::Folder(names)) = self.nodes.get(&folder) else {
                continue;
            };
            for (name, node) in names.iter() {
                let path = format!(
                    "{}/{}",
                    paths[&folder].trim_end_matches('/'),
                    name.display()
                );
                paths.insert(node, path);
                folders.push(node);
            }
        }
        paths
    }

    /// The path of a file or folder, to be read.
    pub(crate) fn path(&self, number: u64) -> String {
        let path = self.paths().remove(&number);
        path.unwrap_or_else(|| "a removed file".to_owned())
    }
}
