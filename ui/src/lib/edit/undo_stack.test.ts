import fc from "fast-check";
import { expect, test } from "vitest";

import * as change from "./change";
import { apply, type Change } from "./change";
import { anySegment, anyText, segment } from "./test_segments";
import { UndoStack } from "./undo_stack";

const texts = (stack: UndoStack) => stack.segments.map(({ text }) => text);

test("typing is one step until there is a rest", () => {
  const stack = new UndoStack([segment("a")]);
  const type = (text: string, now: number) => {
    const done = change.type(stack.segments, 0, text, text.length);
    if (done) stack.do(done, { at: 0, offset: 0 }, now, "type 0");
  };
  type("ab", 0);
  type("abc", 500);
  type("abcd", 3000);
  expect(stack.undo()).toEqual({ at: 0, offset: 0 });
  expect(texts(stack)).toEqual(["abc"]);
  stack.undo();
  expect(texts(stack)).toEqual(["a"]);
  expect(stack.canUndo).toBe(false);
  stack.redo();
  stack.redo();
  expect(texts(stack)).toEqual(["abcd"]);
  expect(stack.redo()).toBeNull();
});

test("a new change forgets what was undone", () => {
  const stack = new UndoStack([segment("a"), segment("b", 200)]);
  const doIt = (done: Change | null) => {
    if (done) stack.do(done, null, 0);
  };
  doIt(change.remove(stack.segments, 0));
  stack.undo();
  expect(stack.canRedo).toBe(true);
  doIt(change.remove(stack.segments, 1));
  expect(stack.canRedo).toBe(false);
  expect(texts(stack)).toEqual(["a"]);
});

test("typing after undo is a new step", () => {
  const stack = new UndoStack([segment("a")]);
  const type = (text: string) => {
    const done = change.type(stack.segments, 0, text, 0);
    if (done) stack.do(done, null, 0, "type 0");
  };
  type("ab");
  stack.undo();
  stack.redo();
  type("abc");
  stack.undo();
  expect(texts(stack)).toEqual(["ab"]);
});

type Kind = "type" | "part" | "merge" | "remove" | "speaker" | "rename";
type Deed = "undo" | "redo" | "save" | { at: number; offset: number; text: string; kind: Kind };

const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    fc.constantFrom<Deed>("undo", "redo", "save"),
    fc.record({
      at: fc.nat(5),
      offset: fc.nat(30),
      text: anyText,
      kind: fc.constantFrom<Kind>("type", "part", "merge", "remove", "speaker", "rename"),
    }),
  ),
  { maxLength: 30 },
);

test("what is saved is what is there, and everything can be taken back", () => {
  fc.assert(
    fc.property(fc.array(anySegment, { maxLength: 5 }), deeds, (segments, list) => {
      const stack = new UndoStack(segments);
      let stored = [...segments];
      const save = () => (stored = apply(stored, stack.takeUnsaved()).segments);
      let now = 0;
      for (const deed of list) {
        now += 400;
        if (deed === "undo") stack.undo();
        else if (deed === "redo") stack.redo();
        else if (deed === "save") {
          save();
          expect(stored).toEqual(stack.segments);
        } else {
          const { at, offset, text } = deed;
          const all = stack.segments;
          const done = {
            type: () => change.type(all, at, text, offset),
            part: () => change.part(all, { at, offset }),
            merge: () => change.merge(all, at),
            remove: () => change.remove(all, at),
            speaker: () => change.setSpeaker(all, at, text),
            rename: () => change.renameSpeaker(all, all[at]?.speaker ?? "", "Mara"),
          }[deed.kind]();
          if (done) stack.do(done, null, now, deed.kind === "type" ? `type ${at}` : null);
        }
      }
      while (stack.canRedo) stack.redo();
      const end = stack.segments;
      while (stack.canUndo) stack.undo();
      expect(stack.segments).toEqual(segments);
      while (stack.canRedo) stack.redo();
      expect(stack.segments).toEqual(end);
      save();
      expect(stored).toEqual(stack.segments);
    }),
  );
});
