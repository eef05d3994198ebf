/** Calls a Tauri command and turns every error into a `Failure`. */

import { invoke } from "@tauri-apps/api/core";

import type { Failure } from "./types";

export async function ask<T>(
  command: string,
  parameters: Record<string, unknown> = {},
): Promise<T> {
  try {
    return await invoke<T>(command, parameters);
  } catch (error) {
    throw failure(error);
  }
}

/** A failure as it is; anything else is a mistake of the program. */
function failure(error: unknown): Failure {
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
    return error as Failure;
  }
  return { code: "internal", message: String(error) };
}
