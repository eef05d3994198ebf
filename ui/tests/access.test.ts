/** Every screen, in both languages: held against the rules of axe-core where they can find anything
 * new, and in every layout whatever can be pressed is in sight or can be scrolled to. */

import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { setLayout, setTheme, TestBrowser } from "./page";
import { type Layout, layoutsOf, type Screen, screens } from "./screens";

let testBrowser: TestBrowser;
beforeAll(async () => {
  testBrowser = await TestBrowser.open();
});
afterAll(() => testBrowser.close());

/** The rules that the colours of a theme can break. */
const OF_COLOUR = ["color-contrast", "link-in-text-block"];

function check(screen: Screen, lang: "en" | "zh-CN") {
  test(`${screen.name}, ${lang}`, async () => {
    const { page } = await testBrowser.page({ ...screen.scene, lang });
    await screen.go(page);
    await page.evaluate(axe.source);
    const found: Record<string, unknown> = {};
    const passed = new Set<string>();
    for (const layout of layoutsOf(screen)) {
      await setLayout(page, layout);
      for (const theme of themesIn(layout, lang)) {
        await setTheme(page, theme);
        const { violations, passes } = await run(page, theme === "light" ? null : OF_COLOUR);
        if (violations.length > 0) found[`${layout.name}, ${theme}`] = violations;
        for (const id of passes) passed.add(id);
      }
      const lost = await outOfReach(page);
      if (lost.length > 0) found[`out of reach, ${layout.name}`] = lost;
    }
    await page.context().close();
    expect(found).toEqual({});
    // The rules were applied at all.
    const applied = screen.isMute ? ["color-contrast"] : ["color-contrast", "button-name"];
    expect([...passed]).toEqual(expect.arrayContaining(applied));
  });
}

/** The themes in which a layout is held against axe-core. Neither colours nor names depend on the
 * width, and what is narrow is the same in every language. */
function themesIn({ name }: Layout, lang: string): ("light" | "dark")[] {
  if (name === "usual") return ["light", "dark"];
  return name === "narrow" && lang === "en" ? ["light"] : [];
}

/** What axe-core finds, by all of its rules or some. */
function run(page: Page, rules: string[] | null) {
  return page.evaluate(async (rules) => {
    const { axe: engine } = window as unknown as { axe: typeof axe };
    const { violations, passes } = await engine.run({
      resultTypes: ["violations"],
      ...(rules ? { runOnly: { type: "rule", values: rules } } : {}),
    });
    return {
      violations: violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html.slice(0, 200))]),
      passes: passes.map(({ id }) => id),
    };
  }, rules);
}

/** What can be pressed, but neither seen nor scrolled to, or is wider than its text has room for. */
function outOfReach(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const name = (one: Element) => one.outerHTML.replace(/<svg.*?<\/svg>/gs, "").slice(0, 120);
    const lost = new Set<string>();
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) lost.add(`the page is ${scrollWidth - innerWidth} px too wide`);
    const modal = document.querySelector("dialog:modal");
    for (const one of document.querySelectorAll("button, a, input, select, textarea, summary")) {
      if (!one.checkVisibility() || one.closest("[popover], .unseen")) continue;
      if (modal && !modal.contains(one)) continue;
      let { left, right, top, bottom } = one.getBoundingClientRect();
      if (right - left === 0) continue;
      for (let over = one.parentElement; over; over = over.parentElement) {
        const { overflowX, overflowY, position } = getComputedStyle(over);
        const box = over.getBoundingClientRect();
        if (overflowX === "auto" || overflowX === "scroll") [left, right] = [box.left, box.right];
        else if (overflowX !== "visible" && (left < box.left - 1 || right > box.right + 1))
          lost.add(`cut at a side: ${name(one)}`);
        if (overflowY === "auto" || overflowY === "scroll") [top, bottom] = [box.top, box.bottom];
        else if (overflowY !== "visible" && (top < box.top - 1 || bottom > box.bottom + 1))
          lost.add(`cut above or below: ${name(one)}`);
        if (position === "fixed") break;
      }
      if (left < -1 || right > innerWidth + 1) lost.add(`beside the window: ${name(one)}`);
      if (top < -1 || bottom > innerHeight + 1) lost.add(`above or below: ${name(one)}`);
    }
    for (const button of document.querySelectorAll("button:not(.title)")) {
      if (button.checkVisibility() && button.scrollWidth > button.clientWidth + 1)
        lost.add(`no room for its words: ${name(button)}`);
    }
    return [...lost];
  });
}

for (const screen of screens.filter(({ isPlace }) => !isPlace)) {
  for (const lang of ["en", "zh-CN"] as const) check(screen, lang);
}
