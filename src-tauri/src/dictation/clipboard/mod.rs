//! The clipboard, set for the moment in which a text is pasted, and restored.

#[cfg(not(target_os = "linux"))]
mod plain;
#[cfg(target_os = "linux")]
mod selection;

#[cfg(not(target_os = "linux"))]
pub(super) use plain::set_temporarily;
#[cfg(target_os = "linux")]
pub(super) use selection::set_temporarily;
