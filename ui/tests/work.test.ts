/** What a person does, from the dropped file to the exported one. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { advance, Desk, drop, type Scene } from "./page";

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

/** Runs on a fresh page and expects nothing to go wrong on it. */
function work(name: string, scene: Scene, run: (page: Page) => Promise<void>) {
  test(name, async () => {
    const { page, troubles } = await desk.page(scene);
    await run(page);
    await page.context().close();
    expect(troubles).toEqual([]);
  });
}

const text = (page: Page, at: number) => page.locator(`#line-${at} .text`).innerText();
const stored = (page: Page, id: number) => page.evaluate((i) => window.mock?.texts(i) ?? [], id);
const focused = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.tagName,
  );

/** Opens the newest finished transcript of the mock's history. */
async function openNewest(page: Page) {
  await page.keyboard.press("Control+2");
  await page.locator("li button.title", { hasText: "Survey meeting" }).click();
  await page.waitForSelector("#line-0");
}

/** Saved is what the head says. */
const saved = (page: Page) =>
  page.locator("header [role=status]", { hasText: /^\s*Saved\s*$/ }).waitFor();

work("drop, queue, read, edit, undo, export", {}, async (page) => {
  await drop(page, ["Committee.m4a", "broken take.wav"]);
  const row = page.locator("li", { hasText: "Committee" });
  expect(await row.innerText()).toContain("Waiting");
  await advance(page, 250);
  expect(await row.innerText()).toContain("Reading");
  await advance(page, 2500);
  expect(await row.innerText()).toMatch(/Recognising · 0:\d\d of \d:\d\d · \d+ s left/);
  expect(Number(await row.locator("progress").getAttribute("value"))).toBeGreaterThan(0);
  await advance(page, 60_000);
  expect(await row.innerText()).toContain("Done");
  const failed = page.locator("li", { hasText: "broken take" });
  expect(await failed.innerText()).toContain("no sound in this file");
  expect(await failed.locator("button").first().innerText()).toBe("Try again");

  await row.locator("button", { hasText: "Open" }).click();
  await page.waitForSelector("#line-0");
  expect(await text(page, 0)).toBe(
    "Good morning, everyone. Shall we start with the harbour survey?",
  );

  await page.locator("#line-0 [data-word='1']").dblclick();
  const field = page.locator("#line-0 textarea");
  await field.waitFor();
  expect(await field.evaluate((f: HTMLTextAreaElement) => f.selectionStart)).toBe(5);
  await page.keyboard.press("Control+Shift+ArrowRight");
  await page.keyboard.type("evening");
  expect(await field.inputValue()).toMatch(/^Good evening, /);
  await page.keyboard.press("Control+z");
  expect(await field.inputValue()).toMatch(/^Good morning, /);
  await page.keyboard.press("Control+Shift+z");
  expect(await field.inputValue()).toMatch(/^Good evening, /);
  await page.keyboard.press("Escape");
  await saved(page);
  expect((await stored(page, 101))[0]).toMatch(/^Good evening, /);

  await page.keyboard.press("Control+e");
  await page.locator("dialog input[value=srt]").check();
  await page.locator("dialog footer .main").click();
  await page.locator("[role=status]", { hasText: "Committee.srt saved" }).waitFor();
  const srt = await page.evaluate(() =>
    window.mock?.disk.get("/home/mara/Recordings/Committee.srt"),
  );
  expect(srt).toMatch(/^1\n00:00:00,400 --> 00:00:\d\d,\d{3}\nGood evening, everyone\./);
});

