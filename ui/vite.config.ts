import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const page = { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false };

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  resolve: { alias: { $lib: fileURLToPath(new URL("./src/lib", import.meta.url)) } },
  server: { port: 1420, strictPort: true },
  build: {
    target: "safari17",
    outDir: mode === "mock" ? "dist-mock" : "dist",
    emptyOutDir: true,
    // The content security policy of the window allows no data: addresses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: ["index.html", "overlay.html"].map((page) =>
        fileURLToPath(new URL(page, import.meta.url)),
      ),
    },
    modulePreload: { polyfill: false },
  },
  test: {
    projects: [
      // The limit is against a test that never ends, not against a busy computer.
      {
        extends: true,
        test: { name: "pure", include: ["src/**/*.test.ts"], testTimeout: 60_000 },
      },
      { extends: true, test: { name: "page", include: ["tests/*.test.ts"], ...page } },
      { extends: true, test: { name: "shots", include: ["tests/*.shots.ts"], ...page } },
      { extends: true, test: { name: "bench", include: ["tests/*.bench.ts"], ...page } },
    ],
  },
}));
