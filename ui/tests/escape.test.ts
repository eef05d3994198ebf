/** Escape closes what was opened last, and leaves a screen only when nothing is open over it. */

import { expect } from "vitest";
import type { Page } from "playwright-core";

import { browser, openNewest } from "./steps";

const { work } = browser();

/** What can be open over a transcript: how to open it, and what is then there. */
const openings: [what: string, open: (page: Page) => Promise<unknown>][] = [
  [".menu", (page) => page.locator("header button[aria-label=More]").click()],
  [".menu", (page) => page.keyboard.press(".")],
  ["[popover]:popover-open", (page) => page.locator("button[popovertarget]").click()],
  ["search", (page) => page.keyboard.press("Control+f")],
  ["dialog", (page) => page.keyboard.press("s")],
  ["dialog", (page) => page.keyboard.press("Control+e")],
  ["dialog", (page) => page.keyboard.press("?")],
  [
    "dialog",
    async (page) => {
      await page.keyboard.press(".");
      await page.locator("[role=menuitem]", { hasText: "Recognise again" }).click();
    },
  ],
  [
    "dialog",
    async (page) => {
      await page.locator("header button[aria-label=More]").click();
      await page.locator("[role=menuitem]", { hasText: "Transcribe again" }).click();
    },
  ],
];

work("Escape closes each thing that is open and leaves the transcript there", {}, async (page) => {
  await openNewest(page);
  for (const [what, open] of openings) {
    await open(page);
    await page.locator(what).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(what).waitFor({ state: "hidden" });
    expect(await page.locator(".scroller").count(), what).toBe(1);
    await page.locator(".scroller").focus();
  }
  await page.keyboard.press("Escape");
  await page.locator(".scroller").waitFor({ state: "detached" });
});

work("of two open things the last one closes first", {}, async (page) => {
  await openNewest(page);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("anchor");
  await page.locator("button[popovertarget]").click();
  await page.locator("[popover]:popover-open").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("[popover]:popover-open").waitFor({ state: "hidden" });
  await page.locator("search").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("search").waitFor({ state: "detached" });
  expect(await page.locator(".scroller").count()).toBe(1);
});

work("after Replace all, Escape closes the find bar", {}, async (page) => {
  await openNewest(page);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("anchor");
  await page.locator("input[aria-label='Replace with']").fill("buoy");
  await page.locator("search button", { hasText: "Replace all" }).click();
  await page.locator("[role=status]", { hasText: "matches replaced" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("search").waitFor({ state: "detached" });
  expect(await page.locator(".scroller").count()).toBe(1);
});

work("Escape at a question keeps what was chosen behind it", {}, async (page) => {
  await page.keyboard.press("Control+2");
  await page.locator("button[aria-label='Delete Survey meeting']").click();
  await page.locator("button", { hasText: /^Deleted$/ }).click();
  const box = page.locator("li", { hasText: "Survey meeting" }).locator("input");
  await box.check();
  await page.locator("footer button", { hasText: "Delete permanently" }).click();
  await page.locator("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  expect(await box.isChecked()).toBe(true);
  await page.keyboard.press("Escape");
  await expect.poll(() => box.isChecked()).toBe(false);
});

work("a menu is as high as what is in it", { height: 320 }, async (page) => {
  await openNewest(page);
  const opened = page.locator("[popover]:popover-open");
  const height = () =>
    opened.evaluate((menu) => {
      const box = menu.getBoundingClientRect();
      // WebKit makes a box fill the window when its height is `fit-content`.
      const own = String(menu.computedStyleMap().get("height"));
      return { own, isInSight: box.top >= 0 && box.bottom <= innerHeight };
    });
  for (const open of ["header button[aria-label=More]", "button[popovertarget]"]) {
    await page.locator(open).click();
    await opened.waitFor();
    expect(await height()).toEqual({ own: "auto", isInSight: true });
    await page.locator(open).focus();
    await page.keyboard.press("Escape");
  }
  await page.locator(".scroller").focus();
  await page.keyboard.press(".");
  await opened.waitFor();
  expect(await height()).toEqual({ own: "auto", isInSight: true });
});
