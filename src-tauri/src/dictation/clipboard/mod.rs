//! The clipboard, lent for the moment in which a text is pasted.

#[cfg(not(target_os = "linux"))]
mod plain;
#[cfg(target_os = "linux")]
mod selection;

#[cfg(not(target_os = "linux"))]
pub(super) use plain::lend;
#[cfg(target_os = "linux")]
pub(super) use selection::lend;
