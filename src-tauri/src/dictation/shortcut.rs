//! The global shortcut: taken from the system, given back, or not to be had.

use tauri::AppHandle;
use tauri_plugin_global_shortcut::{Code as KeyCode, GlobalShortcutExt, Shortcut, ShortcutState};

use crate::commands;
use earmark_app::api::{Code, Failure};

/// Whether programs can have a shortcut here. A Wayland desktop gives none, and where there is no
/// X server the library would wait for keys that never come.
pub(crate) fn is_possible() -> bool {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || has("DISPLAY") && !has("WAYLAND_DISPLAY")
}

/// Takes a shortcut in place of another, which is kept when that fails.
///
/// Errors: it is none, or is another program's.
pub(crate) fn change(app: &AppHandle, from: Option<&str>, to: Option<&str>) -> Result<(), Failure> {
    let shortcuts = app.global_shortcut();
    let from = from.and_then(|keys| parse(keys).ok());
    let to = to.map(parse).transpose()?;
    if from == to && to.is_some_and(|to| shortcuts.is_registered(to)) {
        return Ok(());
    }
    if let Some(to) = to {
        let taken = shortcuts.on_shortcut(to, |handle, _, event| {
            let app = commands::app(handle);
            match event.state {
                ShortcutState::Pressed => app.dictation().pressed(),
                ShortcutState::Released => app.dictation().released(),
            }
        });
        taken.map_err(|error| refused(&format!("this shortcut cannot be had ({error})")))?;
    }
    if let Some(from) = from.filter(|&from| shortcuts.is_registered(from)) {
        let _ = shortcuts.unregister(from);
    }
    Ok(())
}

/// The keys of this name, such as `Ctrl+Alt+Space`.
///
/// Errors: there are no such keys, or people need them for writing.
fn parse(keys: &str) -> Result<Shortcut, Failure> {
    let shortcut: Shortcut = keys
        .parse()
        .map_err(|_| refused("there are no such keys"))?;
    let strong = tauri_plugin_global_shortcut::Modifiers::all()
        - tauri_plugin_global_shortcut::Modifiers::SHIFT;
    if shortcut.mods.intersects(strong) || is_function_key(shortcut.key) {
        Ok(shortcut)
    } else {
        Err(refused(
            "these keys are needed for writing; add Ctrl or Alt",
        ))
    }
}

fn is_function_key(key: KeyCode) -> bool {
    let name = key.to_string();
    let number = name.strip_prefix('F').and_then(|n| n.parse::<u8>().ok());
    number.is_some() || matches!(key, KeyCode::Pause | KeyCode::ScrollLock | KeyCode::Insert)
}

fn refused(why: &str) -> Failure {
    Failure::new(Code::Shortcut, format!("{why}; choose other keys"))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_shortcut_takes_no_letter_away() {
        let check = |keys, is_one| assert_eq!(parse(keys).is_ok(), is_one, "{keys}");
        check("Ctrl+Alt+Space", true);
        check("Ctrl+D", true);
        check("Super+Shift+1", true);
        check("F9", true);
        check("Shift+F24", true);
        check("Pause", true);
        check("D", false);
        check("Shift+Space", false);
        check("Ctrl+Nothing", false);
        check("", false);
    }
}
