/** The mock backend, in memory, for building and testing the page without the shell. */

import { apply } from "$lib/edit/change";
import { withText } from "$lib/edit/retime";
import { isRunning } from "$lib/entry_state";

import type {
  Backend,
  Code,
  Entry,
  EntryId,
  Event,
  ExportOptions,
  Failure,
  HistoryQuery,
  HistoryRow,
  Model,
  Privacy,
  Settings,
} from "../types";
import { type Clock } from "./clock";
import { preview, render } from "./export";
import { defaults, describe, history, longMeeting, stored, type Stored } from "./sample_history";
import { listen as listenTo } from "./microphone";
import { soundOf } from "./audio";
import { speak } from "./speech";
import { MockModels } from "./installed_models";

export interface Scene {
  clock: Clock;
  /** Nothing was ever transcribed. */
  empty?: boolean;
  /** The history holds a transcript of 40 000 words. */
  long?: boolean;
  settings?: Partial<Settings>;
}

/** What a test may ask the mock besides. */
export interface Mock extends Backend {
  /** Hands files over as a drop or a dialog would. */
  submit(files: string[]): number;
  emit(event: Event): void;
  /** What a copy put on the clipboard, and what exports wrote. */
  readonly clipboard: string;
  readonly disk: Map<string, string>;
  /** The pages of the system's settings that were opened. */
  readonly pages: readonly Privacy[];
  /** What is stored of a transcript. */
  texts(id: EntryId): string[];
}

/** Seconds of a recording recognised in a second. */
const SPEED = 20;
const TICK_MS = 250;
const PAGE = 50;

