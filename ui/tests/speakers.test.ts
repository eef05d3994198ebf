/** Who speaks is named, for one line or for all. */

import { expect } from "vitest";

import { browser, focused, openNewest } from "./steps";

const { work } = browser();

work("a speaker is renamed everywhere", {}, async (page) => {
  await openNewest(page);
  await page.locator("#line-0 .speaker").click();
  await page.locator("dialog input[type=text]").fill("Chair");
  await page.locator("dialog input[type=radio]").nth(1).check();
  await page.locator("dialog .main").click();
  const names = await page.locator(".speaker").allInnerTexts();
  expect(names).toContain("Chair");
  expect(names).not.toContain("Mara");
});

work("names of speakers are offered in the dialog itself, and go with it", {}, async (page) => {
  await openNewest(page);
  await page.keyboard.press("s");
  const field = page.getByRole("combobox", { name: "Name" });
  await field.waitFor();
  expect(await page.locator("datalist").count()).toBe(0);
  expect(await page.locator("dialog [role=option]").allInnerTexts()).toEqual([
    "Mara",
    "Idris",
    "Lena",
  ]);
  await page.keyboard.type("i");
  expect(await page.locator("dialog [role=option]").allInnerTexts()).toEqual(["Idris"]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await page.locator("dialog [role=option]").count()).toBe(0);
  expect(await focused(page)).toBe("Transcript");

  await page.keyboard.press("s");
  await page.keyboard.type("i");
  await page.keyboard.press("ArrowDown");
  expect(await field.inputValue()).toBe("Idris");
  await page.keyboard.press("Enter");
  expect(await page.locator("#line-0 .speaker").innerText()).toBe("Idris");
  await page.keyboard.press("s");
  await page.locator("dialog [role=option]", { hasText: "Lena" }).click();
  await page.locator("dialog .main").click();
  expect(await page.locator("#line-0 .speaker").innerText()).toBe("Lena");
});
