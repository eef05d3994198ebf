/** Calls Tauri's commands and turns every error into a `Failure`. */

import { invoke } from "@tauri-apps/api/core";

import type { OverlayCommands, PageCommands } from "./generated/commands";
import type { Failure } from "./types";

/** Asks for a command, with its arguments where it takes any. */
type Ask<Commands extends { [C in keyof Commands]: { takes: object | null; gives: unknown } }> = <
  C extends keyof Commands,
>(
  command: C,
  ...takes: Commands[C]["takes"] extends object ? [Commands[C]["takes"]] : []
) => Promise<Commands[C]["gives"]>;

/** What the main page asks with. */
export const askFromPage: Ask<PageCommands> = call;

/** What an overlay asks with. */
export const askFromOverlay: Ask<OverlayCommands> = call;

async function call(command: string, takes?: object): Promise<never> {
  try {
    return await invoke<never>(command, { ...takes });
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
