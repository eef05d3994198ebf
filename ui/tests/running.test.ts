/** A transcript that is still being recognised: it is read and played, and edited in a pause. */

import { expect } from "vitest";
import type { Page } from "playwright-core";

import { advance, drop } from "./page";
import { browser, saved, stored, text } from "./steps";

const { work } = browser();

/** Opens a recording that is being recognised. */
async function openRunning(page: Page) {
  await drop(page, ["Committee.m4a"]);
  await advance(page, 3500);
  await page.locator("li button.title", { hasText: "Committee" }).click();
  await page.waitForSelector("#line-0");
}

const player = (page: Page) => page.getByRole("region", { name: "Player" });
const position = async (page: Page) =>
  Number(await page.getByRole("slider", { name: "Position" }).getAttribute("aria-valuenow"));

work("a file plays while it is recognised, and plays on when it is done", {}, async (page) => {
  await openRunning(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("p");
  await player(page).getByRole("button", { name: "Pause" }).waitFor();
  await expect.poll(() => position(page)).toBeGreaterThan(8);
  const seen = await position(page);
  await page.locator(".scroller").evaluate((lines) => lines.setAttribute("data-same", ""));

  await advance(page, 60_000);
  await page.locator(".strip").waitFor({ state: "detached" });
  await player(page).getByRole("button", { name: "Pause" }).waitFor();
  expect(await position(page)).toBeGreaterThanOrEqual(seen);
  // The reader stays at the same line of the same list.
  expect(await page.locator(".scroller[data-same]").count()).toBe(1);
  expect(await page.locator("li.active").getAttribute("id")).toBe("line-2");
});

work("the page says when the text can be edited, and what is edited stays", {}, async (page) => {
  await openRunning(page);
  const strip = page.locator(".strip");
  expect(await strip.innerText()).toContain("You can edit the text when recognition is paused");
  expect(await page.getByRole("button", { name: "Edit", exact: true }).count()).toBe(0);
  await strip.getByRole("button", { name: "Pause" }).click();
  await advance(page, 250);
  await strip.getByRole("button", { name: "Resume" }).waitFor();

  await page.locator("#line-0 [data-word='1']").dblclick();
  await page.keyboard.type("evening");
  await page.keyboard.press("Escape");
  await saved(page);
  await strip.getByRole("button", { name: "Resume" }).click();
  await advance(page, 60_000);
  await strip.waitFor({ state: "detached" });
  expect(await text(page, 0)).toMatch(/^Good evening, /);
  expect((await stored(page, 101))[0]).toMatch(/^Good evening, /);

  // It can be edited from now on, and saved.
  await page.locator("#line-1 [data-word='1']").dblclick();
  await page.keyboard.type("had");
  await page.keyboard.press("Escape");
  await saved(page);
  expect((await stored(page, 101))[1]).toMatch(/^We had about /);
});

work("what was just recorded is heard to its end, and cannot be paused", {}, async (page) => {
  await page.keyboard.press("Control+r");
  await advance(page, 40_000);
  await page.getByRole("button", { name: "Stop recording" }).click();
  await page.keyboard.press("Control+1");
  const row = page.locator("ol > li", { hasText: "Recording 2026" });
  await expect.poll(() => row.innerText()).toContain("Recognising");
  expect(await row.getByRole("button", { name: /^Pause/ }).count()).toBe(0);
  await row.getByRole("button", { name: /^Recording/ }).click();
  await page.waitForSelector("#line-0");
  expect(await page.locator(".strip").innerText()).toContain(
    "You can edit the text when recognition is done.",
  );
});

work("a recording is paused and resumed, from its page and from the queue", {}, async (page) => {
  await page.keyboard.press("Control+r");
  await page.getByRole("log").waitFor();
  await advance(page, 5000);
  const time = () => page.getByRole("timer").innerText();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByText("Paused; nothing is being recorded.").waitFor();
  await advance(page, 5000);
  expect(await time()).toBe("0:05");
  await page.keyboard.press("Control+1");
  const row = page.locator("ol > li", { hasText: "Recording 2026" });
  expect(await row.innerText()).toContain("Paused");
  await row.getByRole("button", { name: /^Resume Recording/ }).click();
  await advance(page, 3000);
  expect(await time()).toBe("0:08");
  await row.getByRole("button", { name: /^Pause Recording/ }).waitFor();
});
