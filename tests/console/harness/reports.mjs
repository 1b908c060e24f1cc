// A day with calls for those who look at it afterwards, and the steps that their stories share.

import { failTimes, newClient, WORD, WRONG } from './calls.mjs';
import { startWorld } from './world.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./world.mjs').World} World */

/** A client whom two specialists tried, another who is locked, and detectors that take this for a signal. */
export async function startDay() {
  const world = await startWorld({ settings: { QUPIA_SIGNALS__MANY_SPECIALISTS: '2' } });
  try {
    return { world, known: await spend(world) };
  } catch (fault) {
    await world.stop();
    throw fault;
  }
}

/** @param {World} world */
async function spend(world) {
  const known = await newClient(world);
  const other = await newClient(world);
  for (const [login, word] of [
    ['aigul', WORD],
    ['aigul', WORD],
    ['timur', WRONG],
  ]) {
    const token = await world.signIn(login);
    await world.call('POST', '/v1/clients/search', token, { phone: known.phone });
    const body = { client_id: known.id, passphrase: word, call_id: 'call-7' };
    await world.call('POST', '/v1/verifications', token, body);
  }
  await failTimes(world, other.id, 3);
  return known;
}

/** @param {Page} page @param {string} name */
export const tile = (page, name) => page.locator('.reports-tile', { hasText: name }).locator('.reports-tile-value');
/** @param {Page} page */
export const rows = (page) => page.locator('main tbody tr');
/** @param {Page} page */
export const fragment = (page) => page.evaluate(() => decodeURIComponent(location.hash));
/** @param {Page} page @param {string} hash */
export const goTo = (page, hash) =>
  page.evaluate((wanted) => {
    location.hash = wanted;
  }, hash);

/**
 * The newest events, as an auditor finds them.
 * @param {World} world
 * @param {string} query
 */
export async function eventsOf(world, query) {
  const auditor = await world.signIn('oleg');
  return (await world.call('GET', `/v1/audit/events?limit=200&${query}`, auditor)).items;
}
