/** The session holds the page's state: what it knows of the shell, and the screen that is shown. */

import { SvelteMap } from "svelte/reactivity";

import type {
  Backend,
  Entry,
  EntryId,
  Event,
  Failure,
  Feature,
  InstalledModels,
  ModelInfo,
  Ms,
  Opening,
  Privacy,
  Settings,
} from "./backend";
import { applyTheme } from "./theme";
import { isRunning } from "./entry_state";
import { entryTitle } from "./entry_title";
import { LiveTranscript } from "./live_transcript.svelte";
import { t } from "./i18n/index.svelte";

export type View =
  | { screen: "start" | "history" | "models" | "settings" }
  | { screen: "record"; id: EntryId }
  | {
      screen: "transcript";
      id: EntryId;
      at_ms: Ms | null;
      from: "start" | "history";
      /** Counts, so that the same place can be gone to again. */
      visit: number;
    };

export interface Notice {
  text: string;
  details?: string;
  action?: { label: string; run: () => void };
  /** The entry that it is about. */
  about?: EntryId;
  isError: boolean;
}

/** What can stand in front of everything. */
export type Sheet = { kind: "keys" } | { kind: "export"; ids: EntryId[]; title: string };

/** How long a message stays. Units: ms. */
const NOTICE_MS = 10_000;

export class Session {
  readonly backend: Backend;
  readonly entries = new SvelteMap<EntryId, Entry>();
  opening: Opening;
  settings: Settings;
  queue = $state<EntryId[]>([]);
  /** The text so far of the chunk that is being recognised. */
  partial = $state<{ id: EntryId; text: string } | null>(null);
  /** The last words that were recognised, of a chunk that is finished or not. */
  latest = $state.raw<{ id: EntryId; text: string } | null>(null);
  /** Models and downloads, once they are known. */
  installed = $state.raw<InstalledModels | null>(null);
  /** The live transcript of the current recording, or of the last one. */
  live = $state.raw<LiveTranscript | null>(null);
  view = $state<View>({ screen: "start" });
  sheet = $state<Sheet | null>(null);
  isDragging = $state(false);
  /** The window with captions is open. */
  hasCaptions = $state(false);
  notice = $state.raw<Notice | null>(null);
  /** Kept here so that the history is found again as it was left. */
  search = $state("");
  /** The recording that has ended and is heard to its end; it cannot be paused. */
  #lastHeard = $state<EntryId | null>(null);
  #nVisits = 0;
  #listeners = new Set<(event: Event) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The entries that ended since nothing was left in the queue. */
  #batch: Entry[] = [];

  private constructor(backend: Backend, opening: Opening) {
    this.backend = backend;
    this.opening = $state(opening);
    this.settings = $state(opening.settings);
    for (const entry of opening.queue) this.entries.set(entry.id, entry);
    this.queue = opening.queue.map((entry) => entry.id);
    for (const entry of opening.queue) this.#follow(entry);
    this.#show();
  }

  /** Begins; events that come before the opening are kept until then. */
  static async begin(backend: Backend): Promise<Session> {
    const early: Event[] = [];
    let session: Session | null = null;
    const opening = await backend.open((event) => {
      if (session) session.#receive(event);
      else early.push(event);
    });
    session = new Session(backend, opening);
    for (const event of early) session.#receive(event);
    void session.loadModels();
    return session;
  }

  can(feature: Feature): boolean {
    return this.opening.features.includes(feature);
  }

  /** Whether an entry can be paused now. */
  canPause({ id, state }: Entry): boolean {
    const isPausable = ["waiting", "reading", "recognising"].includes(state.kind);
    return isPausable && this.can("pause") && id !== this.#lastHeard;
  }

  /** The recording that is being made. */
  get recording(): Entry | null {
    for (const id of this.queue) {
      const entry = this.entries.get(id);
      if (entry?.state.kind === "recording") return entry;
    }
    return null;
  }

  /** The chosen model is the demo, which understands nobody's voice. */
  get isDemo(): boolean {
    return this.opening.models.some(({ name, is_demo }) => is_demo && name === this.settings.model);
  }

  /** The languages that the chosen model understands, and the chosen one. */
  get languages(): string[] {
    const { model, language } = this.settings;
    const known = this.installed?.models.find(({ name }) => name === model)?.languages;
    return this.opening.languages.filter(
      (name) => !known || known.includes(name) || name === language,
    );
  }

