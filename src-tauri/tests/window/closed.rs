//! The page reaches nothing but its commands: everything else is tried here, from inside.

use std::net::TcpListener;

use serde_json::json;

use crate::window::Window;
use crate::{desk, scratch};

/// Ways out, by name: each a promise that is kept when it led somewhere.
const WAYS: &str = "{
    undeclared: () => invoke('no_such_command'),
    ofAnotherWindow: () => invoke(OTHER),
    readsFiles: () => invoke('plugin:fs|read_text_file', { path: '/etc/passwd' }),
    opensDialogs: () => invoke('plugin:dialog|open', { options: {} }),
    opensPrograms: () => invoke('plugin:shell|open', { path: 'file:///etc/passwd' }),
    pretendsEvents: () => invoke('plugin:event|emit', { event: 'tauri://drag-drop' }),
    hidesTheWindow: () => invoke('plugin:window|hide', { label: 'main' }),
    opensWindows: () => invoke('plugin:webview|create_webview_window', { options: { label: 'x' } }),
    file: () => fetch('file:///etc/passwd'),
    fileAsAsset: () => fetch('asset://localhost/%2Fetc%2Fpasswd'),
    request: () => fetch(foreign),
    unseenRequest: () => fetch(foreign, { mode: 'no-cors', method: 'POST', body: 'words' }),
    oldRequest: () => answer(new XMLHttpRequest(), (it) => { it.open('GET', foreign); it.send(); }),
    socket: () => answer(new WebSocket(foreign.replace('http', 'ws'))),
    events: () => answer(new EventSource(foreign)),
    image: () => answer(new Image(), (it) => (it.src = foreign)),
    sound: () => answer(new Audio(), (it) => (it.src = foreign)),
    script: () => loads('script', { src: foreign }),
    style: () => loads('link', { rel: 'stylesheet', href: foreign }),
    worker: () => answer(new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])))),
    eval: async () => (0, eval)('1'),
    function: async () => new Function('return 1')(),
}";

/// Ways out that say nothing back; what runs leaves `window.ran`.
const SILENT_WAYS: &str = "
    location.href = foreign;
    location.href = 'file:///etc/passwd';
    window.open(foreign);
    navigator.sendBeacon(foreign, 'words');
    add('form', { action: foreign }).submit();
    add('iframe', { src: foreign });
    add('iframe', { src: 'file:///etc/passwd' });
    add('iframe', { src: 'javascript:parent.ran = true' });
    add('iframe', { srcdoc: '<script>parent.ran = true</script>' });
    add('script', { textContent: 'window.ran = true' });
    const button = add('button', {});
    button.setAttribute('onclick', 'window.ran = true');
    button.click();
    setTimeout('window.ran = true');";

/// Tries every way, and notes what became of it.
const TRY: &str = "
    const foreign = 'http://127.0.0.1:PORT/';
    const invoke = (...given) => window.__TAURI_INTERNALS__.invoke(...given);
    const add = (name, fields) => {
        const element = Object.assign(document.createElement(name), fields);
        document.body.append(element);
        return element;
    };
    const answer = (it, go) => new Promise((kept, broken) => {
        it.onload = it.onloadeddata = it.onopen = it.onmessage = kept;
        it.onerror = broken;
        go?.(it);
    });
    const loads = (name, fields) => answer(document.createElement(name), (it) => {
        document.body.append(Object.assign(it, fields));
    });
    window.reached = [];
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
        window.violations.push(event.effectiveDirective);
    });
    // In a task of its own: what the driver runs may do what the page may not.
    setTimeout(async () => {
        SILENT_WAYS
        for (const [name, go] of Object.entries(WAYS)) {
            await Promise.resolve().then(go).then(() => window.reached.push(name), () => undefined);
        }
        await invoke(OWN);
        window.isTried = true;
    });
    return true;";

/// What the policy has to say, once it has said all of it.
const VIOLATIONS: &str = "
    const all = [
        'connect-src', 'form-action', 'frame-src', 'img-src', 'media-src', 'script-src',
        'script-src-attr', 'script-src-elem', 'style-src-elem', 'worker-src',
    ];
    return window.isTried && all.every((it) => window.violations.includes(it));";

#[test]
fn the_page_reaches_nothing_but_its_commands() {
    let _desk = desk();
    let window = Window::open(&scratch("closed").join("data"));
    check(&window, "'folders'", "'drag_overlay'");
}

/// Tries to get out of the page that the driver looks into, which has one command and not another.
pub(crate) fn check(window: &Window, own: &str, other: &str) {
    let foreign = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has free ports");
    foreign.set_nonblocking(true).expect("a socket can be told");
    let port = foreign.local_addr().expect("it is bound").port();
    let address = window.look("return location.href");
    let script = TRY.replace("SILENT_WAYS", SILENT_WAYS);
    let script = script.replace("WAYS", WAYS);
    let script = script.replace("OWN", own).replace("OTHER", other);
    window.look(&script.replace("PORT", &port.to_string()));
    let said =
        "return window.isTried && (window.violations.length && [...new Set(window.violations)])";
    let said = window.until("every way to be tried", 120, said);
    assert_eq!(window.look("return window.reached"), json!([]));
    assert_eq!(window.look("return window.ran === undefined"), true);
    assert_eq!(window.look("return location.href"), address);
    assert!(foreign.accept().is_err(), "a request was sent");
    assert_eq!(window.look(VIOLATIONS), true, "{said}");
}
