#!/usr/bin/env node
// Measures the console on loopback in headless Chromium: what the first use loads, and how long until the call
// screen can be typed into, beside the same browser's time for an empty page of the same server.
//
//     cargo build --profile dist
//     tests/run --install
//     QUPIA_BINARY=target/dist/qupia benches/console.mjs [TURNS]

import { closeBrowser, startWorld, visit } from '../tests/console/harness.mjs';

const turns = Number(process.argv[2] ?? 9);
const median = (figures) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];

const world = await startWorld();
const { page } = await visit(world, { as: 'aigul' });

/** Milliseconds from the navigation until `ready` is there, in the page's own clock. */
async function load(address, ready) {
  await page.goto('about:blank');
  await page.goto(address, { waitUntil: 'commit' });
  return page.evaluate(
    (selector) =>
      new Promise((done) => {
        const look = () => (document.querySelector(selector) ? done(performance.now()) : setTimeout(look, 1));
        look();
      }),
    ready,
  );
}

const call = [];
const empty = [];
for (let turn = 0; turn < turns; turn += 1) {
  empty.push(await load(`${world.origin}/console/print.html`, 'body'));
  call.push(await load(`${world.origin}/console/`, 'input:focus'));
}

const fresh = await visit(world, { as: 'aigul' });
const loaded = await fresh.page.evaluate(() =>
  performance
    .getEntriesByType('resource')
    .filter(({ name }) => /\.(js|css)$/.test(name))
    .map(({ decodedBodySize, encodedBodySize }) => ({ decodedBodySize, encodedBodySize })),
);
const sum = (field) => loaded.reduce((total, file) => total + file[field], 0);
console.log(`scripts and styles of sign-in and call screen: ${loaded.length} files`);
console.log(`  as they are                        ${sum('decodedBodySize').toLocaleString('en')} bytes`);
console.log(`  compressed                         ${sum('encodedBodySize').toLocaleString('en')} bytes`);
console.log(`call screen ready to type, kept files ${median(call).toFixed(0)} ms, median of ${turns}`);
console.log(`an empty document                     ${median(empty).toFixed(0)} ms`);
await closeBrowser();
await world.stop();
