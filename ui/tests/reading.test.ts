/** An open transcript that is read. */

import { expect } from "vitest";

import { browser, openNewest, stored } from "./steps";

const { work } = browser();

work("lines that begin in the same second show what parts them", {}, async (page) => {
  await openNewest(page);
  const time = (at: number) => page.locator(`#line-${at} .time`).innerText();
  expect([await time(0), await time(1)]).toEqual(["0:00", "0:04"]);
  await page.locator("#line-0 [data-word='1']").dblclick();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  expect([await time(0), await time(1), await time(2)]).toEqual(["0:00.4", "0:00.7", "0:04"]);
  await page.keyboard.press("Control+z");
  expect([await time(0), await time(1)]).toEqual(["0:00", "0:04"]);
});

work("everything that is selected is the text, all of it and nothing else", {}, async (page) => {
  await openNewest(page);
  const selection = () => page.evaluate(() => getSelection()?.toString() ?? "");
  await page.keyboard.press("Control+a");
  expect(await selection()).not.toContain("Transcribe");
  await page.locator(".scroller.isAllSelected").waitFor();
  await page.keyboard.press("Control+c");
  await page.locator("[role=status]", { hasText: "Copied" }).waitFor();
  const lines = await stored(page, 8);
  const copied = await page.evaluate(() => window.mock?.clipboard ?? "");
  for (const line of [lines[0], lines.at(-1)]) expect(copied).toContain(line);
  await page.keyboard.press("Escape");
  await page.locator(".scroller:not(.isAllSelected)").waitFor();

  // While somebody types, it is the text of the line.
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+a");
  const field = page.locator("textarea");
  expect(await field.evaluate((f: HTMLTextAreaElement) => f.selectionEnd)).toBe(
    lines[0]?.length ?? 0,
  );
  await page.keyboard.press("Escape");

  // Nor do other screens give their buttons away.
  await page.keyboard.press("Control+2");
  await page.locator("h1", { hasText: "History" }).focus();
  await page.keyboard.press("Control+a");
  expect(await selection()).not.toContain("Transcribe");
  expect(await selection()).toContain("harbour");
});

work("there are lines to read at twice the size", { width: 512, height: 320 }, async (page) => {
  await openNewest(page);
  for (const keys of [null, "Control+f"]) {
    if (keys !== null) await page.keyboard.press(keys);
    const height = await page.locator(".scroller").evaluate((list) => list.clientHeight);
    expect(height).toBeGreaterThan(100);
  }
});

work("a transcript that is still being opened shows that, and can be left", {}, async (page) => {
  await page.keyboard.press("Control+2");
  await page.evaluate(() => {
    const { mock } = window;
    if (mock) mock.openEntry = () => new Promise(() => undefined);
  });
  await page.locator("li button.title", { hasText: "Survey meeting" }).click();
  await page.locator("[aria-busy=true]", { hasText: "Opening" }).waitFor();
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Survey meeting");
  expect(await page.locator("button[aria-label=Back]").isVisible()).toBe(true);
  await page.keyboard.press("Escape");
  await page.locator("h1", { hasText: "History" }).waitFor();
});
