// SPDX-License-Identifier: Apache-2.0
//
// Every word the desk says, apart from the code: text/en/*.ts, one file for each part of the desk. A
// translation is another folder with objects of the same shape. Sentences with a value are functions,
// so that a language may place and inflect it.
import { en } from "./text/en/index.ts";

export type Text = typeof en;

export const text: Text = en;
