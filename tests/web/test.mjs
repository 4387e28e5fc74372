// SPDX-License-Identifier: Apache-2.0
//
// test("what holds, as a sentence", async (t) => { … }) registers a test; `t` is Tools of
// harness.mjs. before(async () => { … }) makes what all tests of the file share.
export const tests = [];
export const preparations = new Map();
let file = "";

export function beginFile(name) {
    file = name;
}

export function before(prepare) {
    preparations.set(file, prepare);
}

export function test(name, run) {
    tests.push({ file, name, run });
}
