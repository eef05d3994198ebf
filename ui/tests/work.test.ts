/** What a person does, from the dropped file to the exported one. */

import { expect, test } from "vitest";

import { advance, drop } from "./page";
import { browser, focused, openNewest, saved, stored, text } from "./steps";

const { open, work } = browser();

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
  expect(await failed.innerText()).toContain("No readable audio was found");
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

work("the queue is reordered, paused, stopped and cleared", {}, async (page) => {
  await drop(page, ["One.mp3", "Two.mp3", "Three.mp3"]);
  await advance(page, 1000);
  const titles = () => page.locator("ol .title").allInnerTexts();
  await page.locator("button[aria-label='Move Three up']").click();
  expect((await titles()).slice(-3)).toEqual(["One", "Three", "Two"]);
  await page.locator("button[aria-label='Pause One']").click();
  const one = page.locator("li", { hasText: "One" }).first();
  expect(await one.innerText()).toContain("Pausing after the current section");
  await page.locator("button[aria-label='Resume One']").click();
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
  const name = page.getByLabel("Profile name");
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
  const { page } = await open();
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
  const card = page.locator("li", { hasText: "Qwen3-ASR 0.6B" });
  expect(await card.innerText()).toContain("Recommended for this computer");
  expect(await card.innerText()).toContain("1.9 GB to download · about 2.8 GB of memory");
  await card.locator("button", { hasText: "Download" }).focus();
  await page.keyboard.press("Enter");
  await advance(page, 2000);
  expect(await card.innerText()).toMatch(/200 MB of 1.9 GB · 100 MB\/s · \d+ s left/);
  await card.locator("button", { hasText: "Pause" }).click();
  await advance(page, 5000);
  expect(await card.innerText()).toContain("200 MB of 1.9 GB · Paused");
  await card.locator("button", { hasText: "Stop" }).click();
  expect(await card.innerText()).toContain("200 MB of 1.9 GB downloaded");
  await card.locator("button", { hasText: "Resume" }).click();
  await advance(page, 60_000);
  expect(await card.innerText()).toContain("On this computer");
  await card.locator("button", { hasText: "Use" }).click();
  expect(await card.innerText()).toContain("In use");
});

work("a network that is switched off refuses a download and says so", {}, async (page) => {
  await page.locator("nav button", { hasText: "Models" }).click();
  await page.locator("label", { hasText: "Turn off the network" }).click();
  await page.locator("li", { hasText: "Aligner" }).locator("button").first().click();
  await page.locator("text=The network is turned off in the settings").waitFor();
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
  await page.getByText("There is no sound from the microphone").waitFor();
  expect(await page.getByRole("log").count()).toBe(0);
  await page.keyboard.press("Control+,");
  await page.getByLabel("Microphone").selectOption({ label: "Desk microphone" });
  await page.keyboard.press("Control+r");
  await page.getByText("Listening to Desk microphone").waitFor();
});

work("both sides of a call are recorded when that is wanted", {}, async (page) => {
  await page.keyboard.press("Control+,");
  const both = page.getByLabel("Record both sides of a call");
  await both.check();
  const settings = () => page.evaluate(() => window.mock?.changeSettings({}));
  await expect.poll(async () => (await settings())?.record_system).toBe(true);
  // What the computer plays alone has no other side.
  await page.getByLabel("Microphone").selectOption({ label: "Computer audio" });
  await both.waitFor({ state: "detached" });
});

work("an export says the name that is written, also when it is taken", {}, async (page) => {
  await openNewest(page);
  const taken = page.locator("dialog .taken");
  const save = async (name: string) => {
    await page.keyboard.press("Control+e");
    await page.locator("dialog header strong", { hasText: "Survey meeting.srt" }).waitFor();
    const said = await taken.allInnerTexts();
    await page.getByRole("button", { name: "Save next to the recording" }).click();
    await page.locator("[role=status]", { hasText: `${name} saved` }).waitFor();
    return said;
  };
  expect(await save("Survey meeting.srt")).toEqual([]);
  expect(await save("Survey meeting (2).srt")).toEqual([
    "A file with this name is already next to the recording. There, this export is saved as Survey meeting (2).srt.",
  ]);
});

work("every subtitle of a long transcript can be looked at", { long: true }, async (page) => {
  await page.keyboard.press("Control+2");
  await page.locator("li button.title", { hasText: "Council meeting" }).click();
  await page.waitForSelector("#line-0");
  await page.keyboard.press("Control+e");
  const cues = page.locator("dialog ol li");
  await cues.nth(99).waitFor();
  const n = Number(
    /([\d,]+) subtitles/
      .exec(await page.locator("dialog header [role=status]").innerText())?.[1]
      ?.replace(",", ""),
  );
  expect(n).toBeGreaterThan(400);
  for (let shown = 100; shown < 400; shown += 100) {
    // Whoever scrolls to the end is shown more, and so is who presses.
    await page.locator("dialog .look").evaluate((it) => it.scrollTo(0, it.scrollHeight));
    await cues.nth(shown).waitFor();
  }
  const texts = await cues.allInnerTexts();
  expect(new Set(texts).size).toBeGreaterThan(300);
});
