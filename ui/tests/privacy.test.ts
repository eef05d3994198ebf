/** The way to the system's settings, where a person allows the microphone. */

import { afterAll, beforeAll, expect, test } from "vitest";

import { TestBrowser } from "./page";

let testBrowser: TestBrowser;
beforeAll(async () => {
  testBrowser = await TestBrowser.open();
});
afterAll(() => testBrowser.close());

test("a refused microphone leads to the system's settings, and so do ours", async () => {
  const { page, troubles } = await testBrowser.page();
  const opened = () => page.evaluate(() => [...(window.mock?.pages ?? [])]);
  await page.evaluate(() => {
    const message = "the system does not let this program use the microphone";
    window.mock?.emit({ kind: "trouble", failure: { code: "microphone-denied", message } });
  });
  await page.getByRole("button", { name: "Open system settings" }).click();
  expect(await opened()).toEqual(["microphone"]);
  expect(await page.locator(".notice").count()).toBe(0);
  await page.keyboard.press("Control+,");
  await page.getByRole("button", { name: "Accessibility…" }).click();
  expect(await opened()).toEqual(["microphone", "accessibility"]);
  await page.context().close();
  expect(troubles).toEqual([]);
});
