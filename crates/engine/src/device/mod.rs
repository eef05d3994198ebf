//! Devices: processor, GPUs, threads and memory.

pub(crate) mod hardware;
pub mod process_memory;
pub(crate) mod selection;
pub mod self_test;
pub(crate) mod threads;
pub(crate) mod throughput;
