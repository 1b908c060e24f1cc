// axe-core on every state of the branch and of /enter/, in each language, theme and width; and nothing cut off.
//
// Three walks take every state in, each in another language, theme and size. At the main states the first of
// them turns through all languages and themes: with a walk for each pair it would take many times as long.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import {
  clientAtCounter,
  findClient,
  handOver,
  linkFor,
  makeLink,
  sign,
  typeFirst,
  WEAK,
  WORDS,
} from './harness/branch.mjs';
import { closeBrowser, expectAccessible, PASSWORD, picture, startWorld, story } from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

const LANGUAGES = /** @type {const} */ (['kk', 'ru', 'en']);
const THEMES = /** @type {const} */ ({
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  contrast: { colorScheme: 'light', contrast: 'more' },
});
const MAIN = ['find', 'client', 'print', 'link', 'handed', 'completed', 'code', 'word', 'done'];
const refused = /status of 4(01|09|22)/;

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {(state: string) => Promise<void>} Check */

/** @type {{ name: string, turns: boolean, wanted: import('./harness/visit.mjs').Wanted }[]} */
const BRANCH = [
  { name: 'kk, light, 1024 px', turns: true, wanted: { language: 'kk', theme: 'light', width: 1024, height: 768 } },
  { name: 'ru, dark, 320 px', turns: false, wanted: { language: 'ru', theme: 'dark', width: 320, height: 640 } },
  {
    name: 'en, contrast, 200 %',
    turns: false,
    wanted: { language: 'en', theme: 'contrast', width: 1024, height: 768, scale: 2 },
  },
];
for (const { name, turns, wanted } of BRANCH) {
  story(
    `each stage of the branch is accessible and whole: ${name}`,
    () => world,
    { ...wanted, as: 'daniyar' },
    async ({ page, allow }) => {
      allow(refused);
      await walkTheBranch(page, checking(page, `branch ${name}`, turns ? wanted : null));
    },
  );
}

/** @type {typeof BRANCH} */
const ENTRY = [
  { name: 'kk, light, 320 px', turns: true, wanted: { language: 'kk', theme: 'light', width: 320, height: 640 } },
  { name: 'ru, dark, 1024 px', turns: false, wanted: { language: 'ru', theme: 'dark', width: 1024, height: 768 } },
  {
    name: 'en, contrast, 200 %',
    turns: false,
    wanted: { language: 'en', theme: 'contrast', width: 1024, height: 768, scale: 2 },
  },
];
for (const { name, turns, wanted } of ENTRY) {
  story(
    `each state of the client's page is accessible and whole: ${name}`,
    () => world,
    { ...wanted, as: null, clock: true },
    async ({ page, allow }) => {
      allow(refused);
      await walkTheEntry(page, checking(page, `enter ${name}`, turns ? wanted : null));
    },
  );
}

/**
 * @param {Page} page
 * @param {string} run
 * @param {import('./harness/visit.mjs').Wanted | null} turning  what it comes back to after all languages and themes
 * @returns {Check}
 */
function checking(page, run, turning) {
  /** @param {string} state */
  const look = async (state) => {
    await expectAccessible(page, state);
    const lost = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(lost <= 0, `${state} is ${lost} px too wide`);
    await picture(page, state);
  };
  return async (state) => {
    await look(`${run}, ${state}`);
    if (!turning || !MAIN.includes(state)) return;
    for (const [theme, media] of Object.entries(THEMES)) {
      await page.emulateMedia(media);
      await page.locator(`html[data-theme="${theme}"]`).waitFor();
      for (const language of LANGUAGES) {
        if (theme === turning.theme && language === turning.language) continue;
        await speak(page, language);
        await look(`${run}, ${state}, ${language}, ${theme}`);
      }
    }
    await page.emulateMedia(THEMES[turning.theme ?? 'light']);
    await speak(page, turning.language ?? 'kk');
  };
}

/**
 * Changes the language, and leaves the focus where it is.
 * @param {Page} page
 * @param {string} language
 */
async function speak(page, language) {
  const choice = page.locator(`.bar-tools [lang="${language}"], .entry-head-languages [lang="${language}"]`);
  await choice.evaluate((button) => /** @type {HTMLElement} */ (button).click());
  await page.locator(`html[lang="${language}"]`).waitFor();
}

/**
 * @param {Page} page
 * @param {Check} check
 */
