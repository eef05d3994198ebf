import "./app.css";

import { mount } from "svelte";

import App from "./App.svelte";
import { connect } from "$lib/backend";
import { Session } from "$lib/session.svelte";

const session = await Session.begin(await connect());
mount(App, { target: document.body, props: { session } });
