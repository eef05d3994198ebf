/** Every screen, and the way to it. */

import type { Page } from "playwright-core";

import { advance, drop, type Scene } from "./page";

export interface Screen {
  name: string;
  scene?: Scene;
  go: (page: Page) => Promise<void>;
}

const open = async (page: Page) => {
  await page.keyboard.press("Control+2");
  await page.locator("li button.title").first().click();
  await page.waitForSelector("#line-0");
};

export const screens: Screen[] = [
  { name: "first-run", scene: { empty: true }, go: async () => undefined },
  {
    name: "drag",
    scene: { empty: true },
    go: async (page) => {
      await page.evaluate(() => window.mock?.emit({ kind: "drag", phase: "over" }));
      await page.waitForSelector(".drop");
    },
  },
  {
    name: "queue",
    go: async (page) => {
      await drop(page, ["Committee, first hour.m4a", "broken take.wav", "Memo.wma"]);
      await advance(page, 8000);
      await advance(page, 8000);
      await drop(page, ["老城区访谈 04.wav", "Interview, Tuesday.mp3", "Reading group.flac"]);
      await advance(page, 4000);
    },
  },
  {
    name: "record",
    go: async (page) => {
      await page.keyboard.press("Control+r");
      await page.waitForSelector("[role=log]");
      await advance(page, 12_000);
    },
  },
  {
    name: "transcript",
    go: async (page) => {
      await open(page);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("l");
      await page.keyboard.press("l");
    },
  },
  {
    name: "transcript-zh",
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.locator("li button.title", { hasText: "晨会" }).click();
      await page.waitForSelector("#line-0");
      await page.keyboard.press("l");
    },
  },
  {
    name: "transcript-edit",
    go: async (page) => {
      await open(page);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.keyboard.press("End");
      await page.keyboard.type(" And what then?");
    },
  },
  {
    name: "transcript-find",
    go: async (page) => {
      await open(page);
      await page.keyboard.press("Control+f");
      await page.keyboard.type("anchor");
    },
  },
  {
    name: "transcript-live",
    go: async (page) => {
      await drop(page, ["Committee, first hour.m4a"]);
      await advance(page, 3500);
      await page.locator("li button.title", { hasText: "Committee" }).click();
      await page.waitForSelector("#line-0");
    },
  },
  {
    name: "menu",
    go: async (page) => {
      await open(page);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press(".");
      await page.waitForSelector("[role=menu] button");
    },
  },
  {
    name: "speaker",
    go: async (page) => {
      await open(page);
      await page.keyboard.press("s");
      await page.waitForSelector("dialog");
    },
  },
  {
    name: "recognise-again",
    go: async (page) => {
      await open(page);
      await page.keyboard.press(".");
      await page.locator("[role=menuitem]").nth(5).click();
      await page.waitForSelector("dialog");
    },
  },
  {
    name: "view",
    go: async (page) => {
      await open(page);
      await page.locator("button[popovertarget]").click();
    },
  },
  {
    name: "export",
    go: async (page) => {
      await open(page);
      await page.keyboard.press("Control+e");
      await page.waitForSelector("dialog ol li");
    },
  },
  {
    name: "export-text",
    go: async (page) => {
      await open(page);
      await page.keyboard.press("Control+e");
      await page.locator("dialog input[value=txt]").check();
      await page.waitForSelector("dialog pre");
    },
  },
  {
    name: "history",
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.waitForSelector("li button.title");
    },
  },
  {
    name: "history-search",
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.locator("input[type=search]").fill("手机");
      await page.waitForSelector("mark");
    },
  },
  {
    name: "history-select",
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.locator("li input[type=checkbox]").nth(0).check();
      await page.locator("li input[type=checkbox]").nth(2).check();
    },
  },
  {
    name: "history-empty",
    scene: { empty: true },
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.waitForSelector(".nothing");
    },
  },
  {
    name: "settings",
    go: async (page) => {
      await page.keyboard.press("Control+,");
      await page.waitForSelector("dl");
    },
  },
  {
    name: "settings-profile",
    go: async (page) => {
      await page.keyboard.press("Control+,");
      await page.locator("[data-setting] button.bare:not(.icon)").first().click();
      await page.locator("[data-setting] textarea").fill("Kubernetes\nGrafana\n通义千问");
    },
  },
  {
    name: "keys",
    go: async (page) => {
      await page.keyboard.press("?");
      await page.waitForSelector("dialog");
    },
  },
  {
    name: "start-again",
    go: async (page) => {
      await open(page);
      await page.locator("header button[aria-haspopup=menu]").click();
      await page.locator("[role=menuitem]").last().click();
      await page.waitForSelector("dialog");
    },
  },
  {
    name: "transcript-unfinished",
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.locator("li button.title", { hasText: "harbour master" }).click();
      await page.waitForSelector(".strip");
    },
  },
  {
    name: "history-deleted",
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.locator("li input[type=checkbox]").nth(0).check();
      await page.locator("footer button").nth(1).click();
      await page.locator("header button.bare").nth(3).click();
      await page.locator("li input[type=checkbox]").nth(0).check();
      await page.locator("footer button").nth(2).click();
      await page.waitForSelector("dialog");
    },
  },
];