work("from drop to export with the keyboard alone", { empty: true }, async (page) => {
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await press("Control+o");
  await advance(page, 60_000);
  await press("Control+1");
  for (let i = 0; i < 12 && (await focused(page)) !== "BUTTON"; i += 1) await press("Tab");
  await page.locator("li button", { hasText: "Open" }).focus();
  await press("Enter");
  await page.waitForSelector("#line-0");
  expect(await focused(page)).toBe("Transcript");

  await press("ArrowDown", "Enter");
  expect(await focused(page)).toBe("Line 2");
  await press("End");
  await page.keyboard.type(" Thanks.");
  await press("Control+End", "Enter");
  expect(await focused(page)).toBe("Line 3");
  await press("Escape");
  expect(await focused(page)).toBe("Transcript");

  await press("s");
  await page.keyboard.type("Chair");
  await press("Enter");
  expect(await page.locator("#line-2 .speaker").innerText()).toBe("Chair");
  await press("Control+z");
  expect(await page.locator("#line-2 .speaker").innerText()).toBe("Idris");

  await press(".");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Edit");
  await press("Escape");
  expect(await focused(page)).toBe("Transcript");

  await press("Control+e");
  await page.waitForSelector("dialog .look li");
  for (let i = 0; i < 30; i += 1) {
    if (await page.evaluate(() => document.activeElement?.classList.contains("main"))) break;
    await press("Tab");
  }
  await press("Enter");
  await page.locator("[role=status]", { hasText: "Interview 12.srt saved" }).waitFor();
  const srt = await page.evaluate(() => [...(window.mock?.disk.values() ?? [])][0]);
  expect(srt).toContain("Thanks.");
});

work("lines are parted, merged and deleted, and all of it is taken back", {}, async (page) => {
  await openNewest(page);
  const first = await text(page, 0);
  const second = await text(page, 1);
  await page.locator("#line-0 [data-word='3']").dblclick();
  await page.keyboard.press("Enter");
  expect([await text(page, 0), await text(page, 1)]).toEqual([
    "Good morning, everyone.",
    "Shall we start with the harbour survey?",
  ]);
  expect(await focused(page)).toBe("Line 2");
  await page.keyboard.press("Backspace");
  expect(await text(page, 0)).toBe(first);
  expect(await focused(page)).toBe("Line 1");
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Delete");
  expect(await text(page, 0)).toBe(`${first} ${second}`);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Delete");
  expect(await text(page, 0)).not.toContain(first);
  for (let i = 0; i < 4; i += 1) await page.keyboard.press("Control+z");
  expect([await text(page, 0), await text(page, 1)]).toEqual([first, second]);
  expect(await page.locator("button[aria-label=Undo]").isDisabled()).toBe(true);
  await saved(page);
  expect((await stored(page, 8)).slice(0, 2)).toEqual([first, second]);
});

work("typing keeps the caret, marks estimated words and survives odd input", {}, async (page) => {
  await openNewest(page);
  await page.locator("#line-3 .text").dblclick();
  const field = page.locator("#line-3 textarea");
  await page.keyboard.press("Home");
  await page.keyboard.type("So: ");
  expect(await field.inputValue()).toBe("So: How large is the gap?");
  expect(await field.evaluate((f: HTMLTextAreaElement) => f.selectionStart)).toBe(4);
  expect(await page.locator("#line-3 .loose").first().textContent()).toBe("So:");
  await page.evaluate(() => {
    const target = document.activeElement as HTMLTextAreaElement;
    target.setRangeText("two\nlines ", 4, 4, "end");
    target.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste", bubbles: true }));
  });
  expect(await field.inputValue()).toBe("So: two lines How large is the gap?");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Backspace");
  expect(await field.inputValue()).toBe("");
  expect(await page.locator("#line-3").evaluate((row) => row.clientHeight)).toBeGreaterThan(20);
  await page.keyboard.type("你好");
  expect(await page.locator("#line-3 [data-word]").count()).toBe(2);
});

work("an input method's letters become text once", {}, async (page) => {
  await openNewest(page);
  await page.locator("#line-3 .text").dblclick();
  await page.keyboard.press("Home");
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", { text: "ni", selectionStart: 2, selectionEnd: 2 });
  expect(await text(page, 3)).toMatch(/^ni/);
  await session.send("Input.imeSetComposition", {
    text: "nihao",
    selectionStart: 5,
    selectionEnd: 5,
  });
  await session.send("Input.insertText", { text: "你好" });
  expect(await page.locator("#line-3 textarea").inputValue()).toMatch(/^你好How large/);
  await page.keyboard.press("Control+z");
  expect(await page.locator("#line-3 textarea").inputValue()).toMatch(/^How large/);
});