async function walkTheBranch(page, check) {
  const phone = `+7700300${String(Math.trunc(Math.random() * 10_000)).padStart(4, '0')}`;
  await clientAtCounter(world, { phone });
  const client = await clientAtCounter(world, { phone, word: 'көгілдір шайнек тырна' });
  await page.locator('.search input:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.field-error').waitFor();
  await check('find');
  await page.keyboard.type(phone);
  await page.keyboard.press('Enter');
  await page.locator('.found-card').first().waitFor();
  await check('found');
  await page.keyboard.press('Alt+n');
  await page.locator('.form input:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.field-error').first().waitFor();
  await check('new');
  await page.locator('.stage-actions .button-quiet').click();
  await findClient(page, client.number);
  await page.locator('.client-more .button').first().click();
  await page.locator('.history li').first().waitFor();
  await check('client');
  await page.locator('.client-more .button-quiet').click();
  await page.locator('dialog').waitFor();
  await check('withdraw');
  await page.keyboard.press('Escape');
  await page.locator('.stage.client .stage-actions .button-primary').focus();
  await page.keyboard.press('Enter');
  await page.locator('.check input').check();
  await page.locator('.button-primary').click();
  await page.locator('.field-error').first().waitFor();
  await check('draft');
  await page.locator('.check input').uncheck();
  await page.locator('.options input').first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.frameLocator('.print-frame').locator('.number').waitFor();
  await check('print');
  await page.locator('.print-side > .button-quiet').click();
  await page.locator('dialog').waitFor();
  await check('cancel');
  await page.keyboard.press('Escape');
  await sign(page);
  await check('ways');
  await makeLink(page);
  await check('link');
  await page.keyboard.press('Alt+t');
  await page.locator('.word-box-input:focus').waitFor();
  await page.keyboard.type(WEAK);
  await page.keyboard.press('Enter');
  await page.locator('.strength [role="alert"], .strength-words[role="alert"]').waitFor();
  await check('typed');
  await handOver(page);
  await page.locator('.chip').first().waitFor();
  await page.keyboard.type('самовар ириска');
  await page.locator('.strength[data-level="good"]').waitFor();
  await check('handed');
  await page.keyboard.press('Enter');
  await page.locator('.entry[data-step="second"] .word-box-input:focus').waitFor();
  await page.keyboard.type('другое');
  await page.keyboard.press('Enter');
  await page.locator('.entry-trouble', { hasText: '▲' }).waitFor();
  await check('handed again');
  await page.keyboard.type('самовар ириска');
  await page.keyboard.press('Enter');
  await page.locator('.entry-end-done').waitFor();
  await check('handed done');
  await page.locator('.entry-staff').click();
  await page.locator('dialog input[autocomplete="current-password"]:focus').waitFor();
  await check('taken back');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('.completed').waitFor();
  await check('completed');
}

/**
 * @param {Page} page
 * @param {Check} check
 */
async function walkTheEntry(page, check) {
  const { code } = await linkFor(world, await clientAtCounter(world));
  await page.goto(`${world.origin}/enter/`);
  await page.locator('#entry-code:focus').waitFor();
  await page.keyboard.type('ABCDE23456');
  await page.keyboard.press('Enter');
  await page.locator('.entry-trouble', { hasText: '▲' }).waitFor();
  await check('code');
  await page.goto('about:blank');
  await page.goto(`${world.origin}/enter/#${code}`);
  await page.locator('.chip').first().waitFor();
  await check('word');
  await page.keyboard.type(WEAK);
  await page.keyboard.press('Enter');
  await page.locator('.strength-words[role="alert"]').waitFor();
  await check('weak');
  await page.locator('.entry-keys').click();
  await page.locator('.touch').waitFor();
  await check('keys');
  await page.locator('.entry-keys').click();
  await page.locator('.word-box-input').focus();
  await page.keyboard.press('Control+a');
  await typeFirst(page, WORDS);
  await check('again');
  await page.clock.fastForward('10:01');
  await page.locator('.entry-end-over').waitFor();
  await check('over');
  const { code: next } = await linkFor(world, await clientAtCounter(world));
  await page.goto('about:blank');
  await page.goto(`${world.origin}/enter/#${next}`);
  await typeFirst(page, WORDS);
  await page.keyboard.type(WORDS);
  await page.keyboard.press('Enter');
  await page.locator('.entry-end-done').waitFor();
  await check('done');
}
