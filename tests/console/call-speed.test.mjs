// Five hundred loans on the screen: a key costs less than a frame more than it does with five.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { answered, closeBrowser, endCall, find, newClient, say, startWorld, story, WORD } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @type {import('./harness/world.mjs').World} */
let world;
/** @type {Awaited<ReturnType<typeof newClient>>} */
let few;
/** @type {Awaited<ReturnType<typeof newClient>>} */
let many;

/** What one frame has at 60 a second, milliseconds. */
const FRAME = 1000 / 60;
/** The machine does other things too: the least of so many is what the page itself costs. */
const TRIES = 3;

before(async () => {
  world = await startWorld();
  const loans = Array.from({ length: 500 }, (_, index) => ({ ticket: `ЗБ-${10_000 + index}`, due: (index % 60) - 30 }));
  many = await newClient(world, { loans });
  few = await newClient(world, { loans: loans.slice(0, 5) });
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

/**
 * A meter of what the page's own thread works, in its processor time: handlers, drawing anew, style and layout.
 * @param {Page} page
 */
async function meter(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  };
  /** @param {string} key */
  return async (key) => {
    await settled(page);
    const began = await worked();
    await page.keyboard.press(key);
    await settled(page);
    return (await worked()) - began;
  };
}

/** Until what was set off is on the screen. @param {Page} page */
const settled = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/**
 * @param {Page} page
 * @param {Awaited<ReturnType<typeof newClient>>} client
 */
async function showLoans(page, client) {
  await find(page, client.phone);
  await say(page, WORD);
  await answered(page, 'verified');
  await page.locator('#call-loans-title', { hasText: `${client.loans?.length} ` }).waitFor();
  await page.locator('.call-who', { hasText: 'Тілеубаев' }).waitFor();
}

/**
 * The least that going to the next loan, and the first key of the next caller, cost with this client's loans.
 * @param {Page} page
 * @param {Awaited<ReturnType<typeof newClient>>} client
 */
async function leastCosts(page, client) {
  const costOf = await meter(page);
  const next = [];
  const over = [];
  for (let tried = 0; tried < TRIES; tried += 1) {
    await showLoans(page, client);
    next.push(await costOf('F3'));
    await page.keyboard.press('F4');
    over.push(await costOf('8'));
    assert.equal(await page.locator('.call-loan').count(), 0);
    await page.keyboard.press('Backspace');
    await endCall(page);
  }
  return { next: Math.min(...next), over: Math.min(...over) };
}

story(
  'with 500 loans no key costs a frame more than with five',
  () => world,
  {},
  async ({ page }) => {
    const withFew = await leastCosts(page, few);
    const withMany = await leastCosts(page, many);
    const told = JSON.stringify({ withFew, withMany });
    assert.ok(withMany.next - withFew.next < FRAME, told);
    assert.ok(withMany.over - withFew.over < FRAME, told);
  },
);
