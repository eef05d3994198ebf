//! The memory of this process: how much it holds, and giving back what it no longer needs.
//!
//! The package `sysinfo` tells no peak and would look at every process to find this one.

/// Gives memory that is no longer used back to the system, which some systems do only when asked.
#[cfg_attr(
    all(target_os = "linux", target_env = "gnu"),
    expect(unsafe_code, reason = "the allocator is C")
)]
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes the allocator's own locks and touches what is free only.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Memory this program holds now. Units: bytes; `None` where the system does not say.
pub fn resident() -> Option<u64> {
    of_status("VmRSS:")
}

/// The most memory this program ever held. Units: bytes; `None` where the system does not say.
pub fn peak() -> Option<u64> {
    of_status("VmHWM:")
}

fn of_status(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kb: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kb * 1024)
}
