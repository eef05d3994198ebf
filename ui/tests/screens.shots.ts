/** Pictures of every screen, into the folder that SHOTS names. */

import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { TestBrowser } from "./page";
import { narrowScreens, screens, zoomedScreens } from "./screens";

const folder = process.env["SHOTS"] ?? join(tmpdir(), "earmark-shots");
const only = process.env["ONLY"]?.split(",");
const asked = [...screens, ...narrowScreens, ...zoomedScreens].filter(
  ({ name }) => !only || only.includes(name),
);
let testBrowser: TestBrowser;

beforeAll(async () => {
  testBrowser = await TestBrowser.open();
  await mkdir(folder, { recursive: true });
});
afterAll(() => testBrowser.close());

for (const lang of ["en", "zh-CN"] as const) {
  for (const theme of ["light", "dark"] as const) {
    for (const screen of asked) {
      test(`${screen.name}, ${lang}, ${theme}`, async () => {
        const { page, troubles } = await testBrowser.page({ ...screen.scene, lang, theme });
        await screen.go(page);
        await page.screenshot({ path: join(folder, `${screen.name}.${lang}.${theme}.png`) });
        await page.context().close();
        expect(troubles).toEqual([]);
      });
    }
  }
}
