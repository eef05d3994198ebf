/** Every screen, in both languages, light and dark, held against the rules of axe-core. */

import axe from "axe-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { TestBrowser } from "./page";
import { narrowScreens, type Screen, screens, zoomedScreens } from "./screens";

let testBrowser: TestBrowser;
beforeAll(async () => {
  testBrowser = await TestBrowser.open();
});
afterAll(() => testBrowser.close());

function check(screen: Screen, lang: "en" | "zh-CN", theme: "light" | "dark") {
  test(`${screen.name}, ${lang}, ${theme}`, async () => {
    const { page } = await testBrowser.page({ ...screen.scene, lang, theme });
    await screen.go(page);
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { violations, passes } = await (window as unknown as { axe: typeof axe }).axe.run();
      return {
        violations: violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html.slice(0, 200))]),
        passed: passes.map(({ id }) => id),
      };
    });
    await page.context().close();
    expect(found.violations).toEqual([]);
    // The rules were applied at all.
    const applied = screen.isMute ? ["color-contrast"] : ["color-contrast", "button-name"];
    expect(found.passed).toEqual(expect.arrayContaining(applied));
  });
}

for (const lang of ["en", "zh-CN"] as const) {
  for (const theme of ["light", "dark"] as const) {
    for (const screen of screens) check(screen, lang, theme);
  }
}
for (const screen of narrowScreens) check(screen, "en", "light");
for (const screen of zoomedScreens) {
  check(screen, "en", "light");
  check(screen, "zh-CN", "dark");
}
