/** A small window beside the main one; its address says which. */

import "./app.css";

import { mount, type Component } from "svelte";

import type { Failure } from "$lib/backend";
import { connect, type Pane } from "$lib/backend/pane";
import Captions from "./overlays/Captions.svelte";
import Pill from "./overlays/DictationPill.svelte";
import StartupError from "./screens/StartupError.svelte";

const panes: Record<string, Component<{ pane: Pane }>> = { captions: Captions, pill: Pill };

const target = document.body;
const kind = panes[new URLSearchParams(location.search).get("pane") ?? ""];
try {
  if (kind) mount(kind, { target, props: { pane: await connect() } });
} catch (failure) {
  mount(StartupError, { target, props: { failure: failure as Failure } });
}
