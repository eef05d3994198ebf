//! The hardware of this computer: processor, memory and GPUs.

use std::process::Command;

use sysinfo::{Cpu, CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

/// The hardware of this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hardware {
    /// The processor's own name.
    pub processor: String,
    /// Hardware threads that this process may use.
    pub n_threads: usize,
    /// The vector instructions that the kernels can use, the best last.
    pub instructions: Vec<&'static str>,
    /// Its memory; `None` if the system does not report it.
    pub memory: Option<Memory>,
    /// The detected GPUs.
    pub gpus: Vec<Gpu>,
}

/// The memory of a computer or a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// All of it. Units: bytes.
    pub bytes: u64,
    /// What is free or can be freed. Units: bytes.
    pub available_bytes: u64,
}

/// A GPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gpu {
    /// Its own name.
    pub name: String,
    /// Its memory; an Apple GPU shares that of the computer.
    pub memory: Memory,
    /// Version of its driver.
    pub driver: String,
    /// Whether this build of the program can compute on it.
    pub is_usable: bool,
}

impl Hardware {
    /// Detects the hardware; takes a few milliseconds, more with an NVIDIA driver.
    pub fn look() -> Self {
        let what = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
        let system = System::new_with_specifics(what).ok();
        let processor = system.iter().flat_map(System::cpus).map(Cpu::brand);
        let mut named = processor.map(str::trim).filter(|name| !name.is_empty());
        let memory = Memory::look();
        Self {
            processor: named.next().unwrap_or(std::env::consts::ARCH).to_owned(),
            n_threads: std::thread::available_parallelism().map_or(1, usize::from),
            instructions: instructions(),
            memory,
            gpus: gpus(memory),
        }
    }
}

impl Memory {
    /// The memory of this computer, limited by that of a container; `None` if the system does not
    /// report it.
    pub fn look() -> Option<Self> {
        let what = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(what).ok()?;
        let limits = system.cgroup_limits().filter(|it| it.total_memory > 0);
        let limit = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
        let all = limit(limits.as_ref().map(|it| it.total_memory));
        let free = limit(limits.as_ref().map(|it| it.free_memory));
        Some(Self {
            bytes: system.total_memory().min(all),
            available_bytes: system.available_memory().min(free),
        })
    }
}

/// The vector instructions that candle's kernels and ours choose from at run time.
#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
fn instructions() -> Vec<&'static str> {
    let all = [
        ("AVX2", std::is_x86_feature_detected!("avx2")),
        ("AVX-VNNI", std::is_x86_feature_detected!("avxvnni")),
        ("AVX-512", std::is_x86_feature_detected!("avx512f")),
        ("AVX-512 VNNI", std::is_x86_feature_detected!("avx512vnni")),
    ];
    there(all)
}

/// The vector instructions that candle's kernels and ours choose from at run time.
#[cfg(target_arch = "aarch64")]
fn instructions() -> Vec<&'static str> {
    let all = [
        ("NEON", std::arch::is_aarch64_feature_detected!("neon")),
        (
            "dotprod",
            std::arch::is_aarch64_feature_detected!("dotprod"),
        ),
        ("i8mm", std::arch::is_aarch64_feature_detected!("i8mm")),
    ];
    there(all)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64")))]
fn instructions() -> Vec<&'static str> {
    Vec::new()
}

#[cfg(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64"))]
fn there<const N: usize>(all: [(&'static str, bool); N]) -> Vec<&'static str> {
    let there = all.into_iter().filter(|(_, is_there)| *is_there);
    there.map(|(name, _)| name).collect()
}

/// The GPUs that can be seen.
fn gpus(memory: Option<Memory>) -> Vec<Gpu> {
    if cfg!(all(target_os = "macos", target_arch = "aarch64")) {
        let gpu = memory.map(|memory| Gpu {
            name: "Apple GPU".to_owned(),
            memory,
            driver: System::os_version().unwrap_or_default(),
            is_usable: true,
        });
        return gpu.into_iter().collect();
    }
    // This program is part of the driver, so no library has to be linked.
    let asked = Command::new("nvidia-smi")
        .arg("--query-gpu=name,memory.total,memory.free,driver_version")
        .arg("--format=csv,noheader,nounits")
        .output();
    match asked {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            text.lines().filter_map(gpu_of_line).collect()
        }
        _ => Vec::new(),
    }
}

/// Parses a line of `nvidia-smi`: name, total MiB, free MiB, version of the driver.
fn gpu_of_line(line: &str) -> Option<Gpu> {
    let mut fields = line.rsplitn(4, ',').map(str::trim);
    let driver = fields.next()?.to_owned();
    let mut bytes = || Some(fields.next()?.parse::<u64>().ok()? << 20);
    let memory = Memory {
        available_bytes: bytes()?,
        bytes: bytes()?,
    };
    Some(Gpu {
        name: fields.next()?.to_owned(),
        memory,
        driver,
        is_usable: cfg!(feature = "cuda"),
    })
}

#[cfg(test)]
mod tests {
    use super::{Gpu, Hardware, Memory, gpu_of_line};

    #[test]
    fn this_computer_has_a_processor_and_memory() {
        let hardware = Hardware::look();
        assert!(!hardware.processor.is_empty() && hardware.n_threads > 0);
        let memory = hardware.memory.unwrap();
        assert!(memory.bytes > 100_000_000, "{memory:?}");
        assert!(memory.available_bytes <= memory.bytes, "{memory:?}");
        assert!(memory.available_bytes > 10_000_000, "{memory:?}");
    }

    #[test]
    fn a_line_of_the_nvidia_tool_is_a_gpu() {
        let expected = Gpu {
            name: "NVIDIA RTX 4000, Ada".into(),
            memory: Memory {
                bytes: 20_475 << 20,
                available_bytes: 19_000 << 20,
            },
            driver: "550.54.15".into(),
            is_usable: cfg!(feature = "cuda"),
        };
        let line = "NVIDIA RTX 4000, Ada, 20475, 19000, 550.54.15";
        assert_eq!(gpu_of_line(line), Some(expected));
        for line in ["", "No devices were found", "a, [N/A], 5, 6", "1, 2, 3"] {
            assert_eq!(gpu_of_line(line), None, "{line}");
        }
    }
}
