// Five hundred loans on the screen: a key draws nothing anew but what it changes. benches/console.mjs counts frames.

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
 * How many changes of the document a key makes within an element.
 * @param {Page} page
 * @param {string} key
 * @param {string} within
 */
async function changesBy(page, key, within) {
  const observed = await page.locator(within).evaluateHandle((element) => {
    /** @type {MutationRecord[]} */
    const records = [];
    const observer = new MutationObserver((more) => records.push(...more));
    observer.observe(element, { subtree: true, childList: true, attributes: true, characterData: true });
    return records;
  });
  await page.keyboard.press(key);
  await settled(page);
  return observed.evaluate((records) => records.length);
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
 * The changes that going to the next loan, and the first key of the next caller, make among this client's loans.
 * @param {Page} page
 * @param {Awaited<ReturnType<typeof newClient>>} client
 */
async function changesWith(page, client) {
  await showLoans(page, client);
  const next = await changesBy(page, 'F3', '.call-loans');
  await page.keyboard.press('F4');
  const over = await changesBy(page, '8', '.call-loans');
  assert.equal(await page.locator('.call-loan').count(), 0);
  await page.keyboard.press('Backspace');
  await endCall(page);
  return { next, over };
}

story(
  'with 500 loans a key changes as little of the document as with five',
  () => world,
  {},
  async ({ page }) => {
    const withFew = await changesWith(page, few);
    const withMany = await changesWith(page, many);
    assert.ok(withFew.next > 0, 'a step to the next loan is seen');
    assert.deepEqual(withMany, withFew);
  },
);
