/** Names a key combination as the shell expects it: `Ctrl+Alt+Space`. */

const MODIFIERS = new Set(["Control", "Alt", "Shift", "Meta", "AltGraph", "OS"]);

/** The keys that are down, once one of them is more than a modifier. */
export function pressedKeys(event: KeyboardEvent): string | null {
  if (MODIFIERS.has(event.key) || event.code === "") return null;
  const held = [
    event.ctrlKey && "Ctrl",
    event.altKey && "Alt",
    event.shiftKey && "Shift",
    event.metaKey && "Super",
  ];
  const key = event.code.replace(/^(Key|Digit)(?=.$)/, "");
  return [...held.filter((name) => name !== false), key].join("+");
}
