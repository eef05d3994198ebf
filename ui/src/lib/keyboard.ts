/** Tells which keys were pressed, and writes key combinations for reading. */

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** Whether the key for commands is held: Command on a Mac, Control elsewhere. */
export function isCommand(event: KeyboardEvent): boolean {
  return (isMac ? event.metaKey : event.ctrlKey) && !event.altKey;
}

/** `mod+shift+Z` as people of this system write it. */
export function combination(keys: string, mac = isMac): string {
  const names: Record<string, string> = mac
    ? { mod: "⌘", shift: "⇧", alt: "⌥" }
    : { mod: "Ctrl", shift: "Shift", alt: "Alt" };
  return keys
    .split(/\+(?=.)/)
    .map((key) => names[key] ?? key)
    .join(mac ? "" : "+");
}

/** Whether the person is typing into something. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches("input:not([type=checkbox], [type=radio]), textarea, select")
  );
}
