import { expect, test } from "vitest";

import catalog from "../../../../models/catalog.toml?raw";
import { zh } from "./zh";

/** The texts under a key in the entries of `models/catalog.toml`. */
function texts(key: string): string[] {
  const entries = catalog.split("[[checkpoint]]").slice(1);
  return entries.flatMap((entry) => new RegExp(`^${key} = "(.*)"$`, "m").exec(entry)?.[1] ?? []);
}

test("what the catalog says beyond names has Chinese words", () => {
  const sentences = texts("title").filter((title) => title.includes("("));
  expect(sentences.length).toBeGreaterThan(0);
  for (const title of sentences) expect(zh.modelTitle(title)).toMatch(/^\p{Script=Han}/u);
  expect(zh.modelTitle("Qwen3-ASR 0.6B")).toBe("Qwen3-ASR 0.6B");
});
