/** Every screen, and the way to it. */

import type { Page } from "playwright-core";

import type { DictationState } from "../src/lib/backend/types";
import { advance, drop, type Scene } from "./page";

export interface Screen {
  name: string;
  scene?: Scene;
  go: (page: Page) => Promise<void>;
  /** There is nothing to press on it. */
  isMute?: boolean;
  /** Another place of a screen that is in the list: nothing is on it that is not there, too. */
  isPlace?: boolean;
}

/** Names that are longer than any row. */
const LONG_NAMES = [
  "2026-11-20 10h00 Committee on the harbour survey, third session, microphone by the window, unedited (copy 2).m4a",
  "二〇二六年十一月二十日老城区停车与夜间噪音问题居民访谈第四场完整录音未剪辑版本靠窗话筒备份文件请勿删除.wav",
  "an_unbroken_name_as_recorders_make_them_20261120T100000Z_channel_01_take_0003_48000Hz_24bit_mono.flac",
];

const open = async (page: Page) => {
  await page.keyboard.press("Control+2");
  await page.locator("li button.title").first().click();
  await page.waitForSelector("#line-0");
};

const settings = async (page: Page) => {
  await page.keyboard.press("Control+,");
  await page.waitForSelector("dl");
};

/** Shows a section of the settings at the top of the window. */
const section = (nth: number) => async (page: Page) => {
  await settings(page);
  await page
    .locator("section")
    .nth(nth)
    .evaluate((one) => {
      one.scrollIntoView();
    });
};

const record = async (page: Page, ms: number) => {
  await page.keyboard.press("Control+r");
  await page.waitForSelector("[role=log]");
  await advance(page, ms);
};

/** The window with captions as it is opened. */
export const CAPTIONS: Scene = { overlay: "captions", width: 760, height: 190 };

/** Tells the window with captions what is being said, as the shell does. */
export async function caption(
  page: Page,
  start_ms: number,
  committed: string,
  tentative: string,
): Promise<void> {
  await page.evaluate(
    (said) => window.overlay?.emit({ kind: "words", id: 1, late_ms: 0, ...said }),
    {
      start_ms,
      committed,
      tentative,
    },
  );
}

/** The window that says how far a dictation is. */
export const DICTATION: Scene = { overlay: "dictation", width: 400, height: 72 };

/** Tells that window, as the shell does. */
export async function dictate(page: Page, state: DictationState): Promise<void> {
  await page.evaluate((state) => window.overlay?.emit({ kind: "dictation", state }), state);
  await page.waitForSelector(`main.${state.kind}`);
}

const dictations: Record<string, DictationState> = {
  dictation: { kind: "listening", peak: 0.3 },
  "dictation-thinking": { kind: "thinking" },
  "dictation-inserted": { kind: "inserted" },
  "dictation-copied": { kind: "copied" },
  "dictation-nothing": { kind: "nothing" },
  "dictation-failed": { kind: "failed", code: "microphone" },
};

