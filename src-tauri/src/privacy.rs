//! The pages of the system's settings where a person allows what a program may use.

use std::env::consts::OS;
use std::path::Path;

use crate::reveal;
use earmark_app::api::{Code, Failure, Feature, Privacy};

/// What this system has such a page for.
pub(crate) fn features() -> impl Iterator<Item = Feature> {
    let pages = [
        (Privacy::Microphone, Feature::MicrophonePrivacy),
        (Privacy::Accessibility, Feature::AccessibilityPrivacy),
    ];
    let here = pages
        .into_iter()
        .filter(|(page, _)| address(OS, *page).is_some());
    here.map(|(_, feature)| feature)
}

/// Opens a page.
///
/// Errors: this system has none, or its settings do not open.
pub(crate) fn open(page: Privacy) -> Result<(), Failure> {
    let Some(address) = address(OS, page) else {
        let message = "this system has no such settings";
        return Err(Failure::new(Code::Internal, message));
    };
    reveal::open(Path::new(address))
}

/// Where a system has a page.
///
/// Source: Apple's and Microsoft's lists of the addresses of their settings.
fn address(system: &str, page: Privacy) -> Option<&'static str> {
    match (system, page) {
        ("macos", Privacy::Microphone) => {
            Some("x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone")
        }
        ("macos", Privacy::Accessibility) => {
            Some("x-apple.systempreferences:com.apple.preference.security?Privacy_Accessibility")
        }
        ("windows", Privacy::Microphone) => Some("ms-settings:privacy-microphone"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{address, features};
    use earmark_app::api::Privacy;

    #[test]
    fn systems_with_such_settings_have_their_pages() {
        let check = |system, page, expected: Option<&str>| {
            let found = address(system, page);
            assert_eq!(
                found.is_some(),
                expected.is_some(),
                "{system}, {page:?}: {found:?}"
            );
            assert!(found.unwrap_or("").ends_with(expected.unwrap_or("")));
        };
        check("macos", Privacy::Microphone, Some("?Privacy_Microphone"));
        check(
            "macos",
            Privacy::Accessibility,
            Some("?Privacy_Accessibility"),
        );
        check(
            "windows",
            Privacy::Microphone,
            Some("ms-settings:privacy-microphone"),
        );
        check("windows", Privacy::Accessibility, None);
        check("linux", Privacy::Microphone, None);
        assert_eq!(
            features().count(),
            if cfg!(target_os = "macos") {
                2
            } else {
                cfg!(windows).into()
            }
        );
    }
}
