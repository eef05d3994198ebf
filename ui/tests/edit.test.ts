/** Reading, hearing and correcting a transcript. */

import { expect } from "vitest";

import { advance, drop } from "./page";
import { browser, focused, openNewest, saved, stored, text } from "./steps";

const { work } = browser();

work("a line that is typed in ends where it is drawn", { width: 640 }, async (page) => {
  await openNewest(page);
  const wrapping = (what: string) =>
    page.locator(`#line-1 ${what}`).evaluate((one) => {
      const { textWrapMode, textWrapStyle, whiteSpaceCollapse } = getComputedStyle(one);
      return { textWrapMode, textWrapStyle, whiteSpaceCollapse };
    });
  await page.locator("#line-1 [data-word='1']").dblclick();
  expect(await wrapping("textarea")).toEqual(await wrapping(".text"));
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

work("a line is recognised again alone, and it can be undone", {}, async (page) => {
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
  await page.locator("[role=status]", { hasText: "recognised again" }).waitFor();
  expect(await text(page, 3)).toBe("How large is the gap?");
  expect([await text(page, 2), await text(page, 4)]).toEqual(before);
  await page.keyboard.press("Control+z");
  expect(await text(page, 3)).toBe("Nonsense here");

  await page.keyboard.press(".");
  await page.locator("[role=menuitem]", { hasText: "Redo word timing" }).click();
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
  await page.locator(".strip button", { hasText: "Resume" }).click();
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
  await page.locator("button", { hasText: "Reopen" }).click();
  await saved(page);
  expect(await text(page, 3)).toBe("How large is the gap?");
});

work(
  "a line in which nothing is said stays, and is left alone when nobody waits",
  {},
  async (page) => {
    await openNewest(page);
    await page.evaluate(() => {
      const { mock } = window;
      if (mock) mock.retranscribe = () => Promise.resolve([]);
    });
    const before = await text(page, 3);
    await page.locator("#line-3").click();
    await page.keyboard.press(".");
    await page.locator("[role=menuitem]", { hasText: "Redo word timing" }).click();
    await page.locator("[role=status]", { hasText: "No speech was found" }).waitFor();
    expect(await text(page, 3)).toBe(before);
    await page.evaluate(() => {
      const { mock } = window;
      if (!mock) return;
      mock.retranscribe = () => new Promise(() => undefined);
      mock.stopRetranscription = () => {
        Object.assign(window, { isStopped: true });
        return Promise.resolve();
      };
    });
    await page.keyboard.press(".");
    await page.locator("[role=menuitem]", { hasText: "Redo word timing" }).click();
    await page.locator(".strip").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => "isStopped" in window);
  },
);

work("what was saved can still be taken back, and the caret stays", {}, async (page) => {
  await openNewest(page);
  const before = await text(page, 3);
  await page.locator("#line-3 .text").dblclick();
  const field = page.locator("#line-3 textarea");
  await field.waitFor();
  await page.keyboard.press("End");
  await page.keyboard.type(" Indeed.");
  await saved(page);
  await page.keyboard.type(" Yes.");
  expect(await field.inputValue()).toBe(`${before} Indeed. Yes.`);
  await saved(page);
  await page.keyboard.press("Escape");
  for (let i = 0; i < 9 && (await text(page, 3)) !== before; i += 1) {
    await page.keyboard.press("Control+z");
  }
  expect(await text(page, 3)).toBe(before);
});

work(
  "a double click selects the word for typing and plays nothing",
  { live: true },
  async (page) => {
    await openNewest(page);
    await page.evaluate(() => {
      const counts = Object.assign(window, { nPlays: 0 });
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = function () {
        counts.nPlays += 1;
        return play.call(this);
      };
    });
    await page.locator("#line-0 [data-word='2']").dblclick();
    const field = page.locator("#line-0 textarea");
    await field.waitFor();
    const selected = () =>
      field.evaluate((f: HTMLTextAreaElement) => f.value.slice(f.selectionStart, f.selectionEnd));
    expect(await selected()).toBe("everyone");
    await page.keyboard.type("all");
    expect(await text(page, 0)).toMatch(/^Good morning, all\. Shall/);
    await page.keyboard.press("Escape");
    // A single click plays, once; the double click before it never did.
    await page.locator("#line-1 [data-word='2']").click();
    await page.locator("#line-1 .spoken").waitFor();
    await page.locator("button[aria-label=Pause]").waitFor();
    expect(await page.evaluate(() => (window as unknown as { nPlays: number }).nPlays)).toBe(1);
  },
);
