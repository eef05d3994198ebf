/** The start screen, the queue and what runs while another page is shown. */

import type { Page } from "playwright-core";
import { expect } from "vitest";

import { advance, drop } from "./page";
import { browser } from "./steps";

const { work } = browser();

const nav = (page: Page) => page.locator("nav");
const titles = (page: Page) => page.locator("ol .title").allInnerTexts();
const row = (page: Page, name: string | RegExp) => page.locator("ol > li", { hasText: name });

work("a running recording is seen and stopped from every page", {}, async (page) => {
  await page.keyboard.press("Control+r");
  await page.getByRole("log").waitFor();
  await advance(page, 3000);
  expect(await nav(page).getByRole("timer").count()).toBe(0);
  for (const key of ["Control+1", "Control+2", "Control+,"]) {
    await page.keyboard.press(key);
    expect(await nav(page).getByRole("timer").innerText()).toBe("0:03");
  }
  await nav(page).getByRole("group", { name: "Recording" }).locator("button").first().click();
  await page.getByRole("log").waitFor();
  await page.keyboard.press("Control+2");
  await nav(page).getByRole("button", { name: "Stop recording" }).click();
  await expect.poll(() => nav(page).getByRole("timer").count()).toBe(0);
});

work("the button of a recording's row says that it stops it", {}, async (page) => {
  await page.keyboard.press("Control+r");
  await advance(page, 3000);
  await page.keyboard.press("Control+1");
  const recording = row(page, "Recording 2026");
  const words = await recording.locator("button:not(.title)").allInnerTexts();
  expect(words.filter((text) => text.trim() !== "")).toEqual(["Stop recording"]);
  await recording.getByRole("button", { name: "Stop recording" }).click();
  await expect.poll(() => recording.innerText()).toContain("Recognising");
});

work("a recording is no trouble in the history", {}, async (page) => {
  await page.keyboard.press("Control+r");
  await advance(page, 1000);
  await page.keyboard.press("Control+2");
  const recording = page.locator("li", { hasText: "Recording 2026" });
  await recording.waitFor();
  const triangle = 'path[d^="M8 2.5 1.8"]';
  expect(await recording.locator(triangle).count()).toBe(0);
  expect(await page.locator("li", { hasText: "voicemail" }).locator(triangle).count()).toBe(1);
});

work("the last words stay in sight between two chunks", {}, async (page) => {
  await drop(page, ["Committee.m4a"]);
  await advance(page, 4000);
  const partial = row(page, "Committee").locator(".partial");
  await page.evaluate(() => {
    const segment = {
      start_ms: 0,
      end_ms: 900,
      text: "We adjourn.",
      language: "English",
      timing: "piece" as const,
      speaker: null,
      words: [],
    };
    window.mock?.emit({ kind: "text", id: 101, text: "We adj" });
    window.mock?.emit({ kind: "segment", id: 101, segment });
  });
  expect(await partial.innerText()).toBe("We adjourn.");
  await page.evaluate(() => window.mock?.emit({ kind: "text", id: 101, text: "" }));
  expect(await partial.innerText()).toBe("We adjourn.");
});