work("the text under the field is drawn where the field draws it", {}, async (page) => {
  await openNewest(page);
  await page.locator("#line-2 .text").dblclick();
  const boxes = await page.locator("#line-2 .body").evaluate((body) => {
    const [drawn, field] = [body.querySelector("p"), body.querySelector("textarea")];
    const box = (e: Element | null) => JSON.stringify(e?.getBoundingClientRect());
    return {
      drawn: box(drawn),
      field: box(field),
      scrolls: (field?.scrollHeight ?? 0) > (field?.clientHeight ?? 0) + 1,
    };
  });
  expect(boxes.field).toBe(boxes.drawn);
  expect(boxes.scrolls).toBe(false);
});

work("arrow keys walk from line to line over wrapped rows", {}, async (page) => {
  await openNewest(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  expect(await focused(page)).toBe("Line 3");
  await page.keyboard.press("ArrowDown");
  expect(await focused(page)).toBe("Line 3");
  await page.keyboard.press("ArrowDown");
  expect(await focused(page)).toBe("Line 4");
  await page.keyboard.press("ArrowUp");
  expect(await focused(page)).toBe("Line 3");
  await page.keyboard.press("ArrowUp");
  expect(await focused(page)).toBe("Line 3");
  await page.keyboard.press("ArrowUp");
  expect(await focused(page)).toBe("Line 2");
});

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
  expect(await count.innerText()).toBe("None");
  await page.locator("[role=status]", { hasText: "3 places replaced" }).waitFor();
  await page.locator("button[aria-label=Undo]").click();
  expect(await count.innerText()).toBe("1 of 3");
  await page.locator("button[aria-label=Undo]").click();
  expect(await count.innerText()).toMatch(/ of 4$/);
});

work(
  "a word is played from, marked and followed; a line is looped",
  { live: true },
  async (page) => {
    await openNewest(page);
    await page.locator("#line-1 [data-word='2']").click();
    await page.locator("#line-1 .spoken").waitFor();
    await page.waitForFunction(() => {
      const word = document.querySelector("#line-1 .spoken")?.getAttribute("data-word");
      return Number(word) > 2;
    });
    await page.keyboard.press("Space");
    await page.locator("button[aria-label=Play]").waitFor();
    await page.keyboard.press("r");
    await page.locator(".loop").waitFor();
    await page.keyboard.press("Space");
    await page.evaluate(() => document.querySelector<HTMLElement>("#line-3 [data-play]")?.click());
    await page.locator("#line-3[aria-current]").waitFor();
    expect(await page.locator(".loop").count()).toBe(0);
    await page.keyboard.press(">");
    expect(await page.locator("section[aria-label=Player] select").first().inputValue()).toBe(
      "1.25",
    );
  },
);

work("doubtful words are visited, by key and by button", {}, async (page) => {
  await openNewest(page);
  const marked = () => page.locator(".at.doubtful").innerText();
  await page.keyboard.press("n");
  const first = await marked();
  await page.keyboard.press("n");
  expect(await marked()).not.toBe(first);
  await page.keyboard.press("Shift+N");
  expect(await marked()).toBe(first);
  await page.locator("button.doubts").click();
  expect(await marked()).not.toBe(first);
});

work("a line is heard again alone, and it can be undone", {}, async (page) => {
  await openNewest(page);
  await page.locator("#line-3 .text").dblclick();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Nonsense here");
  await page.keyboard.press("Escape");
  const before = [await text(page, 2), await text(page, 4)];
  await page.keyboard.press(".");
  await page.locator("[role=menuitem]", { hasText: "Recognise again" }).click();
  await page.locator("dialog .main").click();
  await page.locator(".strip", { hasText: "Recognising" }).waitFor();
  await advance(page, 2000);
  await page.locator("[role=status]", { hasText: "heard again" }).waitFor();
  expect(await text(page, 3)).toBe("How large is the gap?");
  expect([await text(page, 2), await text(page, 4)]).toEqual(before);
  await page.keyboard.press("Control+z");
  expect(await text(page, 3)).toBe("Nonsense here");

  await page.keyboard.press(".");
  await page.locator("[role=menuitem]", { hasText: "Align again" }).click();
  await page.locator(".strip button", { hasText: "Stop" }).click();
  await page.locator(".strip").waitFor({ state: "detached" });
  expect(await page.locator("#line-3 .loose").count()).toBe(2);
});

