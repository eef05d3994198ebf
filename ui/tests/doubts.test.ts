/** Doubtful words are found, checked and confirmed. */

import { expect } from "vitest";

import { browser, openNewest, saved } from "./steps";

const { work } = browser();

work("doubtful words are visited, by key and by button", {}, async (page) => {
  await openNewest(page);
  const marked = () => page.locator(".at.doubtful").innerText();
  await page.keyboard.press("n");
  const first = await marked();
  await page.keyboard.press("n");
  expect(await marked()).not.toBe(first);
  await page.keyboard.press("Shift+N");
  expect(await marked()).toBe(first);
  await page.locator("button.doubts").click();
  expect(await marked()).not.toBe(first);
});

work(
  "the doubtful word that was gone to stays marked while it plays on",
  { live: true },
  async (page) => {
    await openNewest(page);
    await page.locator("button.doubts").click();
    const mark = () =>
      page.locator(".at.doubtful").evaluate((word) => getComputedStyle(word).outlineStyle);
    expect(await mark()).toBe("solid");
    await page.locator("button[aria-label=Play]").click();
    await page.locator(".spoken:not(.at)").waitFor();
    expect(await mark()).toBe("solid");
  },
);

work("a doubtful word is right when a person says so, and it stays so", {}, async (page) => {
  await openNewest(page);
  const n = async () => Number(/\d+/.exec(await page.locator("button.doubts").innerText())?.[0]);
  const before = await n();
  await page.keyboard.press("n");
  const word = await page.locator(".at.doubtful").innerText();
  await page.keyboard.press("c");
  expect(await n()).toBe(before - 1);
  expect(await page.locator(".at").innerText()).toBe(word);
  expect(await page.locator(".at.doubtful").count()).toBe(0);
  await page.keyboard.press("Control+z");
  expect(await n()).toBe(before);

  // By the button, and every word of a line by its menu.
  await page.keyboard.press("n");
  await page.locator("header button[aria-label='Mark word as correct']").click();
  expect(await n()).toBe(before - 1);
  expect(await page.locator("header button[aria-label='Mark word as correct']").isDisabled()).toBe(
    true,
  );
  await page.keyboard.press("n");
  await page.keyboard.press(".");
  await page.locator("[role=menuitem]", { hasText: "Mark line as correct" }).click();
  expect(await page.locator("li.active .doubtful").count()).toBe(0);
  const left = await n();
  expect(left).toBeLessThan(before - 1);
  await saved(page);
  await page.keyboard.press("Escape");
  await openNewest(page);
  expect(await n()).toBe(left);
});
