//! One line that is recognised once more, alone: new times, or new words as well.

use serde_json::json;

use crate::window::Window;

/// What the page says next.
const OUTCOME: &str = "
    const said = document.querySelector('.notice p')?.textContent;
    return said && said !== 'The line’s word timing was updated' && said;";

/// Hears the first line again in both ways, and takes both back: `Good evening, everyone.`, which
/// was corrected by hand, stands there before and after.
pub(crate) fn a_line_is_recognised_again(window: &Window) {
    let begins = |words: &str| {
        let text = "document.querySelector('#line-0 .text').textContent";
        let script = format!("return {text}.startsWith({})", json!(words));
        window.until(&format!("{words:?} in the first line"), 60, &script);
    };
    begins("Good evening,");
    window.press("Actions for line 1");
    window.press("Redo word timing");
    window.until_says("The line’s word timing was updated");
    begins("Good evening,");
    window.keys(&["Control+z"]);

    window.press("Actions for line 1");
    window.press("Recognise again…");
    window.press("Recognise");
    let outcome = window.until("the outcome", 60, OUTCOME);
    assert_eq!(outcome, "The line was recognised again");
    begins("Good morning,");
    window.keys(&["Control+z"]);
    begins("Good evening,");
}
