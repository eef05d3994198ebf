/** Steps that many tests of the page take. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { TestBrowser, type Scene } from "./page";

/** A browser for the tests of one file. */
export function browser() {
  let testBrowser: TestBrowser;
  beforeAll(async () => {
    testBrowser = await TestBrowser.open();
  });
  afterAll(() => testBrowser.close());
  return {
    open: (scene?: Scene) => testBrowser.page(scene),
    /** Runs on a fresh page and expects nothing to go wrong on it. */
    work(name: string, scene: Scene, run: (page: Page) => Promise<void>) {
      test(name, async () => {
        const { page, troubles } = await testBrowser.page(scene);
        await run(page);
        await page.context().close();
        expect(troubles).toEqual([]);
      });
    },
  };
}

export const text = (page: Page, at: number) => page.locator(`#line-${at} .text`).innerText();
export const stored = (page: Page, id: number) =>
  page.evaluate((i) => window.mock?.texts(i) ?? [], id);
export const focused = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.tagName,
  );

/** Opens the newest finished transcript of the mock's history. */
export async function openNewest(page: Page) {
  await page.keyboard.press("Control+2");
  await page.locator("li button.title", { hasText: "Survey meeting" }).click();
  await page.waitForSelector("#line-0");
}

/** Saved is what the head says. */
export const saved = (page: Page) =>
  page.locator("header [role=status]", { hasText: /^\s*Saved\s*$/ }).waitFor();