work("an unfinished entry says so and goes on; a finished one can begin anew", {}, async (page) => {
  await page.keyboard.press("Control+2");
  await page.locator("li button.title", { hasText: "harbour master" }).click();
  await page.locator(".strip", { hasText: "Unfinished" }).waitFor();
  const lines = () => page.locator("#line-0").getAttribute("aria-setsize");
  expect(await lines()).toBe("8");
  await page.locator(".strip button", { hasText: "Go on" }).click();
  await page.locator(".strip", { hasText: "Recognising" }).waitFor();
  await advance(page, 60_000);
  await page.waitForSelector("section[aria-label=Player]");
  const n = Number(await lines());
  expect(n).toBeGreaterThan(50);

  await page.locator("header button[aria-label=More]").click();
  await page.locator("[role=menuitem]", { hasText: "Transcribe again" }).click();
  await page.locator("dialog button", { hasText: "Keep the text" }).click();
  expect(Number(await lines())).toBe(n);
  await page.locator("header button[aria-label=More]").click();
  await page.locator("[role=menuitem]", { hasText: "Transcribe again" }).click();
  await page.locator("dialog .main").click();
  await page.locator(".nothing").waitFor();
  await advance(page, 60_000);
  await page.waitForSelector("section[aria-label=Player]");
  expect(Number(await lines())).toBe(n);
});

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

work("a running transcript is read along and cannot be typed in", {}, async (page) => {
  await drop(page, ["Committee.m4a"]);
  await advance(page, 3000);
  await page.locator("li button.title", { hasText: "Committee" }).click();
  await page.waitForSelector("#line-0");
  await page.keyboard.press("Enter");
  expect(await page.locator("textarea").count()).toBe(0);
  const n = await page.locator("li[data-at]").count();
  await advance(page, 1500);
  expect(await page.locator("li[data-at]").count()).toBeGreaterThan(n);
  await advance(page, 60_000);
  await page.waitForSelector("section[aria-label=Player]");
});

work("an edit that meets another one says so and keeps the text", {}, async (page) => {
  await openNewest(page);
  await page.evaluate(() => window.mock?.save(8, 0, [{ at: 0, remove: 0, insert: [] }]));
  await page.locator("#line-3 .text").dblclick();
  await page.keyboard.type("x");
  await page.keyboard.press("Escape");
  await page.locator("[role=status]", { hasText: "changed elsewhere" }).waitFor();
  expect(await text(page, 3)).toContain("x");
  await page.locator("button", { hasText: "Open again" }).click();
  await saved(page);
  expect(await text(page, 3)).toBe("How large is the gap?");
});

work("history finds one character and lands on the second", { lang: "zh-CN" }, async (page) => {
  await page.keyboard.press("Control+2");
  await page.locator("input[type=search]").fill("梯");
  await page.locator("mark").first().waitFor();
  expect(await page.locator("mark").allInnerTexts()).toContain("梯");
  expect(await page.locator("h2").allInnerTexts()).toEqual(["昨天", "11月11日星期三"]);
  const time = await page.locator(".hit .time").nth(1).innerText();
  await page.locator(".hit").nth(1).click();
  await page.waitForSelector("li.active");
  expect(await page.locator("li.active .time").innerText()).toBe(time);
  expect(await page.locator("li.active .text").innerText()).toContain("梯");
  await page.keyboard.press("Escape");
  expect(await page.locator("input[type=search]").inputValue()).toBe("梯");
});

work("entries are starred, deleted, restored and exported together", {}, async (page) => {
  await page.keyboard.press("Control+2");
  const row = (name: string) => page.locator("li", { hasText: name });
  await row("Survey meeting").locator("button[aria-label^=Star]").click();
  await page.locator("button", { hasText: /^Starred$/ }).click();
  await page.waitForFunction(() => document.querySelectorAll("li button.title").length === 2);
  await page.locator("button", { hasText: /^All$/ }).click();
  await row("Lecture 7").locator("input[type=checkbox]").check();
  await row("Survey meeting").locator("input[type=checkbox]").check();
  await page.locator("footer button", { hasText: "Delete" }).click();
  await row("Lecture 7").waitFor({ state: "detached" });
  await page.locator("button", { hasText: "Undo" }).click();
  await row("Lecture 7").locator("input[type=checkbox]").check();
  await row("Survey meeting").locator("input[type=checkbox]").check();
  await page.locator("footer .main").click();
  await page.locator("dialog input[value=txt]").check();
  await page.locator("dialog footer .main").click();
  await page.locator("[role=status]", { hasText: "2 files saved" }).waitFor();
});

