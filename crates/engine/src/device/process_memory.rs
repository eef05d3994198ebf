//! The memory of this process: current and peak use, and releasing unused memory.
//!
//! The package `sysinfo` reports no peak and would scan every process to find this one.

/// Releases unused memory to the system, which glibc does only on request.
#[cfg_attr(
    all(target_os = "linux", target_env = "gnu"),
    expect(unsafe_code, reason = "the allocator is C")
)]
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes the allocator's own locks and touches only free memory.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Resident memory of this process. Units: bytes; `None` if the system does not report it.
pub fn resident() -> Option<u64> {
    of_status("VmRSS:")
}

/// Peak resident memory of this process. Units: bytes; `None` if the system does not report it.
pub fn peak() -> Option<u64> {
    of_status("VmHWM:")
}

fn of_status(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kb: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kb * 1024)
}
