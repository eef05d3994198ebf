/** The backend of this build. */

import type { Backend } from "./types";

export * from "./types";

/** The shell, or in the build for tests and design the mock. */
export async function connect(): Promise<Backend> {
  if (import.meta.env.MODE === "mock") return (await import("./mock/page")).onThePage();
  return (await import("./tauri")).tauri;
}