work("a batch ends with a summary, and all of it is exported", { empty: true }, async (page) => {
  await drop(page, ["One.mp3", "Two.mp3", "broken take.wav"]);
  await advance(page, 120_000);
  const notice = page.getByRole("region", { name: "Messages" });
  expect(await notice.innerText()).toContain("2 transcripts are ready; 1 recording failed.");
  await notice.getByRole("button", { name: "Export all…" }).click();
  await page.locator("dialog h2", { hasText: "Export 2 transcripts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("main").getByRole("button", { name: "Export all…" }).click();
  await page.locator("dialog footer .main").click();
  await page.locator("[role=status]", { hasText: "2 files saved" }).waitFor();
});

work("one file is no batch", { empty: true }, async (page) => {
  await drop(page, ["One.mp3"]);
  await advance(page, 60_000);
  const notice = page.getByRole("region", { name: "Messages" });
  expect(await notice.innerText()).toContain("One is done");
  expect(await page.getByRole("button", { name: "Export all…" }).count()).toBe(0);
});

work("recordings of the same name show their endings", { empty: true }, async (page) => {
  await drop(page, ["a.wav", "a.mp3", "b.wav"]);
  expect(await titles(page)).toEqual(["a.wav", "a.mp3", "b"]);
  await page.getByRole("button", { name: "Move a.mp3 down" }).waitFor();
  await page.keyboard.press("Control+2");
  await page.locator("li button.title", { hasText: "a.wav" }).waitFor();
});

work("finished rows are cleared from the top, and failed ones stay", {}, async (page) => {
  await drop(page, [...Array.from({ length: 12 }, (_, n) => `Take ${n}.mp3`), "broken take.wav"]);
  await advance(page, 300_000);
  const clear = page.getByRole("button", { name: "Clear finished" });
  await page.locator("h1").scrollIntoViewIfNeeded();
  const box = await clear.boundingBox();
  expect(box?.y).toBeLessThan(300);
  await clear.click();
  expect(await titles(page)).toEqual(["Interview with the harbour master", "broken take"]);
  expect(await clear.count()).toBe(0);
});

work("new rows come into sight", { height: 500 }, async (page) => {
  await drop(
    page,
    Array.from({ length: 12 }, (_, n) => `Take ${n}.mp3`),
  );
  await drop(page, ["Later.mp3"]);
  await expect
    .poll(async () => {
      const box = await row(page, "Later").boundingBox();
      return box !== null && box.y >= 0 && box.y + box.height <= 500;
    })
    .toBe(true);
});

work("a folder without recordings is told", {}, async (page) => {
  await page.evaluate(() => {
    window.mock?.emit({ kind: "not-added", n_added: 0, named: [], n_not_added: 0 });
  });
  await page.getByText("No recordings were found in that folder.").waitFor();
});

work("files that are no recordings are named, with the reason", {}, async (page) => {
  await page.evaluate(() => {
    const named = [
      { name: "talk.srt", reason: "subtitles" as const },
      { name: "slide.png", reason: "picture" as const },
    ];
    window.mock?.emit({ kind: "not-added", n_added: 1, named, n_not_added: 3 });
  });
  const said =
    "“talk.srt” is a subtitle file. Add the recording that it belongs to. " +
    "“slide.png” is a picture. Add an audio or video file. " +
    "1 more file was not added. 1 recording added.";
  await expect.poll(() => page.locator(".notice p").innerText()).toBe(said);
});

work("what was left unfinished is resumed row by row, or all of it at once", {}, async (page) => {
  const all = page.getByRole("button", { name: "Resume all" });
  expect(await row(page, "Interview").innerText()).toContain("Unfinished; can be resumed");
  expect(await all.count()).toBe(0);
  await page.evaluate(async () => {
    const { entry } = (await window.mock?.openEntry(3)) ?? {};
    if (!entry) return;
    const state = { kind: "unfinished" as const, done_ms: 0, total_ms: null };
    window.mock?.emit({ kind: "entry", entry: { ...entry, state } });
    window.mock?.emit({ kind: "queue", ids: [7, entry.id] });
  });
  await all.click();
  await expect.poll(() => all.count()).toBe(0);
  expect(await page.getByText("Unfinished; can be resumed").count()).toBe(0);
});

work("with the demo the way to a model comes first, and stays", { empty: true }, async (page) => {
  const main = () => page.locator("main button.main").allInnerTexts();
  expect(await main()).toEqual(["Get a model for real speech…"]);
  await drop(page, ["One.mp3"]);
  await advance(page, 60_000);
  expect(await main()).toEqual(["Get a model for real speech…"]);
  expect(await page.locator("aside").innerText()).toContain("demo model understands only");
  await page.locator("aside button.main").click();
  await page.locator("h1", { hasText: "Models" }).waitFor();
});

work("with the demo a model that is here can be used at once", {}, async (page) => {
  await page.evaluate(() =>
    window.mock
      ?.changeSettings({ model: "demo" })
      .then((settings) => window.mock?.emit({ kind: "settings", settings })),
  );
  await page.getByRole("button", { name: "Use Qwen3-ASR 0.6B" }).click();
  await page.locator("aside").waitFor({ state: "detached" });
  expect(await page.locator("main button.main").allInnerTexts()).toEqual(["Choose recordings…"]);
});

work("only the languages of the model are offered", { empty: true }, async (page) => {
  const language = page.getByRole("combobox", { name: "Language" });
  const offered = () => language.locator("option").allInnerTexts();
  await expect.poll(offered).toEqual(["Detect language", "Chinese", "English"]);
  await page.keyboard.press("Control+,");
  const spoken = page.getByLabel("Spoken language");
  expect(await spoken.locator("option").allInnerTexts()).toEqual([
    "Detect language",
    "Chinese",
    "English",
  ]);
});

work("word timing says which model it needs", {}, async (page) => {
  await page.getByText("Word timing needs a second model").waitFor();
  await page.getByRole("button", { name: "Get word timing…" }).click();
  const card = page.locator("li", { hasText: "Qwen3-ASR 0.6B" });
  expect(await card.innerText()).toContain("Word timing needs a second model, Qwen3-ForcedAligner");
  await card.getByRole("button", { name: "Download the word timing model" }).click();
  await advance(page, 500);
  await page.keyboard.press("Control+1");
  expect(await page.getByText("Word timing needs").count()).toBe(0);
});

work("the recommended model stands first and the demo last", {}, async (page) => {
  await page.locator("nav button", { hasText: "Models" }).click();
  const heads = page.locator("li h2");
  await heads.first().waitFor();
  const names = (await heads.allInnerTexts()).map((text) => text.split("\n")[0]);
  expect(names[0]).toContain("Qwen3-ASR 0.6B");
  expect(names.at(-1)).toContain("Demo");
});

work("generated titles follow the language of the window", {}, async (page) => {
  await page.keyboard.press("Control+r");
  await advance(page, 1000);
  expect(await page.locator("h1").innerText()).toBe("Recording 2026-11-20 10:00");
  await page.evaluate(() =>
    window.mock
      ?.changeSettings({ interface_language: "zh-CN" })
      .then((settings) => window.mock?.emit({ kind: "settings", settings })),
  );
  await expect.poll(() => page.locator("h1").innerText()).toBe("录音 2026-11-20 10:00");
  expect(await page.title()).toBe("录音 2026-11-20 10:00 · Earmark");
  await page.keyboard.press("Control+1");
  expect(await titles(page)).toContain("录音 2026-11-20 10:00");
});

work("Chinese settings have Chinese punctuation", { lang: "zh-CN", empty: true }, async (page) => {
  await page.keyboard.press("Control+,");
  const models = page.locator("[data-setting=model] option");
  expect((await models.allInnerTexts()).join("\n")).not.toMatch(/, |\(/);
});

work("the page is zoomed by keys, and stays so", {}, async (page) => {
  const height = async () => (await page.locator("nav button").first().boundingBox())?.height ?? 0;
  const letters = () =>
    page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize));
  const usual = await height();
  expect(await letters()).toBe(14);
  await page.keyboard.press("Control+=");
  await page.keyboard.press("Control++");
  expect(await letters()).toBe(17.5);
  expect(await height()).toBeGreaterThan(usual * 1.2);
  await page.keyboard.press("Control+-");
  expect(await letters()).toBeCloseTo(15.4);
  await page.reload();
  await page.waitForSelector("h1");
  expect(await letters()).toBeCloseTo(15.4);
  await page.keyboard.press("Control+0");
  expect(await letters()).toBe(14);
});

work("zoomed twice, every page stays within the window", {}, async (page) => {
  for (let n = 0; n < 6; n += 1) await page.keyboard.press("Control+=");
  await page.keyboard.press("Control+r");
  await advance(page, 2000);
  for (const key of ["Control+1", "Control+2", "Control+,"]) {
    await page.keyboard.press(key);
    const wide = await page.evaluate(() => ({
      page: document.documentElement.scrollWidth - innerWidth,
      main: (() => {
        const screen = document.querySelector("main > *");
        return screen ? screen.scrollWidth - screen.clientWidth : 0;
      })(),
      nav: [...document.querySelectorAll("nav button")].every((one) => {
        const box = one.getBoundingClientRect();
        return box.left >= 0 && box.right <= innerWidth;
      }),
    }));
    expect(wide).toEqual({ page: 0, main: 0, nav: true });
  }
});

work("a zoomed page begins as it was left", { width: 1024, zoom: 200 }, async (page) => {
  // Twice as large, the window is narrow: its places stand above the page.
  const { x, y } = (await page.locator("main").boundingBox()) ?? { x: -1, y: 0 };
  expect(x).toBe(0);
  expect(y).toBeGreaterThan(50);
});

work("a message is gone when what it is about is opened", { empty: true }, async (page) => {
  await drop(page, ["One.mp3"]);
  await advance(page, 60_000);
  const notice = page.getByRole("region", { name: "Messages" });
  await notice.getByText("One is done").waitFor();
  await row(page, "One").locator("button.title").click();
  await page.waitForSelector("#line-0");
  expect(await notice.innerText()).toBe("");
});

work(
  "who watches a recording to its end is not offered to open it",
  { empty: true },
  async (page) => {
    await drop(page, ["One.mp3"]);
    await advance(page, 4000);
    await row(page, "One").locator("button.title").click();
    await page.waitForSelector("#line-0");
    await advance(page, 60_000);
    const notice = page.getByRole("region", { name: "Messages" });
    await notice.getByText("One is done").waitFor();
    expect(await notice.getByRole("button", { name: "Open" }).count()).toBe(0);
  },
);

work("an utterance that came to nothing leaves no empty line", {}, async (page) => {
  await page.keyboard.press("Control+r");
  const text = page.getByRole("log");
  await advance(page, 1000);
  await page.evaluate(() => {
    const say = (start_ms: number, committed: string, tentative: string) =>
      window.mock?.emit({ kind: "words", id: 101, start_ms, committed, tentative, late_ms: 0 });
    say(20_000, "", "We h");
    say(24_000, "", "Good");
  });
  await text.getByText("Good").waitFor();
  expect(await text.locator("p").last().innerText()).toContain("0:24");
  expect(await text.innerText()).not.toContain("0:20");
});

for (const [lang, words] of [
  ["en", "The file ends early: only 0:12 of about 1:00 could be read."],
  ["zh-CN", "文件不完整：约 1:00 的录音只能读取 0:12。"],
] as const) {
  work(`a truncated file is not simply done, ${lang}`, { lang }, async (page) => {
    await drop(page, ["truncated take.mp3"]);
    await advance(page, 60_000);
    expect(await row(page, "truncated").innerText()).toContain(words);
    await row(page, "truncated").locator("button.title").click();
    await page.waitForSelector("#line-0");
    expect(await page.locator(".strip").innerText()).toContain(words);
  });
}

work("transcripts can be kept for a day only", {}, async (page) => {
  await page.keyboard.press("Control+,");
  await page.getByLabel("Keep transcripts").selectOption({ label: "1 day" });
  await expect
    .poll(async () => (await page.evaluate(() => window.mock?.changeSettings({})))?.keep_days)
    .toBe(1);
});

work("what the demo made leads to a model", { empty: true }, async (page) => {
  await page.locator("button", { hasText: "Try the sample" }).click();
  await advance(page, 60_000);
  await page.locator("li button", { hasText: "Open" }).click();
  const strip = page.locator(".strip");
  expect(await strip.innerText()).toContain("Transcribed by the demo model.");
  await strip.getByRole("button", { name: "Get a model for real speech…" }).click();
  await page.locator("h1", { hasText: "Models" }).waitFor();
});