export function mock({ clock, empty = false, long = false, settings: change = {} }: Scene): Mock {
  let settings: Settings = { ...defaults, ...change };
  let listen: (event: Event) => void = () => undefined;
  const all = new Map<EntryId, Stored>();
  if (!empty) for (const it of history(clock.now())) all.set(it.entry.id, it);
  if (long) {
    const meeting = longMeeting(clock.now());
    all.set(90, meeting);
    // Before it is opened, as the shell has it on disk.
    soundOf(meeting.spoken, meeting.entry.duration_ms ?? 0);
  }
  let queue: EntryId[] = [...all.values()]
    .filter((it) => it.entry.state.kind === "unfinished")
    .map((it) => it.entry.id);
  let nextId = 101;
  let stopTicking: (() => void) | null = null;
  let clipboard = "";
  let lastFolder = "";
  const disk = new Map<string, string>();
  let stopRetranscription: (() => void) | null = null;
  const modelStore = new MockModels(clock, !empty, () => {
    emit({ kind: "installed-models", installed: modelStore.now() });
    for (const model of models) model.is_ready ||= modelStore.isHere(model.name);
    emit({ kind: "models", models });
  });
  let stopRecording: (() => void) | null = null;
  let hasCaptions = false;
  const pages: Privacy[] = [];
  const models: Model[] = [
    {
      name: "demo",
      title: "demo (synthetic sample voice only)",
      is_demo: true,
      is_ready: true,
      bytes: 2_900_000,
    },
    {
      name: "Qwen3-ASR-0.6B",
      title: "Qwen3-ASR 0.6B",
      is_demo: false,
      is_ready: !empty,
      bytes: 1_880_000_000,
    },
  ];
  if (!empty && change.model === undefined) settings.model = "Qwen3-ASR-0.6B";

  const fail = (code: Code, message: string): never => {
    throw { code, message } satisfies Failure;
  };
  const the = (id: EntryId): Stored =>
    all.get(id) ?? fail("entry-missing", `there is no entry ${id}; reload the list`);
  const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const emit = (event: Event) => {
    listen(copyOf(event));
  };
  const tell = (it: Stored) => {
    emit({ kind: "entry", entry: it.entry });
  };
  const tellQueue = () => {
    emit({ kind: "queue", ids: queue });
  };

  function submit(files: string[]): number {
    for (const file of files) {
      const id = nextId++;
      const isChinese = /\p{Script=Han}/u.test(file);
      const spoken = speak(isChinese ? "Chinese" : "English", 100_000 + (id % 3) * 40_000, id);
      const it = stored(id, file, clock.now(), spoken);
      it.entry.duration_ms = null;
      it.entry.is_dictation = file.startsWith("Dictation");
      all.set(id, it);
      queue.push(id);
      tell(it);
    }
    tellQueue();
    work();
    return files.length;
  }

  function work(): void {
    stopTicking ??= clock.every(TICK_MS, tick);
  }

  function tick(): void {
    const rows = queue.map(the);
    const it =
      rows.find((row) => isRunning(row.entry.state)) ??
      rows.find((row) => row.entry.state.kind === "waiting");
    if (!it) {
      stopTicking?.();
      stopTicking = null;
      return;
    }
    step(it);
    tell(it);
  }

  function step(it: Stored): void {
    const { entry } = it;
    const total_ms = (it.spoken.at(-1)?.end_ms ?? 0) + 700;
    if (entry.state.kind === "waiting") {
      entry.state = { kind: "reading" };
      return;
    }
    if (entry.state.kind === "pausing") {
      entry.state = { ...entry.state, kind: "paused" };
      return;
    }
    if (entry.state.kind === "reading") {
      const failure = troubleWith(entry.file);
      if (failure) {
        entry.state = { kind: "failed", failure, done_ms: 0, total_ms: null };
        return;
      }
      const model = models.find((m) => m.name === settings.model);
      entry.model = model?.title ?? "";
      entry.is_demo = model?.is_demo ?? false;
      if (/truncated/i.test(entry.file)) {
        entry.warnings = ["decoded 0:12.499 of about 1:00.000; the file ends early"];
      }
      entry.duration_ms = total_ms;
      const done_ms = it.segments.at(-1)?.end_ms ?? 0;
      entry.state = { kind: "recognising", done_ms, total_ms, left_ms: null };
      return;
    }
    if (entry.state.kind === "recognising") {
      const done_ms = Math.min(total_ms, entry.state.done_ms + TICK_MS * SPEED);
      recogniseUpTo(it, done_ms);
      const left_ms = (total_ms - done_ms) / SPEED;
      entry.state =
        done_ms < total_ms ? { kind: "recognising", done_ms, total_ms, left_ms } : { kind: "done" };
      describe(it);
    }
  }

  function recogniseUpTo(it: Stored, until_ms: number): void {
    const { id } = it.entry;
    let next = it.spoken[it.segments.length];
    while (next && next.end_ms <= until_ms) {
      it.segments.push(next);
      describe(it);
      emit({ kind: "segment", id, segment: next });
      next = it.spoken[it.segments.length];
    }
    if (!next) return;
    const words = next.words.filter((word) => word.end_ms <= until_ms);
    const text = words.map((w) => w.text).join(next.language === "Chinese" ? "" : " ");
    if (text) emit({ kind: "text", id, text });
  }

  function troubleWith(file: string): Failure | null {
    if (/broken/i.test(file)) {
      return {
        code: "recording-invalid",
        message: `${file} holds no sound that can be read; choose another file or repair it`,
      };
    }
    if (/\.(amr|wma)$/i.test(file)) {
      return { code: "needs-ffmpeg", message: `only ffmpeg can read ${file}; install it` };
    }
    return null;
  }

  const previewOf = (id: EntryId, options: ExportOptions, from: number) => {
    const { entry, segments } = the(id);
    return preview(entry, segments, options, from, (name) => disk.has(`${entry.folder}/${name}`));
  };

  const progressOf = (entry: Entry) => {
    const { state } = entry;
    return {
      done_ms: "done_ms" in state ? state.done_ms : 0,
      total_ms: "total_ms" in state ? state.total_ms : entry.duration_ms,
    };
  };

  function find({ text, filter, language }: HistoryQuery): HistoryRow[] {
    const terms = [...text.matchAll(/"([^"]+)"|(\S+)/g)].map((m) =>
      (m[1] ?? m[2] ?? "").toLowerCase(),
    );
    const rows: HistoryRow[] = [];
    for (const { entry, segments } of [...all.values()].reverse()) {
      const kind = entry.state.kind;
      if ((filter === "deleted") !== (entry.deleted_at !== null)) continue;
      if (filter === "recordings" && entry.is_dictation) continue;
      if (filter === "dictations" && !entry.is_dictation) continue;
      if (filter === "starred" && !entry.is_starred) continue;
      if (filter === "problems" && !["failed", "unfinished", "cancelled"].includes(kind)) continue;
      if (language !== null && !entry.language.split(",").includes(language)) continue;
      const title = entry.title.toLowerCase();
      const hits = segments.flatMap((segment, at) => {
        const parts = marked(segment.text, terms);
        return parts.length > 0 ? [{ at, start_ms: segment.start_ms, parts }] : [];
      });
      const whole = `${title}\n${segments.map((s) => s.text.toLowerCase()).join("\n")}`;
      if (!terms.every((term) => whole.includes(term))) continue;
      rows.push({ entry, hits: hits.slice(0, 3), n_hits: hits.length });
    }
    return rows.sort((a, b) => b.entry.added_at - a.entry.added_at);
  }

  return {
    submit,
    emit,
    get clipboard() {
      return clipboard;
    },
    disk,
    pages,
    texts: (id) => the(id).segments.map((s) => s.text),

    open: async (listener) => {
      listen = listener;
      return copyOf({
        version: "0.1.0",
        features: [
          "record",
          "captions",
          "pause",
          "reorder",
          "history",
          "edit",
          "player",
          "align-again",
          "recognise-again",
          "export",
          "backup",
          "models",
          "installed-models",
          "notify",
          "log",
          "microphone-privacy",
          "accessibility-privacy",
          "dictate",
        ],
        settings,
        defaults,
        models,
        devices: [
          { name: "auto", title: "" },
          { name: "cpu", title: "CPU" },
        ],
        languages: [
          "Cantonese",
          "Chinese",
          "English",
          "French",
          "German",
          "Japanese",
          "Korean",
          "Spanish",
        ],
        queue: queue.map((id) => the(id).entry),
        is_first_run: all.size === 0,
        has_sample: true,
        shortcut: settings.dictation_shortcut === null ? "none" : "works",
      } as const) as unknown as Awaited<ReturnType<Backend["open"]>>;
    },

    chooseFiles: async () => submit(["Interview 12.m4a"]),
    chooseFolder: async () => submit(["Monday.mp3", "Tuesday.mp3", "broken take.wav"]),
    transcribeSample: async () => {
      submit(["Sample.flac"]);
      return nextId - 1;
    },
    record: async () => {
      const open = [...all.values()].find(({ entry }) => entry.state.kind === "recording");
      if (open) return open.entry.id;
      if (settings.microphone === "gone") {
        return fail("microphone", `no sound from "gone": there is no such device`);
      }
      const id = nextId++;
      const isChinese = settings.interface_language === "zh-CN";
      const spoken = speak(isChinese ? "Chinese" : "English", 10 * 60_000, id);
      const it = stored(id, "2026-11-20 10.00.00.wav", clock.now(), spoken);
      it.entry.title = isChinese ? "录音 2026-11-20 10:00" : "Recording 2026-11-20 10:00";
      it.entry.folder = "/home/mara/.local/share/earmark/recordings";
      it.entry.duration_ms = null;
      all.set(id, it);
      queue.push(id);
      stopRecording = listenTo(it, clock, emit);
      tell(it);
      tellQueue();
      return id;
    },
    microphones: async () => [
      { id: "desk", name: "Desk microphone", is_system: false },
      { id: "monitor", name: "Monitor of the speakers", is_system: true },
    ],
    toggleCaptions: async () => {
      hasCaptions = !hasCaptions;
      emit({ kind: "captions", is_open: hasCaptions });
    },
    openPrivacy: async (page) => {
      pages.push(page);
    },
    cancel: async (id) => {
      const it = the(id);
      if (it.entry.state.kind === "recording") {
        stopRecording?.();
        hasCaptions = false;
        emit({ kind: "captions", is_open: false });
        it.entry.model = models.find((model) => model.name === settings.model)?.title ?? "";
        tell(it);
        work();
        return;
      }
      it.entry.state = { kind: "cancelled", ...progressOf(it.entry) };
      tell(it);
    },
    pause: async (id) => {
      const it = the(id);
      if (it.entry.state.kind === "recording") {
        it.entry.state = { ...it.entry.state, is_paused: true };
        tell(it);
        return;
      }
      const kind = isRunning(it.entry.state) ? "pausing" : "paused";
      it.entry.state = { kind, ...progressOf(it.entry) };
      tell(it);
    },
    resume: async (id) => {
      const it = the(id);
      if (it.entry.state.kind === "recording") {
        it.entry.state = { ...it.entry.state, is_paused: false };
        tell(it);
        return;
      }
      const { done_ms, total_ms } = progressOf(it.entry);
      it.entry.state =
        total_ms !== null && done_ms > 0
          ? { kind: "recognising", done_ms, total_ms, left_ms: null }
          : { kind: "waiting" };
      if (!queue.includes(id)) queue.push(id);
      tell(it);
      tellQueue();
      work();
    },
    startAgain: async (id) => {
      const it = the(id);
      it.segments = [];
      describe(it);
      it.entry.state = { kind: "waiting" };
      if (!queue.includes(id)) queue.push(id);
      tell(it);
      tellQueue();
      work();
    },
    move: async (id, before) => {
      queue = queue.filter((other) => other !== id);
      queue.splice(before === null ? queue.length : queue.indexOf(before), 0, id);
      tellQueue();
    },
    clearQueue: async (ids) => {
      queue = queue.filter((id) => !ids.includes(id));
      tellQueue();
    },

    openEntry: async (id) => {
      const it = the(id);
      const audio_url =
        it.spoken.length > 0
          ? URL.createObjectURL(soundOf(it.spoken, it.entry.duration_ms ?? 0).hum)
          : null;
      return copyOf({
        entry: it.entry,
        segments: it.segments,
        revision: it.revision,
        audio_url,
        expected: it.expected ?? [],
      });
    },
    waveform: async (id) => {
      const { spoken, entry } = the(id);
      return {
        peaks: soundOf(spoken, entry.duration_ms ?? 0).peaks,
        speech: spoken.map(({ start_ms, end_ms }) => [start_ms, end_ms]),
      };
    },
    save: async (id, revision, splices) => {
      const it = the(id);
      if (revision !== it.revision) {
        return fail("conflict", "the transcript was changed elsewhere; open it again");
      }
      it.segments = apply(it.segments, copyOf(splices)).segments;
      it.revision += splices.length;
      describe(it);
      tell(it);
      return it.revision;
    },
    retranscribe: (id, request) => {
      const it = the(id);
      return new Promise((resolve) => {
        const done = (value: Stored["segments"] | null) => {
          stop();
          stopRetranscription = null;
          resolve(value);
        };
        const stop = clock.every(1200, () => {
          done(
            it.segments.slice(request.at, request.at + request.n).map((segment) => {
              const original = it.spoken.find((s) => s.start_ms === segment.start_ms) ?? segment;
              const result = request.kind === "align" ? segment : withText(original, original.text);
              const words = result.words.map((word) => ({
                ...word,
                quality: 0.95,
                probability: Math.max(word.probability, 0.9),
              }));
              return copyOf({ ...result, speaker: segment.speaker, words });
            }),
          );
        });
        stopRetranscription = () => {
          done(null);
        };
      });
    },
    stopRetranscription: async () => {
      stopRetranscription?.();
    },
    rename: async (id, title) => {
      const it = the(id);
      it.entry.title = title.trim() || it.entry.file.replace(/\.[^.]+$/, "");
      tell(it);
    },

    preview: async (id, options, from) => previewOf(id, options, from),
    export: async (ids, options, to) => {
      settings = { ...settings, export: options, export_to: to };
      emit({ kind: "settings", settings });
      const files = ids.map((id) => {
        const it = the(id);
        const look = previewOf(id, options, 0);
        const name = to === "ask" ? look.name : look.name_beside;
        lastFolder = to === "ask" ? "/home/mara/Desktop" : it.entry.folder;
        disk.set(`${lastFolder}/${name}`, render(it.entry, it.segments, options));
        return name;
      });
      return { files, folder: lastFolder };
    },
    copy: async (id, options) => {
      clipboard = render(the(id).entry, the(id).segments, options);
    },
    showExported: async () => undefined,
    showRecording: async () => undefined,

    history: async (query) => {
      const rows = find(query);
      const from = Number(query.after ?? 0);
      const next = from + PAGE < rows.length ? String(from + PAGE) : null;
      return copyOf({ rows: rows.slice(from, from + PAGE), n_total: rows.length, next });
    },
    star: async (ids, is_starred) => {
      for (const id of ids) {
        the(id).entry.is_starred = is_starred;
        tell(the(id));
      }
    },
    delete: async (ids) => {
      for (const id of ids) {
        the(id).entry.deleted_at = clock.now();
        tell(the(id));
      }
      queue = queue.filter((id) => !ids.includes(id));
      tellQueue();
    },
    restore: async (ids) => {
      for (const id of ids) {
        the(id).entry.deleted_at = null;
        tell(the(id));
      }
    },
    purge: async (ids) => {
      for (const id of ids) all.delete(id);
    },
    storage: async () => ({
      n_entries: all.size,
      n_deleted: [...all.values()].filter((it) => it.entry.deleted_at !== null).length,
      database_bytes: 3_400_000,
      audio_bytes: 0,
      folder: "/home/mara/.local/share/earmark",
    }),
    backUp: async () => "earmark-2026-11-20.backup",
    restoreBackup: async () => 0,

    changeSettings: async (change) => {
      if (change.dictation_shortcut === "Ctrl+Alt+T") {
        return fail("shortcut", "this shortcut is taken; choose other keys");
      }
      for (const address of [change.proxy, change.mirror]) {
        if (address?.includes(" ")) fail("address", `\`${address}\` is no address`);
      }
      settings = { ...settings, ...change };
      return copyOf(settings);
    },
    chooseModel: async () => {
      const model = models[1] as Model;
      model.is_ready = true;
      settings = { ...settings, model: model.name };
      emit({ kind: "models", models });
      emit({ kind: "settings", settings });
      return copyOf(model);
    },
    installedModels: async () => copyOf(modelStore.now()),
    downloadModel: async (name) => {
      if (settings.network_off) fail("network-off", "the network is switched off");
      modelStore.download(name);
    },
    pauseModel: async (name, is_paused) => {
      modelStore.pause(name, is_paused);
    },
    stopModel: async (name) => {
      modelStore.stop(name);
    },
    measureModel: (name) => modelStore.measure(name),
    importModel: async () => {
      modelStore.set("Qwen3-ForcedAligner-0.6B", { kind: "here" });
      return true;
    },
    removeModel: async (name) => {
      modelStore.set(name, { kind: "absent" });
    },
    openFolder: async () => undefined,
    folders: async () => ({
      history: "/home/mara/.local/share/earmark",
      models: "/home/mara/.local/share/earmark/models",
      log: "/home/mara/.local/state/earmark",
    }),
    log: async () => [
      { at: clock.now() - 4000, level: "info", text: "earmark 0.1.0 starts" },
      { at: clock.now() - 3900, level: "info", text: "history opened, schema 3" },
      {
        at: clock.now() - 900,
        level: "warn",
        text: "no graphics card found, computing on the processor",
      },
    ],
    diagnostics: async () =>
      "Earmark 0.1.0\nSystem: Linux x86_64\nDevice: CPU, 2 threads\nModel: Qwen3-ASR 0.6B\n",
    copyText: async (text) => {
      clipboard = text;
    },
  };
}

/** A line in parts, those found marked; nothing when none is in it. */
function marked(text: string, terms: string[]): { text: string; is_match: boolean }[] {
  const pattern = terms.map((t) => t.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  if (!pattern || !new RegExp(pattern, "iu").test(text)) return [];
  return text
    .split(new RegExp(`(${pattern})`, "iu"))
    .map((part, i) => ({ text: part, is_match: i % 2 === 1 }))
    .filter((part) => part.text !== "");
}
