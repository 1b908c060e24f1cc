// Pictures of each screen, for docs/console: in Kazakh and Russian, light and dark. Taken into the folder that
// QUPIA_PICTURES names; skipped without it.

import assert from 'node:assert/strict';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { clientAtCounter, draftAndPrint, findClient, handOver, sign } from './harness/branch.mjs';
import { ADMIN, AUDITOR } from './harness/stops.mjs';
import { goTo } from './harness/walk.mjs';
import {
  answered,
  closeBrowser,
  endCall,
  failTimes,
  find,
  LOANS,
  newClient,
  say,
  startWorld,
  story,
  WORD,
  WRONG,
} from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const folder = process.env.QUPIA_PICTURES;
/** All of them are kept with the code. */
const MOST_BYTES = 2_000_000;
/** A window of 1280 by 800, drawn smaller. */
const SIZE = { width: 832, height: 520, scale: 0.65 };

/** @type {import('./harness/world.mjs').World} */
let world;
/** @type {Record<string, Awaited<ReturnType<typeof newClient>>>} */
const clients = {};

/** A working day behind the pictures. */
async function spendDay() {
  world = await startWorld({ settings: { QUPIA_SIGNALS__MANY_SPECIALISTS: '2' } });
  const asOf = new Date(Date.now() - 3 * 86_400_000).toISOString();
  clients.open = await newClient(world, { loans: LOANS, names: ['Қасымова', 'Әсел', 'Нұрланқызы'] });
  clients.stale = await newClient(world, { loans: LOANS.slice(1, 3).map((loan) => ({ ...loan, asOf })) });
  clients.locked = await newClient(world);
  clients.disabled = await newClient(world);
  clients.blocked = await newClient(world, { blocked: true });
  clients.unset = await newClient(world, { word: undefined });
  await failTimes(world, clients.locked.id, 3);
  await failTimes(world, clients.disabled.id, 10);
  for (const login of ['aigul', 'timur']) {
    const token = await world.signIn(login);
    for (const [index, { id, phone }] of [...Object.values(clients), ...manyCalls()].entries()) {
      await world.call('POST', '/v1/clients/search', token, { phone });
      const body = { client_id: id, passphrase: index === 1 ? WRONG : WORD, call_id: `call-${login}-${index}` };
      const done = await world.call('POST', '/v1/verifications', token, body);
      // One that is open shows the client's name to who opened it.
      if (done.outcome === 'verified') await world.call('DELETE', `/v1/verifications/${done.id}`, token);
    }
  }
  const receiver = { url: 'https://sms.example.kz/qupia', events: ['passphrase.blocked'] };
  await world.call('POST', '/v1/webhooks', world.admin, receiver);
}

/** Most calls go well. */
const manyCalls = () => Array.from({ length: 20 }, (_, index) => (index % 3 ? clients.open : clients.stale));

/**
 * A picture in each language and theme. The language is set beneath the page, for a click would take the focus.
 * @param {Page} page
 * @param {string} name
 * @param {readonly string[]} [languages]
 */
async function take(page, name, languages = ['kk', 'ru']) {
  for (const language of languages) {
    await page.evaluate(async (wanted) => {
      const main = /** @type {HTMLScriptElement} */ (document.querySelector('script[type="module"]')).src;
      const { setLanguage } = await import(
        new URL(/\/app\//.test(main) ? 'words.js' : '../../app/words.js', main).href
      );
      await setLanguage(wanted);
    }, language);
    await page.locator(`html[lang="${language}"]`).waitFor();
    for (const colorScheme of /** @type {const} */ (['dark', 'light'])) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
      const path = join(String(folder), `${name}-${language}-${colorScheme}.jpg`);
      await page.screenshot({ path, type: 'jpeg', quality: 28 });
    }
  }
}

/** Until the detector, which looks once a minute, has found something. */
async function untilSignal() {
  const auditor = await world.signIn('oleg');
  while ((await world.call('GET', '/v1/reports/signals', auditor)).items.length === 0) {
    await setTimeout(500);
  }
}

/** @param {string} name @param {import('./harness/visit.mjs').Wanted} wanted @param {(page: Page) => Promise<unknown>} body */
const shown = (name, wanted, body) =>
  story(
    `pictures of ${name}`,
    () => world,
    { ...SIZE, ...wanted },
    ({ page }) => body(page),
  );

function takeAll() {
  before(async () => {
    await mkdir(String(folder), { recursive: true });
    await spendDay();
  });
  after(async () => {
    await world?.stop();
    await closeBrowser();
  });

  shown('the sign-in and the page for clients', { as: null }, async (page) => {
    await page.locator('input[autocomplete="username"]').waitFor();
    await take(page, 'sign-in');
    await page.goto(`${world.origin}/enter/`);
    await page.locator('input').first().waitFor();
    await take(page, 'enter-code');
  });

  for (const language of /** @type {const} */ (['kk', 'ru'])) {
    shown(`a call in ${language}`, { language }, async (page) => {
      // What is said to the client is in the language of the page as it was opened.
      const show = (/** @type {string} */ name) => take(page, name, [language]);
      await page.locator('#call-caller:focus').waitFor();
      await show('call-idle');
      await find(page, clients.open.phone);
      await page.keyboard.type('қызыл алма');
      await show('call-word');
      await page.keyboard.press('Enter');
      await answered(page, 'rejected');
      await show('call-rejected');
      await say(page, WORD);
      await answered(page, 'verified');
      await page.locator('.call-loan').first().waitFor();
      await page.locator('.call-who', { hasText: 'Қасымова' }).waitFor();
      await show('call-verified');
      await page.keyboard.press('Alt+b');
      await page.locator('dialog input:focus').waitFor();
      await show('call-block');
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await endCall(page);
      await find(page, clients.stale.phone);
      await say(page, WORD);
      await page.locator('.call-band').waitFor();
      await show('call-stale');
      await endCall(page);
      for (const outcome of ['locked', 'blocked', 'unset']) {
        await find(page, clients[outcome].phone);
        await answered(page, outcome);
        await show(`call-${outcome}`);
        await endCall(page);
      }
    });
  }

  shown('a visit to a branch, with the hand-over', { as: 'daniyar' }, async (page) => {
    const client = await clientAtCounter(world);
    await page.locator('.search input:focus').waitFor();
    await take(page, 'branch-find');
    await findClient(page, client.phone);
    await take(page, 'branch-client');
    await draftAndPrint(page);
    await take(page, 'branch-print');
    await sign(page);
    await take(page, 'branch-word');
    await handOver(page);
    await take(page, 'enter-word');
  });

  for (const [as, stops] of /** @type {const} */ ([
    ['oleg', AUDITOR],
    ['admin', ADMIN],
  ])) {
    shown(`the screens of ${as}`, { as, hash: stops[0].hash }, async (page) => {
      for (const stop of stops.filter(({ open }) => !open)) {
        await goTo(page, stop);
        await take(page, stop.name);
      }
    });
  }

  shown('the signals', { as: 'saule', hash: '/today' }, async (page) => {
    await untilSignal();
    await goTo(page, { name: 'signals', hash: '/signals', ready: 'main tbody tr' });
    await take(page, 'signals');
  });

  test(`the pictures are ${MOST_BYTES} bytes together at the most`, async () => {
    const names = (await readdir(String(folder))).filter((name) => name.endsWith('.jpg'));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(String(folder), name))).size));
    const all = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(all <= MOST_BYTES, `${names.length} pictures, ${all} bytes`);
  });
}

if (folder) takeAll();
else test('pictures of each screen', { skip: 'QUPIA_PICTURES names no folder' }, () => {});