export const screens: Screen[] = [
  ...Object.entries(dictations).map(([name, state]) => ({
    name,
    scene: DICTATION,
    go: (page: Page) => dictate(page, state),
    isMute: true,
  })),
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
    name: "queue-demo",
    scene: { empty: true },
    go: async (page) => {
      await drop(page, ["a.wav", "a.mp3"]);
      await advance(page, 60_000);
      await page.waitForSelector(".notice");
    },
  },
  {
    name: "recording-elsewhere",
    go: async (page) => {
      await record(page, 12_000);
      await page.keyboard.press("Control+1");
      await page.waitForSelector("nav [role=timer]");
    },
  },
  { name: "record-beginning", go: (page) => record(page, 100) },
  { name: "record", go: (page) => record(page, 12_000) },
  {
    name: "record-late",
    go: async (page) => {
      await record(page, 12_000);
      await page.evaluate(() => {
        const words = {
          start_ms: 14_000,
          committed: "We have",
          tentative: " about",
          late_ms: 9000,
        };
        window.mock?.emit({ kind: "words", id: 101, ...words });
      });
      await page.getByText(/behind|滞后/).waitFor();
    },
  },
  {
    name: "record-finishing",
    go: async (page) => {
      await record(page, 40_000);
      await page.locator("header button.main").click();
      await page.waitForSelector("header button.main:disabled");
    },
  },
  {
    name: "captions",
    scene: CAPTIONS,
    go: async (page) => {
      await caption(page, 4000, "We have about forty minutes, and I would like to leave", " ten");
      await caption(page, 9000, "The boat was out on three days.", " On the");
    },
  },
  {
    name: "captions-zh",
    scene: CAPTIONS,
    go: (page) => caption(page, 0, "一共有十二位受访者，其中三位愿意接受第二次采访。", ""),
  },
  { name: "captions-empty", scene: CAPTIONS, go: async () => undefined },
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
    name: "transcript-opening",
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.evaluate(() => {
        const { mock } = window;
        if (mock) mock.openEntry = () => new Promise(() => undefined);
      });
      await page.locator("li button.title").first().click();
      await page.waitForSelector("[aria-busy]");
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
      await page.keyboard.press("Control+End");
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
    name: "transcript-find-none",
    go: async (page) => {
      await open(page);
      await page.keyboard.press("Control+h");
      await page.keyboard.type("zeppelin");
    },
  },
  {
    name: "transcript-replaced",
    go: async (page) => {
      await open(page);
      await page.keyboard.press("Control+h");
      await page.keyboard.type("anchor");
      await page.locator("search input[type=text]").nth(1).fill("buoy");
      await page.locator("search button:not(.icon)").nth(1).click();
      await page.waitForSelector(".notice");
    },
  },
  {
    name: "replace-with-nothing",
    go: async (page) => {
      await open(page);
      await page.keyboard.press("Control+h");
      await page.keyboard.type("anchor");
      await page.locator("search button:not(.icon)").nth(1).click();
      await page.waitForSelector("dialog");
    },
  },
  {
    name: "transcript-demo",
    scene: { empty: true },
    go: async (page) => {
      await drop(page, ["a.wav"]);
      await advance(page, 60_000);
      await page.locator("li button.title").click();
      await page.waitForSelector("#line-0");
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
    name: "menu-of-transcript",
    go: async (page) => {
      await open(page);
      await page.locator("header button[aria-haspopup=menu]").click();
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
    name: "export-details",
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.locator("li button.title", { hasText: "晨会" }).click();
      await page.waitForSelector("#line-0");
      await page.keyboard.press("Control+e");
      await page.locator("dialog input[value=ass]").check();
      await page.locator("dialog summary").click();
      await page.waitForSelector("dialog ol li");
    },
  },
  {
    name: "export-many",
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.locator("li input[type=checkbox]").nth(0).check();
      await page.locator("li input[type=checkbox]").nth(2).check();
      await page.locator("footer button.main").click();
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
    name: "models",
    go: async (page) => {
      await page.locator("nav button", { hasText: /Models|模型/ }).click();
      await page
        .locator("li", { hasText: /^Demo|^演示/ })
        .locator("button")
        .last()
        .click();
      await page.locator("li", { hasText: "1.7B" }).locator("button").first().click();
      await advance(page, 2500);
      await page.waitForSelector("li progress");
    },
  },
  { name: "settings", go: settings },
  { name: "settings-recognition", go: section(1), isPlace: true },
  { name: "settings-dictation", go: section(2), isPlace: true },
  { name: "settings-storage", go: section(4), isPlace: true },
  {
    name: "settings-none-found",
    go: async (page) => {
      await settings(page);
      await page.locator("input[type=search]").fill("zeppelin");
    },
  },
  {
    name: "settings-network",
    go: async (page) => {
      await page.keyboard.press("Control+,");
      await page.waitForSelector("dl");
      await page.locator("[data-setting=proxy] select").selectOption("2");
      await page.locator("[data-setting=proxy] input[type=text]").fill("http://proxy:8080");
      await page
        .locator("section")
        .nth(3)
        .evaluate((one) => {
          one.scrollIntoView();
        });
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
  {
    name: "queue-long",
    go: async (page) => {
      await drop(page, LONG_NAMES);
      await advance(page, 3000);
    },
  },
  {
    name: "trouble",
    go: async (page) => {
      await page.evaluate(() => {
        const message =
          "cannot write `/media/mara/Recordings/backup/a folder with a long name/history.db`: No space left on device; free some and try again";
        window.mock?.emit({ kind: "trouble", failure: { code: "store", message } });
      });
      await page.locator("summary").click();
    },
  },
  { name: "broken", scene: { broken: true }, go: async () => undefined },
  {
    name: "retranscribing",
    go: async (page) => {
      await open(page);
      await page.keyboard.press(".");
      await page.locator("[role=menuitem]").nth(4).click();
      await page.waitForSelector(".strip button");
    },
  },
  {
    name: "history-none-found",
    go: async (page) => {
      await page.keyboard.press("Control+2");
      await page.locator("input[type=search]").fill("zeppelin 齐柏林");
      await page.waitForSelector(".nothing");
    },
  },
  {
    name: "settings-end",
    go: async (page) => {
      await page.keyboard.press("Control+,");
      await page.waitForSelector("dl");
      await page.locator("button[aria-expanded]").click();
      await page.waitForSelector("[role=log]");
      await page.locator("section.about").evaluate((one) => {
        one.scrollIntoView();
      });
    },
  },
];

/** A size of the window, and of everything in it. Units: CSS pixels, percent. */
export interface Layout {
  name: "usual" | "small" | "zoomed" | "narrow";
  width: number;
  height: number;
  zoom: number;
}

export const layouts: readonly Layout[] = [
  { name: "usual", width: 1080, height: 720, zoom: 100 },
  { name: "small", width: 1024, height: 640, zoom: 100 },
  { name: "zoomed", width: 1024, height: 640, zoom: 200 },
  { name: "narrow", width: 420, height: 640, zoom: 100 },
];

/** The layouts that a screen is looked at in; an overlay has the size of its window. */
export function layoutsOf({ scene }: Screen): readonly Layout[] {
  if (!scene?.overlay) return layouts;
  const { width = 0, height = 0 } = scene;
  return [{ name: "usual", width, height, zoom: 100 }];
}
