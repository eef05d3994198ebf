import "./app.css";

import { mount } from "svelte";

import App from "./App.svelte";
import { connect, type Failure } from "$lib/backend";
import StartupError from "./screens/StartupError.svelte";
import { measureWindow, restoreZoom } from "$lib/zoom";
import { Session } from "$lib/session.svelte";

restoreZoom();
const target = document.body;
try {
  const session = await Session.begin(await connect());
  mount(App, { target, props: { session } });
  measureWindow();
} catch (failure) {
  mount(StartupError, { target, props: { failure: failure as Failure } });
}
