// SPDX-License-Identifier: Apache-2.0
import { render } from "preact";
import "./style/index.css";
import { App } from "./app.tsx";
import "./preferences.ts";
import { text } from "./text.ts";

document.documentElement.lang = text.locale.slice(0, 2);
const root = document.getElementById("desk");
if (root !== null) render(<App />, root);
