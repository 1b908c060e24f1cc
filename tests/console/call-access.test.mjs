// The call screen in every state, language and theme: axe-core, contrast, 320 px, 200 % and the keyboard's focus.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { inEachTheme } from './harness/walk.mjs';
import {
  answered,
  closeBrowser,
  endCall,
  expectAccessible,
  failTimes,
  find,
  LOANS,
  newClient,
  picture,
  say,
  startWorld,
  story,
  WORD,
  WRONG,
} from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @type {import('./harness/world.mjs').World} */
let world;
/** @type {Record<string, Awaited<ReturnType<typeof newClient>>>} */
const clients = {};
const SHARED = '+77079998877';

before(async () => {
  world = await startWorld();
  const asOf = new Date(Date.now() - 3 * 86_400_000).toISOString();
  clients.open = await newClient(world, { loans: LOANS, names: ['Қасымова', 'Әсел', 'Нұрланқызы'] });
  clients.stale = await newClient(world, { loans: LOANS.map((loan) => ({ ...loan, asOf })) });
  clients.locked = await newClient(world);
  clients.disabled = await newClient(world);
  clients.blocked = await newClient(world, { blocked: true });
  clients.unset = await newClient(world, { word: undefined });
  await newClient(world, { phone: SHARED, names: ['Абаева', 'Алма'] });
  await newClient(world, { phone: SHARED, names: ['Бекова', 'Дана'] });
  await failTimes(world, clients.locked.id, 3);
  await failTimes(world, clients.disabled.id, 10);
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

/**
 * Goes through every state of the screen; `look` is called in each.
 * @param {Page} page
 * @param {(state: string) => Promise<unknown>} look
 */
async function throughAll(page, look) {
  await page.locator('#call-caller:focus').waitFor();
  await look('1 idle');
  await page.keyboard.type('?!');
  await page.keyboard.press('Enter');
  await page.locator('.call-desk .notice').waitFor();
  await look('2 not a number');
  await page.locator('#call-caller').fill('');
  await page.keyboard.type(SHARED);
  await page.keyboard.press('Enter');
  await page.locator('[role="listbox"]:focus').waitFor();
  await look('3 several');
  await endCall(page);
  await find(page, clients.open.phone);
  await page.keyboard.type('Қате сoз');
  await page.keyboard.press('Escape');
  await look('4 word');
  await page.keyboard.press('Enter');
  await answered(page, 'rejected');
  await look('5 rejected');
  await say(page, WORD);
  await answered(page, 'verified');
  await page.locator('.call-loan').first().waitFor();
  await look('6 verified');
  await page.keyboard.press('Alt+b');
  await page.locator('dialog input:focus').waitFor();
  await look('7 block');
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await endCall(page);
  await find(page, clients.stale.phone);
  await say(page, WORD);
  await page.locator('.call-band').waitFor();
  await look('8 stale');
  await endCall(page);
  for (const outcome of ['locked', 'disabled', 'blocked', 'unset']) {
    await find(page, clients[outcome].phone);
    await answered(page, outcome);
    await say(page, WRONG);
    await page.locator(`.call-answer-${outcome}:focus`).waitFor();
    await look(`9 ${outcome}`);
    await endCall(page);
  }
}

/**
 * The states that most of a day is spent in.
 * @param {Page} page
 * @param {(state: string) => Promise<unknown>} look
 */
async function throughMain(page, look) {
  await page.locator('#call-caller:focus').waitFor();
  await look('1 idle');
  await find(page, clients.open.phone);
  await look('4 word');
  await say(page, WORD);
  await answered(page, 'verified');
  await page.locator('.call-loan').first().waitFor();
  await look('6 verified');
  await endCall(page);
  await find(page, clients.locked.phone);
  await answered(page, 'locked');
  await look('9 locked');
}

for (const [language, through] of /** @type {const} */ ([
  ['kk', throughAll],
  ['ru', throughMain],
  ['en', throughMain],
])) {
  story(
    `the call stands up to axe in each theme: ${language}`,
    () => world,
    { language },
    ({ page }) =>
      through(page, (state) =>
        inEachTheme(page, async (theme) => {
          await expectAccessible(page, `${state} ${theme}`);
          await picture(page, `call ${language} ${theme} ${state}`);
        }),
      ),
  );
}

for (const [name, wanted] of /** @type {const} */ ([
  ['at 320 px', { width: 320, height: 640 }],
  ['at 200 %', { width: 1280, height: 800, scale: 2 }],
])) {
  for (const [language, through] of /** @type {const} */ ([
    ['kk', throughAll],
    ['ru', throughMain],
  ])) {
    story(
      `nothing is lost ${name}: ${language}`,
      () => world,
      { ...wanted, language },
      ({ page }) =>
        through(page, async (state) => {
          await picture(page, `call ${name} ${language} ${state}`);
          assert.deepEqual(await cutOff(page), [], state);
        }),
    );
  }
}

/**
 * What stands out of the page to the right, or is cut off within its box.
 * @param {Page} page
 */
const cutOff = (page) =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const shown = [...document.querySelectorAll('body *')].filter(
      (element) => element.checkVisibility() && !element.closest('.visually-hidden, .skip, svg'),
    );
    return shown
      .filter((element) => {
        const box = element.getBoundingClientRect();
        const isOut = box.width > 1 && (box.right > width + 1 || box.left < -1);
        const hides = getComputedStyle(element).overflowX !== 'visible' && element.tagName !== 'INPUT';
        return isOut || (hides && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1);
      })
      .map((element) => `${element.tagName}.${element.className}: ${element.textContent?.trim().slice(0, 40)}`);
  });
