/** Dictation, as far as pages show it. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { TestBrowser, type Scene } from "./page";
import { DICTATION, dictate } from "./screens";

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

work("the indicator says how far a dictation is, and a reader is told", DICTATION, async (page) => {
  const says = () => page.getByRole("status").innerText();
  expect(await says()).toBe("");
  await dictate(page, { kind: "listening", peak: 0 });
  expect(await says()).toBe("Listening");
  const heights = () =>
    page.locator(".bar").evaluateAll((bars) => bars.map((bar) => bar.clientHeight));
  const quiet = await heights();
  await dictate(page, { kind: "listening", peak: 0.8 });
  await page.waitForFunction(
    (most) => [...document.querySelectorAll(".bar")].every((bar) => bar.clientHeight > most),
    Math.max(...quiet),
  );
  await dictate(page, { kind: "thinking" });
  expect(await says()).toBe("Transcribing…");
  await dictate(page, { kind: "inserted" });
  expect(await says()).toBe("Done");
  await dictate(page, { kind: "failed", code: "recording" });
  expect(await says()).toBe("A recording is in progress. You can dictate once it has ended.");
});

for (const lang of ["en", "zh-CN"] as const) {
  work(`every sentence fits into the indicator, ${lang}`, { ...DICTATION, lang }, async (page) => {
    const codes = ["microphone", "microphone-denied", "recording", "engine", "internal"] as const;
    for (const code of codes) {
      await dictate(page, { kind: "failed", code });
      const { bottom, top, right } = await page
        .getByRole("status")
        .evaluate((it) => it.getBoundingClientRect().toJSON() as DOMRect);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(bottom).toBeLessThanOrEqual(72);
      expect(right).toBeLessThanOrEqual(400);
    }
  });
}

work("the shortcut is shown where recordings come in, and is changed", {}, async (page) => {
  await page.getByText("Dictate into any program:").waitFor();
  await page.keyboard.press("Control+,");
  const keys = page.getByRole("button", { name: "Shortcut: Ctrl+Alt+Space. Change" });
  await keys.click();
  await page.keyboard.press("Escape");
  await keys.click();
  await page.keyboard.press("Control+Shift+F9");
  await page.getByRole("button", { name: "Shortcut: Ctrl+Shift+F9. Change" }).click();
  // Another program has these.
  await page.keyboard.press("Control+Alt+t");
  await page.getByText("That shortcut is taken by another program").waitFor();
  await page.getByRole("button", { name: "Shortcut: Ctrl+Shift+F9. Change" }).waitFor();
  await page.getByRole("button", { name: "Turn off the shortcut" }).click();
  await page.keyboard.press("Control+1");
  expect(await page.getByText("Dictate into any program:").count()).toBe(0);
});
