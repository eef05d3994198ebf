/** Models, and how far they are on this computer. */

export interface Model {
  /** Names it in the settings. */
  name: string;
  title: string;
  is_demo: boolean;
  /** It is on this computer and complete. */
  is_ready: boolean;
  bytes: number;
}

/** What there is to know of models, and what is under way. */
export interface InstalledModels {
  cards: ModelInfo[];
  /** Which model suits this computer, and why. */
  advice: { model: string; dtype: string; reason: AdviceReason };
  /** The mirrors that are known. */
  mirrors: Mirror[];
  computer: Computer;
  /** Requests made since the program started. */
  n_requests: number;
  /** A model is being taken in from files. */
  is_importing: boolean;
}

/** A place that has the files of models. */
export interface Mirror {
  name: string;
  title: string;
}

/** What a recogniser runs on. */
export interface Computer {
  processor: string;
  n_threads: number;
  memory_bytes: number | null;
  gpus: Gpu[];
}

export interface Gpu {
  name: string;
  memory_bytes: number;
  /** This build can compute on it. */
  is_usable: boolean;
}

export type AdviceReason =
  "gpu" | "roomy" | "slow-processor" | "little-memory" | "too-little-memory";

/** A model of the catalog, as a person chooses it. */
export interface ModelInfo {
  name: string;
  title: string;
  /** It measures times of words; otherwise it turns speech into text. */
  is_aligner: boolean;
  /** When to choose it, in English. */
  about: string;
  /** English names of its languages. */
  languages: string[];
  licence: string;
  bytes: number;
  /** Memory it takes while it works, where that is known. */
  memory_bytes: number | null;
  is_recommended: boolean;
  /** How fast it was measured to be here. */
  speed: Speed | null;
  is_being_measured: boolean;
  state: ModelState;
}

export interface Speed {
  /** Seconds of work for a second of sound. */
  factor: number;
  /** What it was measured on. */
  device: string;
}

/** How far a model is on this computer. */
export type ModelState =
  | { kind: "built-in" }
  | { kind: "here" }
  | { kind: "absent" }
  /** A download began once and did not end; another goes on from there. */
  | { kind: "in-part"; done: number; total: number }
  | {
      kind: "coming";
      done: number;
      total: number | null;
      bytes_per_s: number;
      left_ms: number | null;
      is_paused: boolean;
    };
