import fc from "fast-check";
import { expect, test } from "vitest";

import { split } from "./split_words";

function check(text: string, expected: string[]) {
  expect(split(text).map(({ from, to }) => text.slice(from, to))).toEqual(expected);
}

// The cases are those of crates/transcript/src/words.rs: both sides must agree.
test("spaces end words and punctuation clings", () => {
  check("Hello, world!", ["Hello,", "world!"]);
  check("  (see   page 3) ", ["(see", "page", "3)"]);
  check("It cost $5 at 3:30 p.m.", ["It", "cost", "$5", "at", "3:30", "p.m."]);
  check("Oui ! Non – si", ["Oui !", "Non –", "si"]);
  check("- yes", ["- yes"]);
  check("C++ foo(bar)", ["C++", "foo(bar)"]);
  check("", []);
  check(" \n", []);
  check("...", ["..."]);
  check("... !", ["... !"]);
});

test("Chinese and Japanese characters are words", () => {
  check("你好,世界。", ["你", "好,", "世", "界。"]);
  check("他说：「好」了", ["他", "说：", "「好」", "了"]);
  check("用Rust写的App", ["用", "Rust", "写", "的", "App"]);
  check("共￥5元", ["共", "￥5", "元"]);
  check("カタカナです。", ["カ", "タ", "カ", "ナ", "で", "す。"]);
  check("안녕 하세요.", ["안녕", "하세요."]);
});

test("characters outside the basic plane are whole", () => {
  check("𠮷野家", ["𠮷", "野", "家"]);
  check("a 😀 b", ["a 😀", "b"]);
});

test("every visible character is in exactly one word", () => {
  const letters = fc.constantFrom(..." ab9,.!($你好。「」가é\u0301😀\n");
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 40 }), (list) => {
      const text = list.join("");
      let at = 0;
      for (const { from, to } of split(text)) {
        expect(from).toBeGreaterThanOrEqual(at);
        expect(to).toBeGreaterThan(from);
        expect(text.slice(at, from).trim()).toBe("");
        at = to;
      }
      expect(text.slice(at).trim()).toBe("");
    }),
  );
});
