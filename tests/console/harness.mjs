// What the end-to-end tests of the console stand on: a real server with data, a real browser, and the checks that
// hold on every screen. `QUPIA_BINARY` names the server (default: target/debug/qupia), `QUPIA_CHROMIUM` the
// browser (default: Debian's chromium-headless-shell, else chromium), `QUPIA_PICTURES` a folder for screenshots.

export { expectAccessible } from './harness/accessibility.mjs';
export { answered, countOf, endCall, failTimes, find, LOANS, newClient, say, WORD, WRONG } from './harness/calls.mjs';
export { reach } from './harness/network.mjs';
export { expectNoTraceOf, expectTraceInHeap } from './harness/traces.mjs';
export { closeBrowser, picture, signIn, story, visit } from './harness/visit.mjs';
export { dayFromToday, PASSWORD, STAFF, startWorld } from './harness/world.mjs';
