import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");

test("every method asks for the command that its description names", () => {
  const contract = read("./types.ts");
  const methods = contract.slice(contract.indexOf("export interface Backend"));
  const named = [...methods.matchAll(/`(\w+)`(?: \(raw bytes\))?\s*\*\/\s*(\w+)\(/g)];
  const asked = [
    ...read("./tauri.ts").matchAll(/^ {2}(\w+): [^\n]*?(?:\n.*?)*?ask(?:<\w+>)?\("(\w+)"/gm),
  ];
  const pairs = (list: RegExpMatchArray[], method: number, command: number) =>
    Object.fromEntries(list.map((match) => [match[method], match[command]]));
  expect(named.length).toBeGreaterThan(30);
  expect(pairs(asked, 1, 2)).toEqual(pairs(named, 2, 1));
});
