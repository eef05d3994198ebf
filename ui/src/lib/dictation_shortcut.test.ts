import { expect, test } from "vitest";

import { pressedKeys } from "./dictation_shortcut";

const press = (code: string, key: string, held: Partial<KeyboardEvent> = {}) =>
  pressedKeys({
    code,
    key,
    ctrlKey: false,
    altKey: false,
    shiftKey: false,
    metaKey: false,
    ...held,
  } as KeyboardEvent);

test("keys are named by their place, whatever they write", () => {
  expect(press("Space", " ", { ctrlKey: true, altKey: true })).toBe("Ctrl+Alt+Space");
  expect(press("KeyD", "в", { ctrlKey: true })).toBe("Ctrl+D");
  expect(press("Digit1", "!", { shiftKey: true, metaKey: true })).toBe("Shift+Super+1");
  expect(press("F9", "F9")).toBe("F9");
  expect(press("ArrowUp", "ArrowUp", { altKey: true })).toBe("Alt+ArrowUp");
});

test("a modifier alone is none yet", () => {
  expect(press("ControlLeft", "Control", { ctrlKey: true })).toBeNull();
  expect(press("AltRight", "AltGraph", { altKey: true })).toBeNull();
  expect(press("", "Unidentified")).toBeNull();
});
