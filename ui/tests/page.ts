/** A browser on the built page, with the content security policy of the window. */

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";

import { type Browser, chromium, type Page } from "playwright-core";

const ROOT = fileURLToPath(new URL("../dist-mock", import.meta.url));

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

/** The policy of tauri.conf.json; the mock's recordings are blobs instead of a loopback address. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src blob:";

export interface Scene {
  lang?: "en" | "zh-CN";
  theme?: "light" | "dark";
  empty?: boolean;
  long?: boolean;
  /** The shell cannot begin. */
  broken?: boolean;
  /** A small window instead of the main one. */
  overlay?: "captions" | "dictation";
  /** The browser's own clock instead of one that the test moves. */
  live?: boolean;
  width?: number;
  height?: number;
  /** Units: percent. */
  zoom?: number;
}

export class TestBrowser {
  readonly #browser: Browser;
  readonly #server: Server;
  readonly #address: string;

  private constructor(browser: Browser, server: Server, address: string) {
    this.#browser = browser;
    this.#server = server;
    this.#address = address;
  }

  static async open(): Promise<TestBrowser> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://page");
      if (pathname === "/favicon.ico") {
        response.end();
        return;
      }
      const path = pathname === "/" ? "/index.html" : pathname;
      readFile(ROOT + path).then(
        (bytes) => {
          response.setHeader("content-type", TYPES[path.split(".").at(-1) ?? ""] ?? "");
          response.setHeader("content-security-policy", POLICY);
          response.end(bytes);
        },
        () => {
          response.statusCode = 404;
          response.end();
        },
      );
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
    });
    return new TestBrowser(browser, server, `http://127.0.0.1:${port}/`);
  }

  /** A page in a scene, and what went wrong on it. */
  async page(scene: Scene = {}): Promise<{ page: Page; troubles: string[] }> {
    const { lang = "en", theme = "light", width = 1080, height = 720 } = scene;
    const context = await this.#browser.newContext({
      viewport: { width, height },
      locale: lang,
      colorScheme: theme,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    if (scene.zoom !== undefined) {
      await page.addInitScript((zoom) => {
        localStorage.setItem("zoom", String(zoom));
      }, scene.zoom);
    }
    page.setDefaultTimeout(10_000);
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") troubles.push(message.text());
    });
    // The day on which the mock's clock begins, so that yesterday is always the same day.
    if (!scene.live) await page.clock.setFixedTime(new Date(2026, 10, 20, 10));
    const query = new URLSearchParams({ lang, theme });
    if (!scene.live) query.set("clock", "manual");
    if (scene.empty) query.set("empty", "");
    if (scene.long) query.set("long", "");
    if (scene.broken) query.set("broken", "");
    if (scene.overlay) query.set("overlay", scene.overlay);
    await page.goto(`${this.#address}${scene.overlay ? "overlay.html" : ""}?${query}`);
    await page.waitForSelector("h1");
    return { page, troubles };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }
}

/** Drops files on the window as a file manager would. */
export async function drop(page: Page, files: string[]): Promise<void> {
  const transfer = await page.evaluateHandle((names) => {
    const carried = new DataTransfer();
    for (const name of names) carried.items.add(new File(["sound"], name));
    return carried;
  }, files);
  for (const type of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent("body", type, { dataTransfer: transfer });
  }
}

/** Moves the mock's clock. */
export async function advance(page: Page, ms: number): Promise<void> {
  await page.evaluate((by) => window.mock?.advance(by), ms);
}

/** Shows another theme, at once. */
export async function setTheme(page: Page, theme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.evaluate((theme) => (document.documentElement.dataset["theme"] = theme), theme);
}

/** Gives the window another size, and everything in it. Units: CSS pixels, percent. */
export async function setLayout(
  page: Page,
  { width, height, zoom }: { width: number; height: number; zoom: number },
): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.evaluate((zoom) => {
    const root = document.documentElement.style;
    root.fontSize = `${zoom}%`;
    root.setProperty("--zoom", String(zoom / 100));
  }, zoom);
}