  /** The model that is missing for word timing, where there is one. */
  get missingAligner(): ModelInfo | null {
    if (this.isDemo) return null;
    const aligners = (this.installed?.models ?? []).filter(
      ({ is_aligner, state }) => is_aligner && state.kind !== "built-in",
    );
    const isThere = aligners.some(({ state }) => state.kind === "here" || state.kind === "coming");
    return isThere ? null : (aligners[0] ?? null);
  }

  go(view: View): void {
    this.view = view;
  }

  open(id: EntryId, at_ms: Ms | null = null): void {
    if (this.notice?.about === id) this.dismiss();
    if (this.entries.get(id)?.state.kind === "recording") {
      this.view = { screen: "record", id };
      return;
    }
    const { view } = this;
    const from =
      view.screen === "history" ? "history" : view.screen === "transcript" ? view.from : "start";
    this.view = { screen: "transcript", id, at_ms, from, visit: ++this.#nVisits };
  }

  /** Records, and shows it. */
  async record(): Promise<void> {
    const id = await this.try(() => this.backend.record());
    if (id !== null) this.view = { screen: "record", id };
  }

  /** Shows the export of several transcripts. */
  exportAll(ids: EntryId[]): void {
    const [only] = ids.length === 1 ? ids.map((id) => this.entries.get(id)) : [];
    this.sheet = { kind: "export", ids, title: only ? entryTitle(only, t) : "" };
  }

  /** Resumes entries, in order. */
  async resumeAll(ids: EntryId[]): Promise<void> {
    for (const id of ids) await this.try(() => this.backend.resume(id));
  }

  /** Opens the window with captions, or closes it. */
  async toggleCaptions(): Promise<void> {
    await this.try(() => this.backend.toggleCaptions());
  }

  /** Opens the system's settings for what programs may use. */
  openPrivacy(page: Privacy): void {
    void this.try(() => this.backend.openPrivacy(page));
  }

  /** Pauses a recording, or resumes it. */
  async pauseRecording(id: EntryId, is_paused: boolean): Promise<void> {
    await this.try(() => (is_paused ? this.backend.pause(id) : this.backend.resume(id)));
  }

  /** Ends a recording; what was said is kept. */
  async stopRecording(id: EntryId): Promise<void> {
    await this.try(() => this.backend.cancel(id));
  }

  /** Learns what there is to know of models; changes come as events. */
  async loadModels(): Promise<void> {
    if (!this.can("installed-models")) return;
    this.installed = (await this.try(() => this.backend.installedModels())) ?? this.installed;
  }

  /** Is told every event as well, until the returned function is called. */
  listen(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Does something with the shell; a failure becomes a message, and `null`. */
  async try<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (failure) {
      this.trouble(failure as Failure);
      return null;
    }
  }

  async change(change: Partial<Settings>): Promise<void> {
    const settings = await this.try(() => this.backend.changeSettings(change));
    if (settings) this.settings = settings;
    if (settings && "dictation_shortcut" in change) {
      this.opening.shortcut = settings.dictation_shortcut === null ? "none" : "works";
    }
    this.#show();
  }

  tell(text: string, action?: Notice["action"], about?: EntryId): void {
    this.#post({
      text,
      isError: false,
      ...(action ? { action } : {}),
      ...(about === undefined ? {} : { about }),
    });
  }

  trouble({ code, message }: Failure): void {
    const action =
      code === "microphone-denied" && this.can("microphone-privacy")
        ? { label: t.privacy.open, run: () => this.openPrivacy("microphone") }
        : null;
    this.#post({
      text: t.failure(code),
      details: message,
      isError: true,
      ...(action ? { action } : {}),
    });
  }

  /** Says what was not added, and why. */
  #notAdded({ n_added, named, n_not_added }: Event & { kind: "not-added" }): void {
    if (n_not_added === 0) {
      this.tell(t.start.noRecordings);
      return;
    }
    const n_more = n_not_added - named.length;
    const sentences = [
      ...named.map(({ name, reason }) => t.notAdded(name, reason)),
      ...(n_more > 0 ? [t.moreNotAdded(n_more)] : []),
      ...(n_added > 0 ? [t.queue.added(n_added)] : []),
    ];
    this.#post({ text: t.sentences(sentences), isError: true });
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.notice = null;
  }

  #post(notice: Notice): void {
    this.dismiss();
    this.notice = notice;
    if (!notice.isError) this.#timer = setTimeout(() => (this.notice = null), NOTICE_MS);
  }

  #receive(event: Event): void {
    switch (event.kind) {
      case "entry":
        this.#update(event.entry);
        break;
      case "queue":
        if (event.ids.length > this.queue.length && this.view.screen !== "start") {
          this.tell(t.queue.added(event.ids.length - this.queue.length));
        }
        this.queue = event.ids;
        break;
      case "not-added":
        this.#notAdded(event);
        break;
      case "text":
        this.partial = { id: event.id, text: event.text };
        if (event.text !== "") this.latest = this.partial;
        break;
      case "segment":
        this.partial = null;
        this.latest = { id: event.id, text: event.segment.text };
        break;
      case "captions":
        this.hasCaptions = event.is_open;
        break;
      case "drag":
        this.isDragging = event.phase === "over";
        break;
      case "settings":
        this.settings = event.settings;
        this.#show();
        break;
      case "models":
        this.opening.models = event.models;
        break;
      case "installed-models":
        this.installed = event.installed;
        break;
      case "loaded":
        if (event.note !== null) this.tell(event.note);
        break;
      case "show":
        this.open(event.id, event.at_ms);
        break;
      case "trouble":
        this.trouble(event.failure);
        break;
    }
    this.live?.receive(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** Follows a recording that is being made. */
  #follow({ id, state }: Entry): void {
    if (state.kind !== "recording" || this.live?.id === id) return;
    const live = new LiveTranscript(id);
    this.live = live;
    void this.try(async () => {
      live.prepend((await this.backend.openEntry(id)).segments);
    });
  }

  #update(entry: Entry): void {
    const before = this.entries.get(entry.id)?.state.kind;
    this.entries.set(entry.id, entry);
    this.#follow(entry);
    const { kind } = entry.state;
    if (before === kind || before === undefined) return;
    if (before === "recording" && isRunning(entry.state)) this.#lastHeard = entry.id;
    else if (this.#lastHeard === entry.id) this.#lastHeard = null;
    if (this.partial?.id === entry.id && !isRunning(entry.state)) this.partial = null;
    const isRecorded = this.view.screen === "record" && this.view.id === entry.id;
    if (isRecorded && (kind === "done" || kind === "cancelled")) {
      this.view = { screen: "transcript", id: entry.id, at_ms: null, from: "start", visit: 0 };
    } else if (isRecorded && kind === "failed") this.view = { screen: "start" };
    if (kind === "done") this.opening.is_first_run = false;
    if (kind === "done" || kind === "failed") this.#batch.push(entry);
    const ended = this.#isBusy() ? [] : this.#batch.splice(0);
    if (ended.length > 1) this.#tellBatch(ended);
    else if (kind === "done" && !isRecorded) this.#tellDone(entry);
    else if (kind === "failed") this.tell(t.queue.hasFailed(entryTitle(entry, t)));
  }

  /** Something in the queue waits or is worked on. */
  #isBusy(): boolean {
    return this.queue.some((id) => {
      const state = this.entries.get(id)?.state;
      return state !== undefined && (state.kind === "waiting" || isRunning(state));
    });
  }

  #tellDone(entry: Entry): void {
    const { id } = entry;
    const isShown = this.view.screen === "transcript" && this.view.id === id;
    const run = () => {
      this.open(id);
    };
    const action = isShown ? undefined : { label: t.queue.open, run };
    this.tell(t.queue.isDone(entryTitle(entry, t)), action, id);
  }

  #tellBatch(ended: Entry[]): void {
    const done = ended.filter(({ state }) => state.kind === "done").map(({ id }) => id);
    const text = t.queue.batchEnded(done.length, ended.length - done.length);
    const run = () => {
      this.exportAll(done);
    };
    const canExport = done.length > 0 && this.can("export");
    const label = done.length === 1 ? t.transcript.export : t.queue.exportAll;
    this.tell(text, canExport ? { label, run } : undefined);
  }

  /** Applies the settings that concern the whole page. */
  #show(): void {
    applyTheme(this.settings);
  }
}
