/** A small window beside the main one; its address says which. */

import "./app.css";

import { mount, type Component } from "svelte";

import type { Failure } from "$lib/backend";
import { connect, type Overlay } from "$lib/backend/overlay";
import Captions from "./overlays/Captions.svelte";
import DictationIndicator from "./overlays/DictationIndicator.svelte";
import StartupError from "./screens/StartupError.svelte";

const overlays: Record<string, Component<{ overlay: Overlay }>> = {
  captions: Captions,
  dictation: DictationIndicator,
};

const target = document.body;
const kind = overlays[new URLSearchParams(location.search).get("overlay") ?? ""];
try {
  if (kind) mount(kind, { target, props: { overlay: await connect() } });
} catch (failure) {
  mount(StartupError, { target, props: { failure: failure as Failure } });
}