work("an export is chosen, looked at, copied and remembered", {}, async (page) => {
  await openNewest(page);
  const open = async () => {
    await page.keyboard.press("Control+e");
    await page.locator("dialog header strong").waitFor();
  };
  await open();
  const look = page.locator("dialog .look");
  for (const format of ["txt", "md", "docx", "srt", "vtt", "ass", "lrc", "json", "csv", "tsv"]) {
    await page.locator(`dialog input[value=${format}]`).check();
    await page.locator("dialog header strong", { hasText: `Survey meeting.${format}` }).waitFor();
    expect(await look.innerText()).toContain("harbour survey");
  }

  await page.locator("dialog input[value=srt]").check();
  const rules = page.locator("dialog select").first();
  const details = page.locator("dialog details");
  expect(await details.locator("input").first().isVisible()).toBe(false);
  await details.locator("summary").click();
  const columns = details.getByLabel("Line length");
  expect(await columns.inputValue()).toBe("42");
  await rules.selectOption("social");
  await page.waitForFunction(
    () => document.querySelector<HTMLInputElement>("details input")?.value === "24",
  );
  await columns.fill("20");
  expect(await rules.inputValue()).toBe("own");
  expect(await details.getByLabel("Lines").inputValue()).toBe("1");
  expect(await details.getByLabel("Chinese characters").count()).toBe(0);

  await page.locator("dialog footer button", { hasText: "Copy as text" }).click();
  await page.locator("[role=status]", { hasText: "Copied" }).waitFor();
  expect(await page.evaluate(() => window.mock?.clipboard)).toContain("-->");
  await open();
  await page.locator("dialog input[value=lrc]").check();
  await page.locator("dialog footer .main").click();
  await page.locator("[role=status]", { hasText: "Survey meeting.lrc saved" }).waitFor();
  await open();
  expect(await page.locator("dialog input[value=lrc]").isChecked()).toBe(true);
});

work("Chinese can be exported in either script", { lang: "zh-CN" }, async (page) => {
  await page.keyboard.press("Control+2");
  await page.locator("li button.title", { hasText: "晨会" }).click();
  await page.waitForSelector("#line-0");
  await page.keyboard.press("Control+e");
  await page.locator("dialog summary", { hasText: "更多选项" }).click();
  const script = page.locator("dialog details select");
  await script.selectOption({ label: "繁体" });
  expect(await page.locator("dialog details input").first().inputValue()).toBe("32");
});

work(
  "a line in which nothing is said stays, and is left alone when nobody waits",
  {},
  async (page) => {
    await openNewest(page);
    await page.evaluate(() => {
      const { mock } = window;
      if (mock) mock.redo = () => Promise.resolve([]);
    });
    const before = await text(page, 3);
    await page.locator("#line-3").click();
    await page.keyboard.press(".");
    await page.locator("[role=menuitem]", { hasText: "Align again" }).click();
    await page.locator("[role=status]", { hasText: "Nothing is said there" }).waitFor();
    expect(await text(page, 3)).toBe(before);
    await page.evaluate(() => {
      const { mock } = window;
      if (!mock) return;
      mock.redo = () => new Promise(() => undefined);
      mock.stopRedo = () => {
        Object.assign(window, { isStopped: true });
        return Promise.resolve();
      };
    });
    await page.keyboard.press(".");
    await page.locator("[role=menuitem]", { hasText: "Align again" }).click();
    await page.locator(".strip").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => "isStopped" in window);
  },
);

