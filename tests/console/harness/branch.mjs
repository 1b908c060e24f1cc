// What a branch specialist and a client do at the counter, step by step, as the stories use it.

import assert from 'node:assert/strict';
import { dayFromToday, PASSWORD } from './world.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./world.mjs').World} World */

/** Accepted by the strength check: three words that have nothing to do with each other. */
export const WORDS = 'самовар ириска луга';
export const WEAK = 'пароль';

let made = 0;

/**
 * A client of their own for each story, without a passphrase unless `word` is given.
 * @param {World} world
 * @param {Partial<import('./world.mjs').ClientPart>} [part]
 */
export async function clientAtCounter(world, part = {}) {
  made += 1;
  const number = `F-${String(made).padStart(6, '0')}`;
  const phone = `+7700200${String(made).padStart(4, '0')}`;
  const id = await world.addClient({ number, names: ['Сейітова', 'Гүлнар', 'Маратқызы'], phone, ...part });
  return { id, number: part.number ?? number, phone: part.phone ?? phone };
}

/**
 * Counts the print dialogs that the form asks for, in place of opening them.
 * @param {Page} page
 */
export async function countPrints(page) {
  await page.addInitScript(() => {
    window.print = () => {
      const top = /** @type {any} */ (window.top);
      top.prints = (top.prints ?? 0) + 1;
    };
  });
  return () => page.evaluate(() => /** @type {any} */ (window).prints ?? 0);
}

/**
 * @param {Page} page
 * @param {string} entered
 */
export async function findClient(page, entered) {
  await page.locator('.search input:focus').waitFor();
  await page.keyboard.type(entered);
  await page.keyboard.press('Enter');
  await page.locator('.stage.client .button-primary:focus').waitFor();
}

/**
 * From the client's page to the printed form, with the keyboard alone.
 * @param {Page} page
 */
export async function draftAndPrint(page) {
  await page.keyboard.press('Enter');
  await page.locator('.options input:focus').first().waitFor();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await formIsShown(page);
}

/** @param {Page} page */
export async function formIsShown(page) {
  await page.frameLocator('.print-frame').locator('.number').waitFor();
}

/**
 * Signed today, and on to the word.
 * @param {Page} page
 */
export async function sign(page) {
  await page.locator('.print [data-first]').focus();
  await page.keyboard.press('Enter');
  await page.locator('.way-best:focus').waitFor();
}

/**
 * Up to the choice of the way in which the word is typed.
 * @param {Page} page
 * @param {string} entered
 */
export async function upToTheWord(page, entered) {
  await findClient(page, entered);
  await draftAndPrint(page);
  await sign(page);
}

/** @param {Page} page */
export async function handOver(page) {
  await page.keyboard.press('Alt+h');
  await page.locator('.entry-page .word-box-input:focus').waitFor();
}

/**
 * Opens the link's panel and gives the code that the client would type.
 * @param {Page} page
 */
export async function makeLink(page) {
  await page.keyboard.press('Alt+l');
  await page.locator('.qr').waitFor();
  return (await page.locator('.link-code').textContent()) ?? '';
}

/**
 * Types the word twice, as a client does.
 * @param {Page} page
 * @param {string} words
 */
export async function typeTwice(page, words) {
  await typeFirst(page, words);
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

/**
 * Types the word once and goes on to the second time.
 * @param {Page} page
 * @param {string} words
 */
export async function typeFirst(page, words) {
  await page.locator('.word-box-input:focus').waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
  await page.locator('.entry[data-step="second"] .word-box-input:focus').waitFor();
}

/**
 * The specialist takes the screen back.
 * @param {Page} page
 * @param {string} [password]
 */
export async function takeBack(page, password = PASSWORD) {
  await page.locator('.entry-staff').click();
  await page.locator('dialog input[autocomplete="current-password"]:focus').waitFor();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
}

/**
 * That the call centre would now know the client by these words.
 * @param {World} world
 * @param {string} clientId
 * @param {string} words
 */
export async function expectVerifiedBy(world, clientId, words) {
  const token = await world.signIn('aigul');
  const body = { client_id: clientId, passphrase: words, call_id: `call-${clientId}` };
  assert.equal((await world.call('POST', '/v1/verifications', token, body)).outcome, 'verified');
}

/**
 * The client's newest application, as the API has it.
 * @param {World} world
 * @param {string} clientId
 */
export async function newestApplication(world, clientId) {
  const branch = await world.signIn('daniyar');
  return (await world.call('GET', `/v1/clients/${clientId}/applications`, branch)).items[0];
}

/**
 * A draft with a link to it, made by the API as a specialist's page would.
 * @param {World} world
 * @param {{ id: string }} client
 */
export async function linkFor(world, client) {
  const branch = await world.signIn('daniyar');
  const application = await world.call('POST', '/v1/applications', branch, {
    client_id: client.id,
    identity_document: { kind: 'identity_card', seen: true },
  });
  const body = { signed_on: dayFromToday(0) };
  const renew = () => world.call('POST', `/v1/applications/${application.id}/entry-link`, branch, body);
  const { code } = await renew();
  return { code: /** @type {string} */ (code), renew, application };
}
