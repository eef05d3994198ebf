/** Pictures of every screen, into the folder that SHOTS names; ONLY and LAYOUTS choose some. */

import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { setTheme, TestBrowser } from "./page";
import { layoutsOf, screens } from "./screens";

const folder = process.env["SHOTS"] ?? join(tmpdir(), "earmark-shots");
const isAsked = (list: string | undefined, name: string) => !list || list.split(",").includes(name);
let testBrowser: TestBrowser;

beforeAll(async () => {
  testBrowser = await TestBrowser.open();
  await mkdir(folder, { recursive: true });
});
afterAll(() => testBrowser.close());

for (const screen of screens.filter(({ name }) => isAsked(process.env["ONLY"], name))) {
  for (const layout of layoutsOf(screen)) {
    if (!isAsked(process.env["LAYOUTS"], layout.name)) continue;
    for (const lang of ["en", "zh-CN"] as const) {
      test(`${screen.name}, ${layout.name}, ${lang}`, async () => {
        const { page, troubles } = await testBrowser.page({ ...screen.scene, ...layout, lang });
        await screen.go(page);
        for (const theme of ["light", "dark"] as const) {
          await setTheme(page, theme);
          const name = `${screen.name}.${layout.name}.${lang}.${theme}.png`;
          await page.screenshot({ path: join(folder, name) });
        }
        await page.context().close();
        expect(troubles).toEqual([]);
      });
    }
  }
}
