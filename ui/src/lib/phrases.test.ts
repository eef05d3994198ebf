import { expect, test } from "vitest";

import { zh } from "./i18n/zh";
import { phrases } from "./phrases";

const parted = (text: string) => phrases(text, "zh-CN").join("|");

test("a Chinese text is parted between its words, and joined it is the text", () => {
  expect(parted("请使用模型")).toBe("请|使用|模型");
  expect(phrases(zh.start.demo, "zh-CN").join("")).toBe(zh.start.demo);
});

test("no line begins with what closes, and none ends with what opens", () => {
  expect(parted("“逗号”“句号”会变成标点。")).toMatch(/^“逗号”\|“句号”\|会/);
  expect(parted("标点。")).toBe("标点。");
  expect(parted("文件（模型）")).toBe("文件|（模型）");
});

test("what is no Chinese is left as it is", () => {
  expect(phrases("Drop recordings here", "en")).toEqual(["Drop recordings here"]);
  expect(parted("请使用 Qwen3-\u2060ASR 模型")).toBe("请|使用 Qwen3-\u2060ASR 模型");
});
