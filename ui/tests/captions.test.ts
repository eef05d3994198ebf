/** The window with captions. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { advance, TestBrowser, type Scene } from "./page";
import { caption, CAPTIONS } from "./screens";

let testBrowser: TestBrowser;
beforeAll(async () => {
  testBrowser = await TestBrowser.open();
});
afterAll(() => testBrowser.close());

/** Runs on a fresh page and expects nothing to go wrong on it. */
function work(name: string, scene: Scene, run: (page: Page) => Promise<void>) {
  test(name, async () => {
    const { page, troubles } = await testBrowser.page(scene);
    await run(page);
    await page.context().close();
    expect(troubles).toEqual([]);
  });
}

const shown = (page: Page) => page.locator(".lines").innerText();
const asked = (page: Page) => page.evaluate(() => window.overlay?.asked ?? []);

work("captions hold what is sure, and add to it only", CAPTIONS, async (page) => {
  expect(await shown(page)).toBe("Speech appears here as captions.");
  const said = [
    ["", " Good"],
    ["Good morning,", " everyman"],
    ["Good morning, everyone.", " Shelf we"],
    ["Good morning, everyone. Shall we start?", ""],
  ] as const;
  let before = "";
  for (const [committed, tentative] of said) {
    await caption(page, 0, committed, tentative);
    const now = committed === "" ? "Speech appears here as captions." : committed;
    expect(await shown(page)).toBe(now);
    expect(committed.startsWith(before)).toBe(true);
    before = committed;
  }
  await caption(page, 5000, "", " How");
  expect(await shown(page)).toBe(before);
  await caption(page, 5000, "How large is the gap?", "");
  expect((await shown(page)).split(/\n+/)).toEqual([before, "How large is the gap?"]);
});

work("captions show their last lines, and whole ones", CAPTIONS, async (page) => {
  const words = Array.from({ length: 80 }, (_, i) => `word${i}`);
  await caption(page, 0, words.join(" "), "");
  const seen = await page.locator(".lines").evaluate((lines) => {
    const box = lines.getBoundingClientRect();
    const text = lines.querySelector("p")?.getBoundingClientRect();
    const line_px = parseFloat(getComputedStyle(lines).lineHeight);
    return { n: box.height / line_px, below: box.bottom - (text?.bottom ?? 0), top: box.top };
  });
  expect(seen.n).toBeCloseTo(3, 1);
  expect(seen.below).toBeCloseTo(0, 0);
  expect(seen.top).toBeGreaterThan(0);
});

work("letters grow and shrink by key and button, and the size is kept", CAPTIONS, async (page) => {
  const px = () =>
    page.locator(".lines").evaluate((it) => Math.round(parseFloat(getComputedStyle(it).fontSize)));
  expect(await px()).toBe(32);
  await page.keyboard.press("+");
  expect(await px()).toBe(38);
  await page.getByRole("button", { name: "Smaller text" }).click();
  await page.keyboard.press("-");
  expect(await px()).toBe(27);
});

work(
  "captions are moved, resized and closed without a mouse, and dragged",
  CAPTIONS,
  async (page) => {
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowDown");
    await page.mouse.click(100, 150);
    await page.getByRole("button", { name: "Close captions" }).click();
    await page.keyboard.press("Escape");
    expect(await asked(page)).toEqual([
      'nudge {"x":-24,"y":0}',
      'nudge {"width":0,"height":24}',
      "drag",
      "close",
      "close",
    ]);
  },
);

work("captions are opened while something is recorded", {}, async (page) => {
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Control+r");
  const button = page.getByRole("button", { name: "Captions" });
  await advance(page, 1000);
  expect(await button.getAttribute("aria-pressed")).toBe("false");
  await page.keyboard.press("Control+k");
  expect(await button.getAttribute("aria-pressed")).toBe("true");
  await button.click();
  expect(await button.getAttribute("aria-pressed")).toBe("false");
  await button.click();
  await page.getByRole("button", { name: "Stop recording" }).click();
  await page.keyboard.press("Control+r");
  await advance(page, 1000);
  expect(await button.getAttribute("aria-pressed")).toBe("false");
});
