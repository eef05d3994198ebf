//! The wheel of the mouse scrolls what is under it.

use crate::wait::until;
use crate::window::Window;
use crate::{desk, scratch};

/// How far the screen is scrolled.
const TOP: &str = "return document.querySelector('main .screen')?.scrollTop ?? 0";

#[test]
fn the_wheel_scrolls_the_page() {
    let _desk = desk();
    let window = Window::open(&scratch("wheel").join("data"));
    window.press("Settings");
    window.until(
        "the settings",
        60,
        "return document.querySelector('[data-setting]') !== null",
    );
    window.display.point_at((600, 400));
    let scrolled = |is_there: fn(f64) -> bool, button: &str| {
        until("the page to be scrolled", 60, || {
            window.display.turn_wheel(button);
            window.look(TOP).as_f64().filter(|&top| is_there(top))
        });
    };
    scrolled(|top| top > 200.0, "5");
    scrolled(|top| top == 0.0, "4");
}
