#!/usr/bin/env node
// Measures the console on loopback in headless Chromium: what the first use loads; how long until the call screen
// can be typed into, beside the same browser's time for an empty page of the same server; and how many frames are
// late while keys are pressed with 500 loans on the screen, beside the same time without a key.
//
//     cargo build --profile dist
//     tests/run --install
//     QUPIA_BINARY=target/dist/qupia benches/console.mjs [TURNS]

import { answered, closeBrowser, find, newClient, say, startWorld, visit, WORD } from '../tests/console/harness.mjs';

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

const loans = Array.from({ length: 500 }, (_, index) => ({ ticket: `ЗБ-${10_000 + index}`, due: (index % 60) - 30 }));
const client = await newClient(world, { loans });
await find(fresh.page, client.phone);
await say(fresh.page, WORD);
await answered(fresh.page, 'verified');
await fresh.page.locator('#call-loans-title', { hasText: '500 ' }).waitFor();

/** How many frames there were, and how many came late by more than half a frame, while `act` runs. */
async function frames(act) {
  await fresh.page.evaluate(() => {
    window.gaps = [];
    let last = performance.now();
    const look = (now) => {
      window.gaps.push(now - last);
      last = now;
      window.asked = requestAnimationFrame(look);
    };
    window.asked = requestAnimationFrame(look);
  });
  await act();
  const gaps = await fresh.page.evaluate(() => {
    cancelAnimationFrame(window.asked);
    return window.gaps.slice(1);
  });
  const late = gaps.filter((gap) => gap > 1.5 * (1000 / 60)).length;
  return `${gaps.length} frames, ${late} late, the longest ${Math.max(...gaps).toFixed(0)} ms`;
}

const KEYS = 40;
const pause = () => new Promise((done) => setTimeout(done, 100));
const idle = await frames(async () => {
  for (let key = 0; key < KEYS; key += 1) await pause();
});
const typed = await frames(async () => {
  for (let key = 0; key < KEYS; key += 1) {
    await fresh.page.keyboard.press('F3');
    await pause();
  }
});
console.log(`500 loans, no key                     ${idle}`);
console.log(`500 loans, ${KEYS} keys, ten a second      ${typed}`);
await closeBrowser();
await world.stop();
