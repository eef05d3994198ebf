/** Finding and replacing in one transcript. */

import { expect } from "vitest";

import { browser, focused, openNewest, saved, stored } from "./steps";

const { work } = browser();

work("find, replace one, replace all, undo", {}, async (page) => {
  await openNewest(page);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("anchor");
  const count = page.locator("search .count");
  expect(await count.innerText()).toBe("1 of 4");
  await page.keyboard.press("Enter");
  expect(await count.innerText()).toBe("2 of 4");
  expect(await page.locator(".current").innerText()).toBe("anchor");
  await page.locator("input[aria-label='Replace with']").fill("buoy");
  await page.locator("search button", { hasText: /^Replace$/ }).click();
  expect(await count.innerText()).toBe("2 of 3");
  await page.locator("search button", { hasText: "Replace all" }).click();
  expect(await count.innerText()).toBe("No matches");
  await page.locator("[role=status]", { hasText: "3 matches replaced" }).waitFor();
  await page.locator("button[aria-label=Undo]").click();
  expect(await count.innerText()).toBe("1 of 3");
  await page.locator("button[aria-label=Undo]").click();
  expect(await count.innerText()).toMatch(/ of 4$/);
});

work(
  "Tab leads from what is sought to what replaces it, and on to the buttons",
  {},
  async (page) => {
    await openNewest(page);
    await page.keyboard.press("Control+f");
    await page.keyboard.type("anchor");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Replace with");
    // What comes next stands further right, or below.
    const order = await page.locator("search input, search button").evaluateAll((all) =>
      all.map((e) => {
        const { x, y, height } = e.getBoundingClientRect();
        return 10_000 * Math.round((y + height / 2) / 20) + x;
      }),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
  },
);

work(
  "the message after Replace all takes it back, and goes when more is changed",
  {},
  async (page) => {
    await openNewest(page);
    await page.keyboard.press("Control+f");
    await page.keyboard.type("anchor");
    const count = page.locator("search .count");
    await page.locator("input[aria-label='Replace with']").fill("buoy");
    await page.locator("search button", { hasText: "Replace all" }).click();
    const undo = page.locator(".notice button", { hasText: "Undo" });
    await undo.click();
    expect(await count.innerText()).toMatch(/ of 4$/);
    await page.locator("search button", { hasText: "Replace all" }).click();
    await undo.waitFor();
    await page.locator("li.active .text").dblclick();
    await page.keyboard.type("x");
    await undo.waitFor({ state: "detached" });
  },
);

work("an empty replacement deletes only when that is meant", {}, async (page) => {
  await openNewest(page);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("anchor");
  const count = page.locator("search .count");
  const all = page.locator("search button", { hasText: "Replace all" });
  await all.click();
  await page.locator("dialog", { hasText: "Delete all 4 matches?" }).waitFor();
  await page.locator("dialog button", { hasText: "Keep" }).click();
  expect(await count.innerText()).toBe("1 of 4");
  await all.click();
  await page.locator("dialog .main", { hasText: "Delete" }).click();
  await page.locator("[role=status]", { hasText: "4 matches deleted" }).waitFor();
  expect(await count.innerText()).toBe("No matches");
  await page.locator(".notice button", { hasText: "Undo" }).click();
  expect(await count.innerText()).toMatch(/ of 4$/);

  await page.locator("search button", { hasText: /^Replace$/ }).click();
  await page.locator("[role=status]", { hasText: "1 match deleted" }).waitFor();
  await page.locator(".notice button", { hasText: "Undo" }).click();
  expect(await count.innerText()).toMatch(/ of 4$/);
});

work("whole words alone are found when that is asked for", {}, async (page) => {
  await openNewest(page);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("be");
  const count = page.locator("search .count");
  const n = async () => Number(/\d+$/.exec(await count.innerText())?.[0]);
  const anywhere = await n();
  await page.getByLabel("Whole words").check();
  expect(await n()).toBeGreaterThan(0);
  expect(await n()).toBeLessThan(anywhere);
  await page.locator("input[aria-label='Replace with']").fill("12");
  await page.locator("search button", { hasText: "Replace all" }).click();
  await saved(page);
  expect((await stored(page, 8))[7]).toBe("Could it 12 the dredging at Port Vell?");
});

work("the bar fits a window at twice the size", { width: 512, height: 360 }, async (page) => {
  await openNewest(page);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("anchor");
  const inSight = await page.locator("search input, search button").evaluateAll((all) =>
    all.every((e) => {
      const { left, right } = e.getBoundingClientRect();
      return left >= 0 && right <= innerWidth;
    }),
  );
  expect(inSight).toBe(true);
});
