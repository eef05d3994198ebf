/** Models and how they come: what is measured, and the way to the network. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { advance, TestBrowser, drop, type Scene } from "./page";

let testBrowser: TestBrowser;
beforeAll(async () => {
  testBrowser = await TestBrowser.open();
});
afterAll(() => testBrowser.close());

/** Runs on a fresh page and expects nothing to go wrong on it. */
function work(name: string, scene: Scene, run: (page: Page) => Promise<void>) {
  test(name, async () => {
    const { page, troubles } = await testBrowser.page(scene);
    await run(page);
    await page.context().close();
    expect(troubles).toEqual([]);
  });
}

const models = (page: Page) => page.locator("nav button", { hasText: "Models" }).click();
const settings = (page: Page) => page.evaluate(() => window.mock?.changeSettings({}));

work("a model is measured while nothing else is done, and its card says it", {}, async (page) => {
  await models(page);
  const card = page.locator("li", { hasText: "Qwen3-ASR 0.6B" });
  const measure = card.getByRole("button", { name: "Measure speed of Qwen3-ASR 0.6B" });
  await measure.focus();
  await page.keyboard.press("Enter");
  await card.getByText("Measuring speed").waitFor();
  const others = page.getByRole("button", { name: /^Measure/ });
  expect(await others.count()).toBe(2);
  for (const one of await others.all()) expect(await one.isDisabled()).toBe(true);
  await advance(page, 2000);
  await card.getByText("2.5× real-time speed on CPU").waitFor();
  expect(await measure.isEnabled()).toBe(true);

  await drop(page, ["Committee.m4a"]);
  await advance(page, 500);
  await models(page);
  expect(await measure.isDisabled()).toBe(true);
  await advance(page, 60_000);
  await expect.poll(() => measure.isEnabled()).toBe(true);
});

work("an aligner and what is not here cannot be measured", { empty: true }, async (page) => {
  await models(page);
  await page.locator("li h2").first().waitFor();
  expect(await page.getByRole("button", { name: /^Measure/ }).count()).toBe(1);
});

work(
  "a download without a connection says so, and can be stopped",
  { empty: true },
  async (page) => {
    await models(page);
    const card = page.locator("li", { hasText: "Qwen3-ASR 0.6B" });
    await card.getByRole("button", { name: "Download Qwen3-ASR 0.6B" }).click();
    await page.evaluate(async () => {
      const installed = await window.mock?.installedModels();
      const model = installed?.models.find(({ name }) => name === "Qwen3-ASR-0.6B");
      if (!installed || model?.state.kind !== "coming") return;
      model.state.is_retrying = true;
      window.mock?.emit({ kind: "installed-models", installed });
    });
    await card.getByText("No connection, retrying…").waitFor();
    expect(await card.innerText()).not.toContain("0 B");
    await card.getByRole("button", { name: "Stop Qwen3-ASR 0.6B" }).click();
    await card.getByRole("button", { name: "Resume Qwen3-ASR 0.6B" }).waitFor();
  },
);

work("the computer is described, and why its graphics card is not used", {}, async (page) => {
  await models(page);
  const computer = page.getByRole("region", { name: "This computer" });
  expect(await computer.innerText()).toMatch(/AMD Ryzen 5, 12 threads\s+16 GB of memory/);
  expect(await computer.innerText()).toContain("RTX 3060, 13 GB: not used, because");
});

work("a download that brings nothing says that it waits", {}, async (page) => {
  await models(page);
  const card = page.locator("li", { hasText: "Qwen3-ForcedAligner 0.6B" });
  const arrived = (done: number, total: number | null) =>
    page.evaluate(
      async ([done, total]) => {
        const installed = await window.mock?.installedModels();
        if (!installed) return;
        for (const model of installed.models.filter(({ is_aligner }) => is_aligner)) {
          const waits = { bytes_per_s: 0, left_ms: null, is_paused: false, is_retrying: false };
          model.state = { kind: "coming", done: done ?? 0, total: total ?? null, ...waits };
        }
        window.mock?.emit({ kind: "installed-models", installed });
      },
      [done, total],
    );
  await arrived(0, null);
  await card.getByText("Waiting for the server…").waitFor();
  expect(await card.innerText()).not.toContain("0 B");
  await arrived(400_000_000, 1_840_000_000);
  await card.getByText("400 MB of 1.8 GB · Waiting for the server…").waitFor();
});

work("a proxy and a mirror are chosen, written, refused and reset", {}, async (page) => {
  await page.keyboard.press("Control+,");
  const proxy = page.getByLabel("Proxy", { exact: true });
  await proxy.selectOption({ label: "None" });
  await expect.poll(async () => (await settings(page))?.proxy).toBe("none");
  await proxy.selectOption({ label: "Enter an address…" });
  const address = page.getByLabel("Proxy address");
  await expect.poll(() => address.evaluate((it) => it === document.activeElement)).toBe(true);
  await page.keyboard.type("no proxy");
  await page.keyboard.press("Enter");
  await page.getByText("This address cannot be used").waitFor();
  expect(await address.inputValue()).toBe("no proxy");
  expect((await settings(page))?.proxy).toBe("none");
  await address.fill("http://127.0.0.1:8080");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await settings(page))?.proxy).toBe("http://127.0.0.1:8080");
  await page.getByRole("button", { name: "Reset Proxy" }).click();
  await expect.poll(async () => (await settings(page))?.proxy).toBe(null);
  expect(await address.count()).toBe(0);

  const mirror = page.getByLabel("Mirror", { exact: true });
  await mirror.selectOption({ label: "HF-Mirror (China)" });
  await expect.poll(async () => (await settings(page))?.mirror).toBe("hf-mirror");
  await mirror.selectOption({ label: "Enter an address…" });
  await page.keyboard.type("https://models.example.com");
  await page.keyboard.press("Tab");
  await expect.poll(async () => (await settings(page))?.mirror).toBe("https://models.example.com");
});

work(
  "requests are counted in the settings, and the network can be switched off",
  {},
  async (page) => {
    await models(page);
    await page.getByRole("button", { name: "Download Qwen3-ForcedAligner 0.6B" }).click();
    await page.keyboard.press("Control+,");
    const requests = page.getByRole("group", { name: "Requests" });
    await expect.poll(() => requests.innerText()).toMatch(/\b1$/);
    await page.getByLabel("Turn off the network").check();
    await expect.poll(async () => (await settings(page))?.network_off).toBe(true);
  },
);

work("a model may be kept in memory for good", {}, async (page) => {
  await page.keyboard.press("Control+,");
  const unload = page.getByLabel("Unload the model");
  expect(await unload.inputValue()).toBe("10");
  await unload.selectOption({ label: "Never" });
  await expect.poll(async () => (await settings(page))?.unload_after_min).toBe(null);
});
