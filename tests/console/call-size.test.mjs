// What the first use of a day brings over the wire: a branch office's line is slow, and the page is not packed.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { closeBrowser, signIn, startWorld, story } from './harness.mjs';

/** Scripts and styles of the sign-in and the call screen together. */
const MOST_BYTES = 150_000;

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

story(
  `scripts and styles of the sign-in and the call screen are at most ${MOST_BYTES} bytes`,
  () => world,
  { as: null },
  async ({ page }) => {
    /** @type {Map<string, Promise<Buffer>>} */
    const bodies = new Map();
    page.on('response', (response) => {
      if (/\.(js|css)$/.test(new URL(response.url()).pathname)) bodies.set(response.url(), response.body());
    });
    await page.reload();
    await signIn(page, 'aigul');
    await page.locator('#call-caller:focus').waitFor();
    await page.waitForLoadState('networkidle');
    const sizes = await Promise.all([...bodies].map(async ([url, body]) => ({ url, bytes: (await body).byteLength })));
    assert.ok(
      sizes.some(({ url }) => url.endsWith('/screens/call/index.js')),
      'the call screen is among them',
    );
    const all = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    const largest = sizes.sort((one, other) => other.bytes - one.bytes).map(({ url, bytes }) => `${bytes} ${url}`);
    assert.ok(all <= MOST_BYTES, [`${all} bytes`, ...largest].join('\n'));
  },
);
