//! The memory of this process, in bytes; zero where the system does not say.

/// What it holds now.
pub(crate) fn resident() -> u64 {
    status("VmRSS:")
}

/// The most that it has held.
pub(crate) fn peak() -> u64 {
    status("VmHWM:")
}

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1_024
}
