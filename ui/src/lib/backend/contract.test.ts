import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");

test.each([
  { described: "./types/index.ts", name: "Backend", done: "./tauri.ts", least: 30 },
  { described: "./pane.ts", name: "Pane", done: "./tauri-pane.ts", least: 4 },
])("every method of $name asks for the command that its description names", (it) => {
  const contract = read(it.described);
  const methods = contract.slice(contract.indexOf(`export interface ${it.name} {`));
  const named = [...methods.matchAll(/`(\w+)`(?: \(raw bytes\))?\s*\*\/\s*(\w+)\(/g)];
  const asked = [
    ...read(it.done).matchAll(/^ {2}(\w+): [^\n]*?(?:\n.*?)*?ask(?:<\w+>)?\("(\w+)"/gm),
  ];
  const pairs = (list: RegExpMatchArray[], method: number, command: number) =>
    Object.fromEntries(list.map((match) => [match[method], match[command]]));
  expect(named.length).toBeGreaterThan(it.least);
  expect(pairs(asked, 1, 2)).toEqual(pairs(named, 2, 1));
});