work("the queue is reordered, paused, stopped and cleared", {}, async (page) => {
  await drop(page, ["One.mp3", "Two.mp3", "Three.mp3"]);
  await advance(page, 1000);
  const titles = () => page.locator("ol .title").allInnerTexts();
  await page.locator("button[aria-label='Move Three up']").click();
  expect((await titles()).slice(-3)).toEqual(["One", "Three", "Two"]);
  await page.locator("button[aria-label='Pause One']").click();
  const one = page.locator("li", { hasText: "One" }).first();
  expect(await one.innerText()).toContain("Pausing at the end of this piece");
  await page.locator("button[aria-label='Go on with One']").click();
  expect(await one.innerText()).toContain("Recognising");
  await page.locator("button[aria-label='Pause One']").click();
  await advance(page, 250);
  expect(await one.innerText()).toContain("Paused");
  await advance(page, 1000);
  expect(await page.locator("li", { hasText: "Three" }).innerText()).toMatch(/Recognising|Reading/);
  await page.locator("button[aria-label='Stop Two']").click();
  expect(await page.locator("li", { hasText: "Two" }).innerText()).toContain("Stopped");
  await page.locator("button", { hasText: "Clear finished" }).click();
  expect(await titles()).not.toContain("Two");
});

work("settings are found, changed and reset, and show at once", {}, async (page) => {
  await page.keyboard.press("Control+,");
  await page.locator("input[type=search]").fill("appear");
  expect(await page.locator("[data-setting]").count()).toBe(1);
  await page.locator("[data-setting] select").selectOption("dark");
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    "rgb(21, 27, 28)",
  );
  await page.locator("[data-setting] button").click();
  expect(await page.locator("[data-setting] select").inputValue()).toBe("system");
  await page.locator("input[type=search]").fill("");
  await page.locator("[data-setting] select").first().selectOption("zh-CN");
  expect(await page.locator("h1").innerText()).toBe("设置");
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-CN");
});

work("the first run shows its sample and the way to a model", { empty: true }, async (page) => {
  await page.locator("button", { hasText: "Try the sample" }).click();
  await advance(page, 60_000);
  await page.locator("li button", { hasText: "Open" }).click();
  expect(await page.locator(".strip").innerText()).toContain("demo model");
});

work("a profile is made, filled, named, chosen and deleted", {}, async (page) => {
  await page.keyboard.press("Control+,");
  const words = page.getByLabel("Names and words to expect", { exact: true });
  await words.fill("Anna");
  await page.getByRole("button", { name: "New profile" }).click();
  const name = page.getByLabel("Name of the profile");
  await expect.poll(() => name.inputValue()).toBe("Profile 1");
  await page.keyboard.type("Clinic");
  await page.keyboard.press("Enter");
  await words.fill("metoprolol");
  await page.keyboard.press("Control+1");
  const choice = page.getByRole("combobox", { name: "Profile", exact: true });
  expect(await choice.inputValue()).toBe("Clinic");
  await choice.selectOption({ label: "General" });
  await page.keyboard.press("Control+,");
  await expect.poll(() => words.inputValue()).toBe("Anna");
  await choice.selectOption({ label: "Clinic" });
  await expect.poll(() => words.inputValue()).toBe("metoprolol");
  await page.getByRole("button", { name: "Delete profile Clinic" }).click();
  await expect.poll(() => words.inputValue()).toBe("Anna");
  expect(await choice.count()).toBe(0);
});

test("nothing inline runs and nothing foreign is reached", async () => {
  const { page } = await desk.page();
  // In a task of its own: the browser lets a test's own code do what the page may not.
  const refused = await page.evaluate(
    () =>
      new Promise((done) => {
        const wanted = new Set(["script-src-elem", "style-src-attr", "connect-src", "script-src"]);
        document.addEventListener("securitypolicyviolation", (event) => {
          wanted.delete(event.effectiveDirective);
          if (wanted.size === 0) done("ran" in window ? "inline script ran" : "all");
        });
        setTimeout(() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          document.createElement("div").setAttribute("style", "color: red");
          fetch("http://127.0.0.1:9/").catch(() => undefined);
          (0, eval)("window.ran = true");
        });
      }),
  );
  expect(refused).toBe("all");
  await page.context().close();
});

