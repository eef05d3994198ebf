//! The language of the window where the system's locale is not generated.

use std::ffi::OsStr;

use crate::window::Window;
use crate::{desk, scratch};

#[test]
fn the_window_follows_the_language_of_the_environment_without_its_locale() {
    let _desk = desk();
    let environment = [
        ("LC_ALL", ""),
        ("LANGUAGE", ""),
        // No system has generated this one.
        ("LANG", "zh_CN.UTF-8@earmark"),
    ];
    let environment = environment.map(|(name, value)| (name, OsStr::new(value)));
    let window = Window::open_with(&scratch("language").join("data"), &environment);
    window.until_says("把录音拖到这里");
    assert_eq!(window.look("return document.documentElement.lang"), "zh-CN");
}
