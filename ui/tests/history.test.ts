/** What was transcribed is found again, kept, deleted and exported. */

import { expect } from "vitest";

import { advance, drop } from "./page";
import { browser, openNewest } from "./steps";

const { work } = browser();

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

work("the export of one chosen entry names it", {}, async (page) => {
  await page.keyboard.press("Control+2");
  await page.locator("li", { hasText: "Lecture 7" }).locator("input[type=checkbox]").check();
  await page.locator("footer button.main").click();
  await page.locator("dialog h2", { hasText: "Export Lecture 7: tides" }).waitFor();
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
  const columns = details.getByLabel("Max. length");
  expect(await columns.inputValue()).toBe("42");
  await rules.selectOption("social");
  await page.waitForFunction(
    () => document.querySelector<HTMLInputElement>("details input")?.value === "24",
  );
  await columns.fill("20");
  expect(await rules.inputValue()).toBe("own");
  expect(await details.getByLabel("Lines").inputValue()).toBe("1");
  expect(await details.getByLabel("Chinese characters").count()).toBe(0);

  await page.locator("dialog footer button", { hasText: "Copy as SRT" }).click();
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

work("what is deleted for good is gone once that was asked", {}, async (page) => {
  await page.keyboard.press("Control+2");
  await page.locator("button[aria-label='Delete Survey meeting']").click();
  await page.locator("button", { hasText: /^Deleted$/ }).click();
  const row = page.locator("li", { hasText: "Survey meeting" });
  await row.locator("input").check();
  const purge = page.locator("footer button", { hasText: "Delete permanently" });
  await purge.click();
  await page.locator("dialog button", { hasText: "Keep" }).click();
  await row.waitFor();
  await purge.click();
  await page.locator("dialog button", { hasText: "Delete permanently" }).click();
  await row.waitFor({ state: "detached" });
  await page.locator("button", { hasText: /^All$/ }).click();
  await page.locator("li", { hasText: "晨会录音" }).waitFor();
  expect(await row.count()).toBe(0);
});

work("a problem of a subtitle leads to its line", {}, async (page) => {
  await openNewest(page);
  await page.keyboard.press("Control+e");
  await page.locator("dialog summary").click();
  await page.getByLabel("Max. speed").fill("8");
  const cue = page.locator("dialog .look li", { hasText: "too fast to read" }).last();
  const problem = cue.locator(".problem button");
  await problem.waitFor();
  const said = (await cue.locator("p").first().innerText()).split(" ").slice(0, 3).join(" ");
  await problem.click();
  await page.locator("dialog").waitFor({ state: "detached" });
  await page.locator("li.active", { hasText: said }).waitFor();
  expect(await page.locator("li.active .at").innerText()).toBe(said.split(" ")[0]);
});

work(
  "what a dialog does stays in sight at twice the size",
  { width: 512, height: 320 },
  async (page) => {
    await openNewest(page);
    for (const [keys, last] of [
      ["Control+e", "dialog footer .main"],
      ["s", "dialog .main"],
      ["?", "dialog form button"],
    ] as const) {
      await page.keyboard.press(keys);
      const button = page.locator(last);
      await button.waitFor();
      const isInSight = await button.evaluate((b) => {
        const { left, top, width, height } = b.getBoundingClientRect();
        const found = document.elementFromPoint(left + width / 2, top + height / 2);
        return found !== null && b.contains(found);
      });
      expect(isInSight, keys).toBe(true);
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
    }
  },
);

work("the copy says what it is", { lang: "zh-CN" }, async (page) => {
  await openNewest(page);
  await page.keyboard.press("Control+e");
  const copy = page.locator("dialog footer button").nth(1);
  for (const [format, label] of [
    ["srt", "复制为 SRT"],
    ["txt", "复制为纯文本"],
    ["docx", "复制为纯文本"],
  ] as const) {
    await page.locator(`dialog input[value=${format}]`).check();
    expect((await copy.innerText()).trim()).toBe(label);
  }
});

work("dictations are listed apart from recordings", { empty: true }, async (page) => {
  await drop(page, ["Dictation one.wav", "Talk.m4a", "Dictation two.wav"]);
  await advance(page, 90_000);
  await page.keyboard.press("Control+2");
  const titles = () => page.locator("li button.title").allInnerTexts();
  const show = async (name: string, first: string) => {
    await page.getByRole("button", { name, exact: true }).click();
    await page.locator("li:first-child button.title", { hasText: first }).waitFor();
    return (await titles()).map((title) => title.trim()).sort();
  };
  expect(await show("Dictations", "Dictation")).toEqual(["Dictation one", "Dictation two"]);
  expect(await show("Recordings", "Talk")).toEqual(["Talk"]);
});

work("how long dictations are kept is asked before anything is deleted", {}, async (page) => {
  await page.keyboard.press("Control+,");
  const kept = page.getByLabel("Keep dictations", { exact: true });
  const settings = () => kept.inputValue();
  expect(await kept.locator("option").allInnerTexts()).toEqual([
    "Never",
    "1 day",
    "7 days",
    "30 days",
    "90 days",
    "365 days",
    "As long as transcripts",
  ]);
  expect(await settings()).toBe("null");
  await kept.selectOption("7");
  const dialog = page.locator("dialog[open]");
  expect(await dialog.innerText()).toContain("Delete dictations older than 7 days permanently");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect(await settings()).toBe("null");
  await kept.selectOption("0");
  expect(await dialog.innerText()).toContain("New ones will not be kept.");
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect.poll(settings).toBe("0");
  // What keeps more deletes nothing.
  await kept.selectOption("30");
  await expect.poll(settings).toBe("30");
  expect(await dialog.count()).toBe(0);
  const sound = page.getByLabel("Keep the audio of dictations");
  expect(await sound.isChecked()).toBe(false);
  await page.getByLabel("Keep transcripts", { exact: true }).selectOption("1");
});
