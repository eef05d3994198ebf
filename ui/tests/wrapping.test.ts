/** No line of the window's own Chinese texts ends within a word. */

import { expect } from "vitest";
import type { Page } from "playwright-core";

import { browser, openNewest } from "./steps";

const { work } = browser();

/** Words that stand on two lines, in the texts that are the window's own. */
const broken = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [];
    for (const block of document.querySelectorAll("p, small, dd, h1, h2, legend, label > span")) {
      if (block.closest("[lang]") !== document.documentElement) continue;
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      const nodes: { node: Text; from: number }[] = [];
      let text = "";
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        nodes.push({ node: node as Text, from: text.length });
        text += (node as Text).data;
      }
      const place = (at: number) => {
        const own = nodes.findLast(({ from }) => from <= at);
        return own ? ([own.node, at - own.from] as const) : null;
      };
      const top = (at: number) => {
        const range = document.createRange();
        const [start, end] = [place(at), place(at)];
        if (!start || !end) return 0;
        range.setStart(...start);
        range.setEnd(end[0], end[1] + 1);
        return Math.round(range.getBoundingClientRect().top);
      };
      for (const { segment, index, isWordLike } of new Intl.Segmenter("zh", {
        granularity: "word",
      }).segment(text)) {
        if (!isWordLike || !/^\p{sc=Han}{2,}$/u.test(segment)) continue;
        if (top(index) !== top(index + segment.length - 1)) found.push(`${segment}: ${text}`);
      }
    }
    return found;
  });

async function atWidths(page: Page): Promise<string[][]> {
  const found: string[][] = [];
  for (let width = 300; width < 500; width += 14) {
    await page.setViewportSize({ width, height: 720 });
    found.push(await broken(page));
  }
  return found;
}

for (const width of [420, 500, 680, 1024]) {
  work(`at ${width}`, { lang: "zh-CN", empty: true, width }, async (page) => {
    const all = [await broken(page)];
    for (const keys of ["Control+,", "?"]) {
      await page.keyboard.press(keys);
      await page
        .locator(keys === "?" ? "dialog" : "[data-setting]")
        .first()
        .waitFor();
      all.push(await broken(page));
    }
    await page.keyboard.press("Escape");
    await page.locator("nav button", { hasText: "模型" }).click();
    await page.locator("h1", { hasText: "模型" }).waitFor();
    all.push(await broken(page));
    expect(all.flat()).toEqual([]);
  });
}

work("in a question and in a message", { lang: "zh-CN", width: 420 }, async (page) => {
  await openNewest(page);
  await page.locator("header button[aria-label=更多]").click();
  await page.locator("[role=menuitem]").last().click();
  await page.locator("dialog").waitFor();
  const all = await atWidths(page);
  await page.keyboard.press("Escape");
  await page.evaluate(() => {
    window.mock?.emit({ kind: "trouble", failure: { code: "microphone", message: "x" } });
    window.mock?.emit({ kind: "trouble", failure: { code: "network", message: "x" } });
  });
  await page.locator(".notice").waitFor();
  all.push(...(await atWidths(page)));
  expect(all.flat()).toEqual([]);
});
