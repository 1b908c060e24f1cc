// Nothing of a client outlives the call: what is left is looked for where it could be.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import {
  answered,
  closeBrowser,
  countOf,
  endCall,
  expectNoTraceOf,
  expectTraceInHeap,
  find,
  say,
  startWorld,
  story,
} from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;
let clientId = '';

before(async () => {
  world = await startWorld();
  clientId = await world.addClient(CLIENT);
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

// No other word of the page or of its libraries may hold these.
const SECRET_WORD = 'сары жапалақ тербеліс';
const CLIENT = {
  number: 'ТБ-881204',
  names: ['Жұмағұлова', 'Томирис', 'Бекзатқызы'],
  phone: '+77473310459',
  word: SECRET_WORD,
  loans: [{ ticket: 'ЖК-770913', due: -5, grace: 20, balance: '386417.00', product: 'Шынтақты' }],
};
const WORDS = [
  'ТБ-881204',
  'Жұмағұлова',
  'Томирис',
  'Бекзатқызы',
  '77473310459',
  '747 331-04-59',
  '747\u00a0331-04-59',
  'ЖК-770913',
  '386417',
  '386\u00a0417',
  'Шынтақты',
  'жапалақ',
];

/** A whole call up to the loans, in both languages. @param {import('playwright-core').Page} page */
async function verified(page) {
  await find(page, CLIENT.phone);
  await say(page, SECRET_WORD);
  await answered(page, 'verified');
  await page.keyboard.press('F2');
  await page.locator('.call-answer .call-say [lang="kk"]').waitFor();
  await page.keyboard.press('F3');
  await page.locator('.call-loan:focus').waitFor();
}

const isGone = (/** @type {import('playwright-core').Page} */ page) =>
  page.locator('.call-loan').first().waitFor({ state: 'detached' });

story(
  'after the end of a call nothing of the client is left',
  () => world,
  {},
  async ({ page }) => {
    await verified(page);
    await expectTraceInHeap(page, ['Жұмағұлова', 'ЖК-770913', '386417']);
    await endCall(page);
    await expectNoTraceOf(page, WORDS);
  },
);

story(
  'after a wrong word and the end nothing of it is left',
  () => world,
  {},
  async ({ page }) => {
    await find(page, CLIENT.phone);
    await say(page, 'жапалақ');
    await answered(page, 'rejected');
    await page.keyboard.type('тербеліс');
    await page.keyboard.press('Control+z');
    await endCall(page);
    await expectNoTraceOf(page, [...WORDS, 'тербеліс']);
  },
);

story(
  'the next caller typed over takes the last one away',
  () => world,
  {},
  async ({ page }) => {
    await verified(page);
    await page.keyboard.press('F4');
    await page.keyboard.type('8');
    await isGone(page);
    await expectNoTraceOf(page, WORDS);
    assert.equal(await page.locator('#call-caller').inputValue(), '8');
  },
);

story(
  'after the time of a verification nothing of the client is left',
  () => world,
  { clock: true },
  async ({ page }) => {
    await verified(page);
    await page.clock.fastForward('15:01');
    await isGone(page);
    await page.locator('#call-caller:focus').waitFor();
    await page.locator('.notice', { hasText: 'Время проверки вышло' }).waitFor();
    await expectNoTraceOf(page, WORDS);
  },
);

story(
  'after sign-out nothing of the client is left',
  () => world,
  {},
  async ({ page }) => {
    await verified(page);
    const closed = await countOf(world, clientId, 'verification.closed');
    await page.locator('.bar button', { hasText: 'Выйти' }).click();
    await page.locator('input[autocomplete="username"]:focus').waitFor();
    await page.waitForFunction(() => sessionStorage.length === 0);
    await expectNoTraceOf(page, WORDS);
    assert.equal(await countOf(world, clientId, 'verification.closed'), closed + 1);
  },
);

story(
  'a page that is left is wiped before it could be kept',
  () => world,
  {},
  async ({ page }) => {
    await verified(page);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    await isGone(page);
    await expectNoTraceOf(page, WORDS);
  },
);

story(
  'a tab that is hidden for long is wiped, and says so',
  () => world,
  { clock: true },
  async ({ page }) => {
    await verified(page);
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.clock.fastForward('10:01');
    await isGone(page);
    await page.locator('.notice', { hasText: 'долго была скрыта' }).waitFor();
    await expectNoTraceOf(page, WORDS);
  },
);

story(
  'a tab that is closed ends its verification',
  () => world,
  {},
  async ({ page }) => {
    await verified(page);
    const closed = await countOf(world, clientId, 'verification.closed');
    await page.close({ runBeforeUnload: true });
    await until(async () => (await countOf(world, clientId, 'verification.closed')) === closed + 1);
  },
);

/**
 * Asks until it is so; the test's own time limit ends it.
 * @param {() => Promise<boolean>} isSo
 */
async function until(isSo) {
  while (!(await isSo())) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
