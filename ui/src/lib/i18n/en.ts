/** Every text on the screen, in English. The other languages have the same keys. */

import type {
  AdviceReason,
  ModelInfo,
  Code,
  CueProblem,
  Format,
  HistoryFilter,
  NotAddedReason,
} from "$lib/backend/types";
import { formatNames } from "$lib/export_formats";
import { isCountedInCharacters } from "$lib/language_codes";

import { pluralIn } from "./plural";

const plural = pluralIn("en");
const files = (n: number) => plural(n, { one: "# file", other: "# files" });
const matches = (n: number) => plural(n, { one: "# match", other: "# matches" });
const recordings = (n: number) => plural(n, { one: "# recording", other: "# recordings" });
const transcripts = (n: number) => plural(n, { one: "# transcript", other: "# transcripts" });

const codes: Record<Code, string> = {
  "recording-unreadable":
    "The file is missing or cannot be read. Check its location and permissions.",
  "recording-invalid":
    "No readable audio was found in this file. Choose another file, or repair this one.",
  "needs-ffmpeg":
    "Reading this kind of file needs ffmpeg. Install ffmpeg, or convert the file to WAV, FLAC, MP3 or M4A.",
  "model-missing":
    "This model is not on this computer. Download it, or choose another one in the settings.",
  "model-invalid":
    "The model’s files are incomplete or damaged. Download or import the model again.",
  "not-a-model":
    "This is not a model that Earmark can use. Choose the folder or archive that holds the model’s config.json and .safetensors files.",
  "model-busy": "Another copy of Earmark is using this model’s files. Wait until it has finished.",
  "network-off": "The network is turned off in the settings, so nothing was requested.",
  network:
    "Earmark could not reach the download server. Check your connection, or choose another mirror. What was already downloaded is kept.",
  address: "This address cannot be used, so nothing was changed. Enter a different one.",
  "no-space":
    "There is not enough disk space. Free some space and try again; finished work is kept.",
  disk: "A file cannot be read or written. Check the permissions of its folder, or choose another folder.",
  microphone:
    "There is no sound from the microphone. Connect it, close other programs that use it, or choose another one.",
  "microphone-denied":
    "The system does not let Earmark use the microphone. Allow it in the system’s privacy settings.",
  recording: "A recording is in progress. You can dictate once it has ended.",
  shortcut:
    "That shortcut is taken by another program, or its keys are needed for typing. Choose another one in the settings.",
  device: "The chosen device does not work. Choose another one in the settings.",
  engine:
    "Recognition failed, most likely because there was not enough memory. Finished work is kept.",
  "entry-missing": "This transcript no longer exists.",
  conflict: "The transcript was changed elsewhere. Reopen it.",
  store: "The history cannot be read or written. Check that the disk is not full.",
  "export-unwritable": "The file cannot be saved there. Choose another folder.",
  "backup-invalid": "This file is not an Earmark backup.",
  internal:
    "Something went wrong in Earmark. Please report it, with the diagnostics from the settings.",
};

const notAdded: Record<NotAddedReason, (name: string) => string> = {
  empty: (name) => `“${name}” is empty. Check that it was copied completely.`,
  subtitles: (name) => `“${name}” is a subtitle file. Add the recording that it belongs to.`,
  picture: (name) => `“${name}” is a picture. Add an audio or video file.`,
  playlist: (name) => `“${name}” is a playlist. Add the recordings that it lists.`,
  "no-recording": (name) => `“${name}” is not a recording. Add an audio or video file.`,
  unreadable: (name) => `“${name}” cannot be opened. Check its permissions.`,
};

const reasons: Record<AdviceReason, string> = {
  gpu: "It fits in the graphics card’s memory.",
  roomy: "This computer has enough memory and speed for the most accurate model.",
  "slow-processor": "A larger model would be slow on this processor.",
  "little-memory": "A larger model would not fit in memory.",
  "too-little-memory": "This is the smallest model, but there may still not be enough memory.",
};

const filters: Record<HistoryFilter, string> = {
  all: "All",
  recordings: "Recordings",
  dictations: "Dictations",
  starred: "Starred",
  problems: "Failed or unfinished",
  deleted: "Deleted",
};

const cueProblems: Record<CueProblem, string> = {
  "too-fast": "too fast to read",
  "too-long": "shown too long",
  "too-wide": "line too wide",
  estimated: "times estimated",
};

