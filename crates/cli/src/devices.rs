//! `earmark devices`: lists the audio input devices.

use earmark_jobs::{Device, Failure, Kind};

use crate::{EXIT_CODES, Exit, output};

/// List microphones and other audio inputs
///
/// Prints a line for each device: `*` for the default microphone and the default system audio, then
/// name, kind and id. `earmark listen --device` takes a name or an id.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {}

/// Runs the command.
///
/// Errors: nothing more can be written.
pub(crate) fn run(_: &Args) -> anyhow::Result<Exit> {
    let devices = match earmark_jobs::input_devices() {
        Ok(devices) => devices,
        Err(error) => {
            output::message(&format!("error: {}", Failure::from(error)));
            return Ok(Exit::Failed);
        }
    };
    if devices.is_empty() {
        output::message("no microphone is connected, and system audio cannot be recorded");
        return Ok(Exit::Failed);
    }
    output::print(&output::harmless(&table(&devices)))?;
    Ok(Exit::Done)
}

fn table(devices: &[Device]) -> String {
    let width = |text: &str| text.chars().count();
    let widest = devices.iter().map(|device| width(&device.name)).max();
    let line = |device: &Device| {
        let mark = if device.is_default { '*' } else { ' ' };
        let kind = match device.kind {
            Kind::Microphone => "microphone  ",
            Kind::System => "system audio",
        };
        let gap = " ".repeat(widest.unwrap_or(0) - width(&device.name));
        format!("{mark} {}{gap}  {kind}  {}\n", device.name, device.id)
    };
    devices.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use earmark_jobs::{Device, Kind};

    use super::table;

    #[test]
    fn columns_line_up() {
        let device = |name: &str, kind, is_default| Device {
            id: format!("host:{}", name.len()),
            name: name.into(),
            kind,
            is_default,
        };
        let table = table(&[
            device("Desk microphone", Kind::Microphone, true),
            device("Kopfhörer", Kind::System, false),
        ]);
        assert_eq!(
            table,
            "* Desk microphone  microphone    host:15\n  Kopfhörer        system audio  host:10\n"
        );
    }
}
