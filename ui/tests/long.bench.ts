/** A transcript of 40 000 words: how soon it is there, how it scrolls, how soon a key is drawn.
 * A benchmark: it prints what it measured and fails only when the page does not work. */

import { availableParallelism, loadavg } from "node:os";

import { afterAll, beforeAll, expect, test } from "vitest";

import { TestBrowser } from "./page";

let testBrowser: TestBrowser;
beforeAll(async () => {
  testBrowser = await TestBrowser.open();
});
afterAll(() => testBrowser.close());

process.stdout.write(
  `load average ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores\n`,
);

const say = (what: string, values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1);
  process.stdout.write(
    `${what}: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, most ${at(1)} ms, n = ${sorted.length}\n`,
  );
};

/** The category of frames: each says in the end what became of it. */
const FRAMES = "disabled-by-default-devtools.timeline.frame";

/** At 60 a second. Units: ms. */
const FRAME_MS = 1000 / 60;

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  args: { name?: string; frame_reporter?: { state: string } };
}

/** What a trace says of the thread that the page runs on, in ms, and of its frames. */
function read(trace: Buffer | undefined) {
  const { traceEvents: events } = JSON.parse(trace?.toString() ?? "{}") as {
    traceEvents: TraceEvent[];
  };
  const threads = events.filter((e) => e.name === "thread_name");
  const isPage = ({ pid, tid }: TraceEvent) =>
    threads.some((t) => t.pid === pid && t.tid === tid && t.args.name === "CrRendererMain");
  const tasks = events.filter((e) => e.ph === "X" && /RunTask$/.test(e.name) && isPage(e));
  const frames = events.filter((e) => e.name === "PipelineReporter" && e.ph === "b");
  const n = (state: RegExp) =>
    frames.filter((e) => state.test(e.args.frame_reporter?.state ?? "")).length;
  return {
    tasks: tasks.map((e) => (e.dur ?? 0) / 1000),
    drawn: n(/PRESENTED_ALL/),
    partly: n(/PRESENTED_PARTIAL/),
    dropped: n(/DROPPED/),
    unchanged: n(/NO_UPDATE/),
  };
}

test("40 000 words", async () => {
  const whole: number[] = [];
  const mocks: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    const { page } = await testBrowser.page({ long: true, live: true });
    await page.keyboard.press("Control+2");
    await page.locator("li button.title", { hasText: "Council" }).waitFor();
    mocks.push(
      await page.evaluate(async () => {
        const start = performance.now();
        await window.mock?.openEntry(90);
        await window.mock?.waveform(90);
        return performance.now() - start;
      }),
    );
    whole.push(
      await page.evaluate(async () => {
        const title = [...document.querySelectorAll<HTMLElement>("li button.title")].find((b) =>
          b.innerText.includes("Council"),
        );
        const start = performance.now();
        title?.click();
        for (;;) {
          await new Promise(requestAnimationFrame);
          if (document.querySelector("#line-0 .text")) return performance.now() - start;
        }
      }),
    );
    await page.context().close();
  }
  say("open to first text, the mock's own work included", whole);
  say("the mock's own work", mocks);
  say(
    "open to first text, the page alone",
    whole.map((ms, i) => ms - (mocks[i] ?? NaN)),
  );

  const { page, troubles } = await testBrowser.page({ long: true, live: true });
  await page.keyboard.press("Control+2");
  await page.locator("li button.title", { hasText: "Council" }).click();
  await page.waitForSelector("#line-0");
  const size = await page.evaluate(() => ({
    rows: Number(document.querySelector("#line-0")?.getAttribute("aria-setsize")),
    nodes: document.querySelectorAll("*").length,
  }));
  process.stdout.write(`${size.rows} lines, ${size.nodes} elements in the page\n`);

  // Frames while a wheel turns: an event every 16 ms for 3 s.
  const scroll = async (step: number) => {
    await page.evaluate(() => {
      const state = { frames: [] as number[], on: true };
      Object.assign(window, { measured: state });
      let last = performance.now();
      const frame = (now: number) => {
        state.frames.push(now - last);
        last = now;
        if (state.on) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    await page.mouse.move(500, 400);
    for (let i = 0; i < 180; i += 1) await page.mouse.wheel(0, step);
    return page.evaluate(() => {
      const { measured } = window as unknown as { measured: { frames: number[]; on: boolean } };
      measured.on = false;
      return measured.frames.slice(1);
    });
  };
  say("frames while scrolling 120 px a turn", await scroll(120));
  say("frames while scrolling 2000 px a turn", await scroll(2000));

  // From the key to the end of its frame, one key after the other, in the middle of the transcript;
  // and what the page itself had to compute for it, which other programs do not lengthen.
  await page.locator("li[data-at] .text").nth(8).dblclick();
  await page.locator("textarea").waitFor();
  await page.evaluate(() => {
    const keys: number[] = [];
    Object.assign(window, { keys });
    document.addEventListener(
      "keydown",
      ({ timeStamp }) => {
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => keys.push(performance.now() - timeStamp);
          channel.port2.postMessage(null);
        });
      },
      true,
    );
  });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.setTimeDomain", { timeDomain: "threadTicks" });
  await devtools.send("Performance.enable");
  const computed = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN);
  };
  const work: number[] = [];
  const idle: number[] = [];
  let n = 0;
  for (const letter of "the quick brown fox jumps over the lazy dog ".repeat(3)) {
    const start = await computed();
    await computed();
    const before = await computed();
    idle.push(before - start);
    await page.keyboard.press(letter === " " ? "Space" : letter);
    n += 1;
    await page.waitForFunction(
      (count) => (window as unknown as { keys: number[] }).keys.length >= count,
      n,
    );
    work.push((await computed()) - before);
  }
  const keys = await page.evaluate(() => (window as unknown as { keys: number[] }).keys);
  say("key to the end of its frame", keys);
  say("main thread's own time for a key, some of the test's questions included", work);
  say("main thread's own time for two such questions", idle);
  expect(keys.length).toBe(n);

  // Chromium's own trace of somebody who types twenty letters a second.
  const browser = page.context().browser();
  await browser?.startTracing(page, { categories: ["toplevel", FRAMES] });
  const begun = Date.now();
  for (const letter of "jackdaws love my big sphinx of quartz ".repeat(4)) {
    const pressed = page.keyboard.press(letter === " " ? "Space" : letter);
    await Promise.all([pressed, page.waitForTimeout(50)]);
  }
  const seconds = (Date.now() - begun) / 1000;
  const { tasks, ...frames } = read(await browser?.stopTracing());
  say("tasks of the page's thread while typing, in the trace", tasks);
  process.stdout.write(
    `${tasks.filter((ms) => ms > FRAME_MS).length} of ${tasks.length} tasks are longer than a frame; ` +
      `frames of ${seconds.toFixed(1)} s: ${frames.drawn} drawn, ${frames.unchanged} without a change, ` +
      `${frames.partly} drawn in part, ${frames.dropped} dropped\n`,
  );

  const jumps: number[] = [];
  await page.keyboard.press("Escape");
  for (let i = 0; i < 20; i += 1) {
    jumps.push(
      await page.evaluate(
        async (key) => {
          const start = performance.now();
          document
            .querySelector("[role=group][tabindex='0']")
            ?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
          await new Promise(requestAnimationFrame);
          await new Promise((done) => setTimeout(done));
          return performance.now() - start;
        },
        i % 2 ? "Home" : "End",
      ),
    );
  }
  say("jump to the other end, drawn", jumps);
  expect(troubles).toEqual([]);
}, 600_000);