/** Titles of the catalog that are more than a name. */
const titles: Record<string, string> = {
  "demo (synthetic sample voice only)": "Demo (synthetic sample voice only)",
  "demo aligner (synthetic sample voice only)": "Demo aligner (synthetic sample voice only)",
};

/** Names of languages by the English name the model uses; empty here, because that is the name. */
const languages: Record<string, string> = {};

export const en = {
  locale: "en",
  app: "Earmark",
  failure: (code: Code) => codes[code],
  notAdded: (name: string, reason: NotAddedReason) => notAdded[reason](name),
  moreNotAdded: (n: number) =>
    plural(n, { one: "# more file was not added", other: "# more files were not added" }),
  languageName: (name: string) => languages[name] ?? name,
  modelTitle: (title: string) => titles[title] ?? title,

  nav: {
    label: "Main",
    start: "Transcribe",
    history: "History",
    models: "Models",
    settings: "Settings",
    keys: "Shortcuts",
  },

  start: {
    heading: "Transcribe",
    dropHere: "Drop recordings here",
    privacyNote: "Audio or video, files or folders. Nothing leaves your computer.",
    choose: "Choose recordings…",
    record: "Record",
    folder: "Choose a folder…",
    release: "Release to transcribe",
    language: "Language",
    anyLanguage: "Detect language",
    model: "Model",
    sample: "Try the sample",
    demo: "The built-in demo model understands only the synthetic voice of the sample. For your own recordings, use a Qwen3-\u2060ASR model.",
    chooseModel: "Use a model from a folder…",
    getModel: "Get a model for real speech…",
    useModel: (title: string) => `Use ${title}`,
    wordTiming: "Word timing needs a second model; until then, times are estimated.",
    getWordTiming: "Get word timing…",
    noRecordings: "No recordings were found in that folder.",
  },

  record: {
    stop: "Stop recording",
    stopShort: "Stop",
    level: "Level",
    length: "Length",
    text: "Live transcript",
    speak: "Start speaking; the text appears here.",
    listening: (microphone: string) => `Listening to ${microphone}.`,
    noMicrophone:
      "The microphone was disconnected; waiting for another one. What was recorded so far is kept.",
    paused: "Paused; nothing is being recorded.",
    finishing: "The recording has ended; the last words are being recognised.",
    behind: (time: string) => `The text is ${time} behind the speech; nothing is lost.`,
  },

  privacy: {
    name: "Permissions",
    hint: "The system asks once. Recording needs the microphone permission; pasting dictated text into other programs needs the accessibility permission. You can change both in the system settings.",
    open: "Open system settings",
    pages: { microphone: "Microphone…", accessibility: "Accessibility…" },
  },

  captions: {
    title: "Captions",
    empty: "Speech appears here as captions.",
    larger: "Larger text",
    smaller: "Smaller text",
    close: "Close captions",
  },

  queue: {
    heading: "Queue",
    clear: "Clear finished",
    summary: (left: number) => `${recordings(left)} left`,
    recording: "Recording",
    waiting: "Waiting",
    reading: "Reading",
    recognising: "Recognising",
    pausing: "Pausing after the current section",
    paused: "Paused",
    done: "Done",
    cancelled: "Stopped; finished text is kept",
    unfinished: "Unfinished; can be resumed",
    failed: "Failed",
    of: (done: string, total: string) => `${done} of ${total}`,
    left: (time: string) => `${time} left`,
    /** What a text of these languages, comma-joined, is counted in. */
    words: (n: number, language: string) =>
      isCountedInCharacters(language, "all")
        ? plural(n, { one: "# character", other: "# characters" })
        : plural(n, { one: "# word", other: "# words" }),
    pause: (title: string) => `Pause ${title}`,
    resume: (title: string) => `Resume ${title}`,
    cancel: (title: string) => `Stop ${title}`,
    retry: "Try again",
    pauseShort: "Pause",
    resumeShort: "Resume",
    resumeAll: "Resume all",
    open: "Open",
    up: (title: string) => `Move ${title} up`,
    down: (title: string) => `Move ${title} down`,
    remove: (title: string) => `Remove ${title} from the queue`,
    progress: (title: string) => `Progress of ${title}`,
    added: (n: number) => `${recordings(n)} added`,
    isDone: (title: string) => `${title} is done`,
    hasFailed: (title: string) => `${title} failed`,
    byDemoModel: "Transcribed by the demo model",
    /** How many recordings of a batch became transcripts, and how many did not. */
    batchEnded: (done: number, failed: number) => {
      const ready = plural(done, {
        one: "# transcript is ready",
        other: "# transcripts are ready",
      });
      if (failed === 0) return `${ready}.`;
      return done === 0
        ? `${recordings(failed)} failed.`
        : `${ready}; ${recordings(failed)} failed.`;
    },
    exportAll: "Export all…",
  },

  /** Titles that the program gives; the moment is `2026-11-20 10:00`. */
  generatedTitles: {
    recording: (moment: string) => `Recording ${moment}`,
    dictation: (moment: string) => `Dictation ${moment}`,
    sample: "Sample",
  },
  inParentheses: (text: string, more: string) => `${text} (${more})`,
  /** Sentences one after the other; some come without a capital and a full stop. */
  sentences: (parts: readonly string[]) =>
    parts
      .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
      .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
      .join(" "),

  time: {
    seconds: (n: number) => `${n} s`,
    minutes: (n: number) => `${n} min`,
    hours: (h: number, min: number) => `${h} h ${min} min`,
    today: "Today",
    yesterday: "Yesterday",
    dayAndHour: (day: string, hour: string) => `${day}, ${hour}`,
  },

  transcript: {
    back: "Back",
    title: "Title",
    expectedFound: (terms: string[]) => `expected words found: ${terms.join(", ")}`,
    text: "Transcript",
    opening: "Opening the transcript…",
    empty: "No text yet.",
    noSpeech: "No speech was found.",
    editLater: (canPause: boolean): string =>
      canPause
        ? "You can edit the text when recognition is paused or done."
        : "You can edit the text when recognition is done.",
    saved: "Saved",
    saving: "Saving…",
    unsaved: "Unsaved",
    saveFailed: "Not saved",
    saveAgain: "Try again",
    reload: "Reopen",
    undo: "Undo",
    redo: "Redo",
    find: "Find",
    copy: "Copy text",
    copied: "Copied",
    export: "Export…",
    view: "View",
    textSize: "Text size",
    larger: "Larger text",
    smaller: "Smaller text",
    showTimes: "Times",
    showSpeakers: "Speakers",
    showWaveform: "Waveform",
    nextDoubtful: "Next doubtful word",
    doubts: (n: number) => `${n.toLocaleString("en")} doubtful`,
    noDoubts: "No doubtful words",
    wordIsRight: "Mark word as correct",
    lineIsRight: "Mark line as correct",
    doubtful: "The model was unsure about this word",
    estimatedTiming: "The timing of this word is estimated",
    sectionTiming: "Only the time of the whole audio section is known",
    playFrom: (time: string) => `Play from ${time}`,
    line: (n: number) => `Line ${n}`,
    edit: "Edit",
    actions: (n: number) => `Actions for line ${n}`,
    merge: "Merge with previous line",
    remove: "Delete line",
    removed: "Line deleted",
    loopLine: "Loop this line",
    alignAgain: "Redo word timing",
    recogniseAgain: "Recognise again…",
    copyLine: "Copy line",
    speaker: "Speaker…",
    noSpeaker: "No speaker",
    speakerOf: (name: string) => `Speaker: ${name}`,
    showFile: "Show recording in folder",
    more: "More",
    transcribeAgain: "Transcribe again…",
    transcribeAgainQuestion:
      "Transcribe again? The current text, including your corrections, will be replaced.",
    keepText: "Keep the text",
    transcribeAgainConfirm: "Transcribe again",
    audioNotKept:
      "The audio of this dictation was not kept, so it cannot be played or transcribed again.",
    recordingMissing: "The recording cannot be found, so it cannot be played or transcribed again.",
  },

  /** What a transcript warns of; times are as on a clock. */
  warnings: {
    echo: (from: string, to: string) =>
      `Between ${from} and ${to}, the expected words came back as text; this part was recognised again without them.`,
    unended: (from: string, to: string) => `Between ${from} and ${to}, some text may be missing.`,
    repeated: (from: string, to: string) =>
      `Between ${from} and ${to}, the model repeated itself; the repetitions were removed.`,
    alignmentFailed: (from: string, to: string) =>
      `Between ${from} and ${to}, word timing failed; the timing is estimated.`,
    noAligner: "The timing is estimated: there is no word timing model.",
    notAligned: (languages: string[]) =>
      `The timing is estimated: word timing does not support ${languages.join(", ")}.`,
    tooShort: "The recording is too short to hold a word.",
    silenced: "Damaged parts were replaced by silence.",
    decodedByFfmpeg: (from: string) =>
      `The recording is damaged at ${from}; from there on, ffmpeg read it.`,
    tracks: (tracks: string, number: string) =>
      `The recording has several audio tracks: ${tracks}. Track ${number} was read.`,
    mostlySilence: (size: string) =>
      `The recording is very long for a file of ${size}; most of it can only be silence.`,
    editList: "The file says to play parts of it twice or not at all; all of it was read once.",
    damaged: (n: number) =>
      plural(n, {
        one: "# damaged part was replaced by silence.",
        other: "# damaged parts were replaced by silence.",
      }),
    endsEarly: (read: string, total: string | undefined) =>
      `The file ends early: only ${read}${total === undefined ? "" : ` of about ${total}`} could be read.`,
  },

  speakers: {
    heading: "Speaker",
    name: "Name",
    thisLine: "This line only",
    everywhere: (name: string) => `Everywhere ${name} speaks`,
    apply: "Apply",
    cancel: "Cancel",
  },

  retranscribe: {
    heading: "Recognise again",
    hint: "Only this line is recognised again. You can undo it.",
    language: "Language",
    context: "Names and words to expect",
    start: "Recognise",
    cancel: "Cancel",
    runningAlign: "Redoing the line’s word timing…",
    runningRecognise: "Recognising the line again…",
    stop: "Stop",
    aligned: "The line’s word timing was updated",
    recognised: "The line was recognised again",
    estimated: "The timing is estimated: word timing does not support this language",
    noSpeech: "No speech was found; the line is unchanged",
  },

  find: {
    label: "Find and replace",
    find: "Find",
    replace: "Replace with",
    matchCase: "Match case",
    wholeWords: "Whole words",
    count: (i: number, n: number) => (n === 0 ? "No matches" : `${i} of ${n}`),
    next: "Next",
    previous: "Previous",
    one: "Replace",
    all: "Replace all",
    close: "Close",
    replaced: (n: number) => `${matches(n)} replaced`,
    deleted: (n: number) => `${matches(n)} deleted`,
    deleteAllQuestion: (n: number) =>
      plural(n, {
        one: "The replacement is empty. Delete the match?",
        other: "The replacement is empty. Delete all # matches?",
      }),
    keep: "Keep",
    deleteAll: "Delete",
  },

  player: {
    label: "Player",
    play: "Play",
    pause: "Pause",
    back: "Back 5 seconds",
    forward: "Forward 5 seconds",
    speed: "Speed",
    follow: "Follow",
    followHint: "Scroll along during playback",
    loop: "Loop line",
    position: "Position",
    at: (now: string, all: string) => `${now} of ${all}`,
    zoom: "Zoom",
    wholeRecording: "All",
    window: (s: number) => (s < 60 ? `${s} s` : `${s / 60} min`),
    unplayable: "The recording cannot be played here.",
  },

  export: {
    heading: (title: string) => `Export ${title}`,
    headingMany: (n: number) => `Export ${transcripts(n)}`,
    format: "Format",
    formats: { ...formatNames, txt: "Text" },
    kinds: { text: "Documents", subtitles: "Subtitles", data: "Data" },
    rules: "Subtitle rules",
    presets: {
      usual: "Standard",
      broadcast: "Film and television",
      social: "Vertical video",
      chinese: "Chinese",
      own: "Custom",
    },
    details: "More options",
    columns: "Max. length",
    columnsUnit: "columns",
    lines: "Max. lines",
    maxSeconds: "Max. duration",
    minSeconds: "Min. duration",
    secondsUnit: "s",
    gap: "Min. gap",
    gapUnit: "ms",
    speed: "Max. speed",
    speedUnit: "columns/s",
    wordTimes: "Include word timing",
    withoutPunctuation: "Leave out punctuation",
    script: "Chinese characters",
    scripts: { same: "As they are", simplified: "Simplified", traditional: "Traditional" },
    bom: "Byte order mark (for older programs)",
    crlf: "Windows line endings",
    speakers: "Speaker names",
    times: "Times",
    name: "File name",
    nameHint: "{title}, {date} and {language} are filled in for you.",
    preview: "Preview",
    cues: (n: number) => plural(n, { one: "# subtitle", other: "# subtitles" }),
    problems: (n: number) => (n === 0 ? "no problems" : `${n.toLocaleString("en")} to check`),
    problem: cueProblems,
    more: (n: number) => `Show ${n.toLocaleString("en")} more`,
    taken: (name: string) =>
      `A file with this name is already next to the recording. There, this export is saved as ${name}.`,
    nextToRecording: "Save next to the recording",
    saveAs: "Save as…",
    copyAs: (format: Format) =>
      `Copy as ${format === "txt" || format === "docx" ? "text" : formatNames[format]}`,
    goTo: "Go to the line",
    goToProblem: (problems: string) => `${problems}: go to the line`,
    cancel: "Cancel",
    saved: (names: string[]) => `${names.length === 1 ? names[0] : files(names.length)} saved`,
    show: "Show in folder",
    empty: "There is no text to export.",
  },

  history: {
    heading: "History",
    search: "Search all transcripts",
    filter: "Show",
    filters,
    language: "Language",
    anyLanguage: "All languages",
    results: (n: number, isMore: boolean) =>
      isMore ? `More than ${transcripts(n)}` : transcripts(n),
    empty: "No transcripts yet.",
    noneFound: "No results.",
    noneDeleted: "No deleted transcripts. Deleted transcripts stay here for 30 days.",
    moreHits: (n: number) => plural(n, { one: "# more match", other: "# more matches" }),
    more: "Show more",
    select: (title: string) => `Select ${title}`,
    selected: (n: number) => `${n.toLocaleString("en")} selected`,
    clearSelection: "Clear selection",
    star: (title: string) => `Star ${title}`,
    unstar: (title: string) => `Remove star from ${title}`,
    starred: "Starred",
    delete: "Delete",
    deleteOne: (title: string) => `Delete ${title}`,
    deleted: (n: number) => `${transcripts(n)} deleted`,
    restore: "Restore",
    restoreOne: (title: string) => `Restore ${title}`,
    restored: (n: number) => `${transcripts(n)} restored`,
    deletePermanently: "Delete permanently",
    deletePermanentlyQuestion: (n: number) =>
      `Permanently delete ${transcripts(n)}? This cannot be undone.`,
    keep: "Keep",
    export: "Export…",
    undo: "Undo",
    storage: (n: number, size: string) => `${transcripts(n)}, ${size}`,
  },

  models: {
    heading: "Models",
    intro: "A model turns speech into text. Download it once; after that, it works offline.",
    recommended: "Recommended for this computer",
    adviceReason: (reason: AdviceReason) => reasons[reason],
    about: (card: Pick<ModelInfo, "name" | "about">) => card.about,
    purpose: (isAligner: boolean): string => (isAligner ? "Word timing" : "Speech to text"),
    languages: (n: number) => plural(n, { one: "# language", other: "# languages" }),
    size: (size: string) => `${size} to download`,
    memory: (size: string) => `about ${size} of memory`,
    builtIn: "Built in",
    installed: "On this computer",
    partlyDownloaded: (done: string, total: string) => `${done} of ${total} downloaded`,
    downloading: (done: string, total: string) => `${done} of ${total}`,
    speed: (size: string) => `${size}/s`,
    noData: "Waiting for the server…",
    left: (time: string) => `${time} left`,
    paused: "Paused",
    noConnection: "No connection, retrying…",
    download: (title: string) => `Download ${title}`,
    resume: (title: string) => `Resume ${title}`,
    pause: (title: string) => `Pause ${title}`,
    stop: (title: string) => `Stop ${title}`,
    remove: (title: string) => `Remove ${title}`,
    use: (title: string) => `Use ${title}`,
    inUse: "In use",
    measure: (title: string) => `Measure speed of ${title}`,
    measuring: "Measuring speed…",
    measureBusy: "Not available while a recording is being transcribed.",
    measured: (times: string, factor: string, device: string) =>
      `${times}× real-time speed on ${device} (real-time factor ${factor})`,
    computer: "This computer",
    processor: (name: string, n: number) =>
      `${name}, ${plural(n, { one: "# thread", other: "# threads" })}`,
    computerMemory: (size: string) => `${size} of memory`,
    gpu: (name: string, size: string, isUsable: boolean) =>
      `${name}, ${size}: ${isUsable ? "used if it passes the self-test" : "not used, because this edition runs on the processor; there is a separate one for NVIDIA cards"}`,
    noGpu: "No usable graphics card was found.",
    short: {
      download: "Download",
      resume: "Resume",
      pause: "Pause",
      stop: "Stop",
      remove: "Remove",
      use: "Use",
      measure: "Measure speed",
    },
    importHeading: "I already have the files",
    importHint:
      "Import a model from a folder, or from an archive that a colleague made. Every file is verified.",
    fromFolder: "From a folder…",
    fromArchive: "From an archive…",
    importing: "Verifying and copying…",
    network: "Network",
    networkOff: "Turn off the network",
    networkHint: "Only model downloads use the network; turning it off blocks them.",
    getAligner: "Download the word timing model",
    needsAligner: (title: string) => `Word timing needs a second model, ${title}.`,
    requests: (n: number) =>
      `${plural(n, { one: "# request", other: "# requests" })} since Earmark started.`,
  },

  network: {
    heading: "Network",
    off: "Turn off the network",
    offHint: "Only model downloads use the network; turning it off blocks them.",
    proxy: "Proxy",
    proxyHint: "Used for downloads.",
    proxySystem: "System",
    proxyNone: "None",
    proxyAddress: "Proxy address",
    otherAddress: "Enter an address…",
    mirror: "Mirror",
    mirrorHint:
      "Models are downloaded from here first. You can enter any server with the same layout as Hugging Face.",
    mirrorAutomatic: "Automatic",
    mirrorAddress: "Mirror address",
    requests: "Requests",
    requestsHint: "Network requests since Earmark started.",
  },

  settings: {
    heading: "Settings",
    search: "Search settings",
    none: "No matching settings.",
    reset: (name: string) => `Reset ${name}`,
    general: "General",
    recognition: "Recognition",
    storage: "History and storage",
    advanced: "Advanced",
    about: "About",
    interfaceLanguage: "App language",
    interfaceLanguageHint: "“System” uses the language of your computer.",
    system: "System",
    theme: "Appearance",
    themeHint: "Light, dark, or the same as the system.",
    light: "Light",
    dark: "Dark",
    textSize: "Text size",
    textSizeHint: "Applies to transcripts only.",
    pixels: (n: number) => `${n} px`,
    notify: "Tell me when a transcript is ready",
    notifyHint: "Shows a notification when the window is in the background.",
    model: "Model",
    modelHint: "Larger models are more accurate and slower.",
    modelOption: (title: string, size: string, isMissing: boolean) =>
      `${title}, ${size}${isMissing ? " (not on this computer)" : ""}`,
    chooseModel: "Use a model from a folder…",
    language: "Spoken language",
    languageHint: "Choose a language only if detection gets it wrong.",
    context: "Names and words to expect",
    contextHint:
      "Keep it short: rare names and terms, one per line. Profiles hold the terms for one kind of recording.",
    profile: "Profile",
    noProfile: "General",
    newProfile: "New profile",
    newProfileName: (n: number) => `Profile ${n}`,
    profileName: "Profile name",
    deleteProfile: (name: string) => `Delete profile ${name}`,
    microphone: "Microphone",
    microphoneHint: "“Automatic” follows the system, even when it changes during a recording.",
    computerAudio: "Computer audio",
    recordSystem: "Record both sides of a call",
    recordSystemHint:
      "Records computer audio along with the microphone, and labels who speaks: you or the others. Works best with headphones.",
    notConnected: (name: string) => `${name} (not connected)`,
    device: "Compute device",
    deviceHint: "“Automatic” uses the graphics card when possible.",
    automatic: "Automatic",
    unload: "Unload the model",
    unloadHint: "Frees memory when the model is not in use; it is loaded again when needed.",
    unloadAfter: (n: number) => `After ${plural(n, { one: "# minute", other: "# minutes" })}`,
    unloadNever: "Never",
    keep: "Keep transcripts",
    keepHint: "Older transcripts are deleted; starred ones are always kept.",
    keepAll: "Forever",
    keepDays: (n: number) => plural(n, { one: "# day", other: "# days" }),
    storageHeading: "Storage used",
    storageHint: "Your own files stay where they are and are not counted.",
    storageUsed: (n: number, size: string) => `${transcripts(n)}, ${size}`,
    backup: "Backup",
    backupHint: "All transcripts and settings in one file; recordings stay where they are.",
    backUp: "Back up…",
    restoreBackup: "Restore…",
    backedUp: (file: string) => `Saved as ${file}`,
    restoredBackup: (n: number) => `${transcripts(n)} added`,
    folders: "Folders",
    foldersHint: "Where Earmark keeps its files on this computer.",
    folder: { history: "History", models: "Models", log: "Log" },
    open: (name: string) => `Open folder: ${name}`,
    log: "Log",
    logHint: "What the app did recently; never what was said.",
    showLog: "Show log",
    hideLog: "Hide log",
    diagnostics: "Diagnostics",
    diagnosticsHint: "For bug reports: version, system, device. No text, no file names.",
    copyDiagnostics: "Copy diagnostics",
    copied: "Copied",
    version: (v: string) => `Earmark ${v}`,
    aboutText: "Turns recordings into timed text on your own computer. Free software.",
  },

  keys: {
    heading: "Keyboard shortcuts",
    close: "Close",
    everywhere: "Everywhere",
    reading: "Reading a transcript",
    editing: "While typing",
    start: "Transcribe",
    history: "History",
    settings: "Settings",
    choose: "Choose recordings",
    shortcuts: "Keyboard shortcuts",
    play: "Play or pause",
    seek: "Back or forward 5 seconds",
    words: "Previous or next word",
    lines: "Previous or next line",
    playWord: "Play from here",
    edit: "Edit the line",
    stopTyping: "Stop typing",
    split: "Split at the cursor; at the end, go to the next line",
    merge: "At the start: merge with the previous line",
    mergeLine: "Merge with previous line",
    nextLine: "From the last or first row: next or previous line",
    delete: "Delete the line",
    doubt: "Next or previous doubtful word",
    speaker: "Speaker",
    loop: "Loop this line",
    follow: "Follow playback",
    speed: "Slower or faster",
    menu: "Actions for the line",
    find: "Find and replace",
    undo: "Undo, redo",
    export: "Export",
    back: "Back",
    captions: "Captions while recording",
    zoom: "Zoom in, zoom out, reset zoom",
  },

  dictation: {
    heading: "Dictation",
    intoAnyProgram: "Dictate into any program:",
    shortcut: "Shortcut",
    shortcutHint:
      "Hold it while you speak, or press it once to start and again to stop. The text is inserted where you are typing, in any program.",
    noGlobalShortcut:
      "On this desktop (Wayland), programs cannot set shortcuts. In its keyboard settings, assign a shortcut to the command below: it starts and stops a dictation and copies the text.",
    command: "earmark-desktop --dictate",
    press: "Press a shortcut…",
    change: (keys: string) => `Shortcut: ${keys}. Change`,
    switchOff: "Turn off the shortcut",
    off: "Off",
    refused: "These keys can’t be used. Choose a different shortcut.",
    insertion: "How text is inserted",
    insertionHint:
      "Pasting is fast and restores the clipboard afterwards. Use typing for programs that do not allow pasting.",
    insertionMethods: { paste: "Paste", type: "Type key by key", copy: "Copy only" },
    spokenPunctuation: "Spoken punctuation",
    spokenPunctuationHint:
      "“Comma”, “full stop” and “new line” become punctuation and line breaks. Also works in Chinese.",
    keep: "Keep dictations",
    keepHint:
      "Older dictations are deleted permanently; starred ones are always kept. Never deletes each one as soon as its text is inserted.",
    keepAsTranscripts: "As long as transcripts",
    keepNever: "Never",
    keepQuestion: (days: number) =>
      days === 0
        ? "Delete all dictations permanently, except starred ones? New ones will not be kept."
        : `Delete dictations older than ${plural(days, { one: "# day", other: "# days" })} permanently, except starred ones?`,
    keepConfirm: "Delete",
    keepCancel: "Cancel",
    keepAudio: "Keep the audio of dictations",
    keepAudioHint:
      "Needed to play a dictation or transcribe it again. When off, the audio is deleted as soon as the text is inserted.",
    states: {
      listening: "Listening",
      thinking: "Transcribing…",
      inserted: "Done",
      copied: "Copied; ready to paste",
      nothing: "No speech was found",
    },
  },

  startupError: { heading: "Earmark could not start", again: "Try again" },

  notice: { label: "Messages", close: "Close", details: "Details" },
};

export type Messages = typeof en;
