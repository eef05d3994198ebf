// The page: asks for a recording, shows what it is told.

import { language, words } from "./words.js";

const { Channel, invoke } = window.__TAURI__.core;
const at = (id) => document.getElementById(id);

document.documentElement.lang = language;
at("promise").textContent = words.promise;
at("choose").textContent = words.choose;
at("stop").textContent = words.stop;
at("progress").setAttribute("aria-label", words.progress);

let name = "";
let model = "";
let line = null;

function busy(is) {
  at("choose").disabled = is;
  at("stop").hidden = !is;
  at("progress").hidden = !is;
  // A button that goes takes the focus with it.
  const lost = [document.body, at("stop")].includes(document.activeElement);
  if (!is && lost) at("choose").focus();
}

function clock(ms) {
  const s = Math.floor(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

function addLine() {
  line = at("segments").appendChild(document.createElement("li"));
  line.append(document.createElement("time"), document.createElement("span"));
  return line;
}

function end(text) {
  busy(false);
  line?.classList.contains("growing") && line.remove();
  line = null;
  at("status").textContent = text;
}

const show = {
  started(update) {
    name = update.name;
    at("segments").replaceChildren();
    at("note").textContent = model;
    at("status").textContent = words.reading(name);
    at("progress").removeAttribute("value");
    busy(true);
  },
  model(update) {
    // Told when it is loaded; the next recording finds it loaded.
    model = update.demo ? words.demo : update.title;
    at("note").textContent = model;
  },
  text(update) {
    const growing = line ?? addLine();
    growing.classList.add("growing");
    growing.lastChild.textContent = update.text;
  },
  segment(update) {
    const finished = line ?? addLine();
    finished.classList.remove("growing");
    finished.firstChild.textContent = clock(update.start_ms);
    finished.lastChild.textContent = update.text;
    line = null;
  },
  progress(update) {
    at("status").textContent = words.hearing(name);
    if (update.total_ms) at("progress").value = update.done_ms / update.total_ms;
  },
  done(update) {
    end(words.done(name));
    if (!at("segments").childElementCount) at("status").textContent = words.silent;
    at("note").textContent = [model, ...update.warnings].join(" ").trim();
  },
  cancelled() {
    end(words.stopped(name));
  },
  failed({ code, message }) {
    end(words.failed(code, message));
    at("note").textContent = language === "en" ? "" : message;
  },
};

at("choose").addEventListener("click", async () => {
  const updates = new Channel();
  updates.onmessage = (update) => show[update.kind](update);
  try {
    await invoke("transcribe", { updates });
  } catch (error) {
    show.failed({ code: "internal", message: String(error) });
  }
});
at("stop").addEventListener("click", () => invoke("cancel"));
at("choose").focus();
