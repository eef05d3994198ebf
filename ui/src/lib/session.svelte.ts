/** The session holds the page's state: what it knows of the shell, and the screen that is shown. */

import { SvelteMap } from "svelte/reactivity";

import type {
  Backend,
  Entry,
  EntryId,
  Event,
  Failure,
  Feature,
  Ms,
  Opening,
  Privacy,
  Settings,
} from "./backend";
import { applyTheme } from "./theme";
import { isRunning } from "./entry_state";
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
  #nVisits = 0;
  #listeners = new Set<(event: Event) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

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
    return session;
  }

  can(feature: Feature): boolean {
    return this.opening.features.includes(feature);
  }

  go(view: View): void {
    this.view = view;
  }

  open(id: EntryId, at_ms: Ms | null = null): void {
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

  /** Opens the window with captions, or closes it. */
  async toggleCaptions(): Promise<void> {
    await this.try(() => this.backend.toggleCaptions());
  }

  /** Opens the system's settings for what programs may use. */
  openPrivacy(page: Privacy): void {
    void this.try(() => this.backend.openPrivacy(page));
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

  tell(text: string, action?: Notice["action"]): void {
    this.#post({ text, isError: false, ...(action ? { action } : {}) });
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
      case "text":
        this.partial = { id: event.id, text: event.text };
        break;
      case "segment":
        this.partial = null;
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
      case "stock":
        break; // the screen of models listens
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
    if (this.partial?.id === entry.id && !isRunning(entry.state)) this.partial = null;
    const isRecorded = this.view.screen === "record" && this.view.id === entry.id;
    if (isRecorded && (kind === "done" || kind === "cancelled")) {
      this.view = { screen: "transcript", id: entry.id, at_ms: null, from: "start", visit: 0 };
    } else if (isRecorded && kind === "failed") this.view = { screen: "start" };
    if (kind === "done") {
      this.opening.is_first_run = false;
      if (isRecorded) return;
      this.tell(t.queue.isDone(entry.title), {
        label: t.queue.open,
        run: () => {
          this.open(entry.id);
        },
      });
    }
    if (kind === "failed") this.tell(t.queue.hasFailed(entry.title));
  }

  /** Applies the settings that concern the whole page. */
  #show(): void {
    applyTheme(this.settings);
  }
}