work("a model: download, pause, stop, go on, use", { empty: true }, async (page) => {
  await page.locator("aside button", { hasText: "Get a model" }).click();
  const card = page.locator("li", { hasText: "Qwen3 ASR-0.6B" });
  expect(await card.innerText()).toContain("Suits this computer");
  expect(await card.innerText()).toContain("1.9 GB to download · about 2.8 GB of memory");
  await card.locator("button", { hasText: "Download" }).focus();
  await page.keyboard.press("Enter");
  await advance(page, 2000);
  expect(await card.innerText()).toMatch(/200 MB of 1.9 GB · 100 MB a second · \d+ s left/);
  await card.locator("button", { hasText: "Pause" }).click();
  await advance(page, 5000);
  expect(await card.innerText()).toContain("200 MB of 1.9 GB · Paused");
  await card.locator("button", { hasText: "Stop" }).click();
  expect(await card.innerText()).toContain("200 MB of 1.9 GB are here");
  await card.locator("button", { hasText: "Go on" }).click();
  await advance(page, 60_000);
  expect(await card.innerText()).toContain("On this computer");
  await card.locator("button", { hasText: "Use" }).click();
  expect(await card.innerText()).toContain("In use");
});

work("a network that is switched off refuses a download and says so", {}, async (page) => {
  await page.locator("nav button", { hasText: "Models" }).click();
  await page.locator("label", { hasText: "Switch the network off" }).click();
  await page.locator("li", { hasText: "Aligner" }).locator("button").first().click();
  await page.locator("text=The network is switched off in the settings").waitFor();
  expect(await page.locator("section", { hasText: "0 requests since" }).count()).toBe(1);
});

work(
  "what is said is read while it is recorded, and is a transcript at the end",
  { empty: true },
  async (page) => {
    await page.getByRole("button", { name: "Record", exact: true }).click();
    const text = page.getByRole("log");
    await text.waitFor();
    expect(await focused(page)).toBe("H1");
    const sure = () => text.locator("span:not(.tentative)").allInnerTexts();
    const seen: string[][] = [];
    let hasTentative = false;
    for (let n = 0; n < 30; n += 1) {
      await advance(page, 400);
      seen.push(await sure());
      hasTentative ||=
        (await text
          .locator(".tentative")
          .innerText()
          .catch(() => "")) !== "";
    }
    expect(hasTentative).toBe(true);
    // What is sure stays: every look begins with what the one before showed.
    for (const [n, now] of seen.slice(1).entries()) {
      const before = seen[n] ?? [];
      expect(now.slice(0, before.length)).toEqual(before);
    }
    expect(seen.at(-1)?.join("")).toMatch(/^Good morning, everyone\. Shall we start/);
    // A screen reader is told what is sure, and nothing else.
    expect(await text.locator(".tentative").getAttribute("aria-hidden")).toBe("true");
    expect(await page.getByRole("timer").innerText()).toBe("0:12");
    const level = Number(await page.getByRole("meter").getAttribute("aria-valuenow"));
    expect(level).toBeGreaterThan(0);

    await page.keyboard.press("Control+1");
    const row = page.locator("li", { hasText: "Recording 2026-11-20 10:00" });
    expect(await row.innerText()).toContain("The boat was out on");
    await row.locator("button.title").click();
    expect((await sure()).join("")).toMatch(/^Good morning, everyone\./);

    await page.getByRole("button", { name: "Stop recording" }).click();
    await page.getByText("the last words are being recognised").waitFor();
    await advance(page, 10_000);
    await page.waitForSelector("#line-0 .text");
    expect((await stored(page, 101))[0]).toMatch(/^Good morning, everyone\./);
  },
);

work("a microphone that is not there is named, and another can be chosen", {}, async (page) => {
  await page.evaluate(() => window.mock?.changeSettings({ microphone: "gone" }));
  await page.keyboard.press("Control+r");
  await page.getByText("No sound comes from the microphone").waitFor();
  expect(await page.getByRole("log").count()).toBe(0);
  await page.keyboard.press("Control+,");
  await page.getByLabel("Microphone").selectOption({ label: "Desk microphone" });
  await page.keyboard.press("Control+r");
  await page.getByText("Listening to Desk microphone").waitFor();
});
