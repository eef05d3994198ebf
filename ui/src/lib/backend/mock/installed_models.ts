/** The mock's models, and downloads that follow its clock. */

import type { ModelInfo, ModelState, InstalledModels } from "../types";
import type { Clock } from "./clock";

/** Bytes that come in a second. */
const SPEED = 100_000_000;
const TICK_MS = 250;

const LANGUAGES = ["Chinese", "English", "German", "Japanese"];

const info = (
  name: string,
  about: string,
  bytes: number,
  memory_bytes: number | null,
  state: ModelState,
): ModelInfo => ({
  name,
  title: name === "demo" ? "demo (synthetic sample voice only)" : name.replace(/-(?=[^-]+$)/, " "),
  is_aligner: name.includes("ligner"),
  about,
  languages: state.kind === "built-in" ? ["Chinese", "English"] : LANGUAGES,
  licence: "Apache-2.0",
  bytes,
  memory_bytes,
  is_recommended: name === "Qwen3-ASR-0.6B",
  speed: null,
  is_being_measured: false,
  state,
});

export class MockModels {
  readonly #models: ModelInfo[];
  readonly #clock: Clock;
  readonly #changed: () => void;
  #stops = new Map<string, () => void>();
  #n_requests = 0;

  constructor(clock: Clock, hasSmall: boolean, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
    const here: ModelState = hasSmall ? { kind: "here" } : { kind: "absent" };
    this.#models = [
      info("demo", "Very small and built in.", 0, null, { kind: "built-in" }),
      info("Qwen3-ASR-0.6B", "Fast, for everyday speech.", 1_880_000_000, 2_830_000_000, here),
      info("Qwen3-ASR-1.7B", "The most accurate.", 4_700_000_000, 5_510_000_000, {
        kind: "in-part",
        done: 412_000_000,
        total: 4_700_000_000,
      }),
      info("Qwen3-ForcedAligner-0.6B", "Word timing.", 1_840_000_000, 2_830_000_000, {
        kind: "absent",
      }),
    ];
  }

  now(): InstalledModels {
    return {
      models: this.#models,
      advice: { model: "Qwen3-ASR-0.6B", dtype: "q8_0", reason: "slow-processor" },
      mirrors: [
        { name: "huggingface", title: "Hugging Face" },
        { name: "hf-mirror", title: "HF-Mirror (China)" },
      ],
      computer: {
        processor: "AMD Ryzen 5",
        n_threads: 12,
        memory_bytes: 16_000_000_000,
        gpus: [{ name: "NVIDIA GeForce RTX 3060", memory_bytes: 12_900_000_000, is_usable: false }],
      },
      n_requests: this.#n_requests,
      is_importing: false,
    };
  }

  isHere(name: string): boolean {
    return this.#the(name).state.kind === "here";
  }

  download(name: string): void {
    const it = this.#the(name);
    const done = it.state.kind === "in-part" ? it.state.done : 0;
    const total = it.bytes;
    it.state = {
      kind: "coming",
      done,
      total,
      bytes_per_s: 0,
      left_ms: null,
      is_paused: false,
      is_retrying: false,
    };
    this.#n_requests += 1;
    this.#stops.set(
      name,
      this.#clock.every(TICK_MS, () => {
        this.#tick(it);
      }),
    );
    this.#changed();
  }

  pause(name: string, is_paused: boolean): void {
    const { state } = this.#the(name);
    if (state.kind === "coming") state.is_paused = is_paused;
    this.#changed();
  }

  stop(name: string): void {
    const it = this.#the(name);
    if (it.state.kind !== "coming") return;
    it.state = { kind: "in-part", done: it.state.done, total: it.bytes };
    this.#end(name);
  }

  /** Measures for two seconds. */
  measure(name: string): Promise<void> {
    const it = this.#the(name);
    it.is_being_measured = true;
    this.#changed();
    return new Promise((resolve) => {
      const stop = this.#clock.every(2000, () => {
        stop();
        it.is_being_measured = false;
        it.speed = { factor: 0.4, device: "CPU" };
        this.#changed();
        resolve();
      });
    });
  }

  set(name: string, state: ModelState): void {
    this.#the(name).state = state;
    this.#changed();
  }

  #tick(it: ModelInfo): void {
    if (it.state.kind !== "coming" || it.state.is_paused) return;
    const done = Math.min(it.bytes, it.state.done + (SPEED * TICK_MS) / 1000);
    const left_ms = ((it.bytes - done) / SPEED) * 1000;
    if (done === it.bytes) {
      it.state = { kind: "here" };
      this.#end(it.name);
      return;
    }
    it.state = { ...it.state, done, bytes_per_s: SPEED, left_ms, is_retrying: false };
    this.#changed();
  }

  #end(name: string): void {
    this.#stops.get(name)?.();
    this.#stops.delete(name);
    this.#changed();
  }

  #the(name: string): ModelInfo {
    const it = this.#models.find((one) => one.name === name);
    if (!it) throw new Error(`there is no model ${name}`);
    return it;
  }
}
