// Every screen of a role, in each language and theme, and narrow: accessible, and nothing runs out of the page.

import assert from 'node:assert/strict';
import { expectAccessible } from './accessibility.mjs';
import { picture } from './visit.mjs';

/** @typedef {import('playwright-core').Page} Page */
/**
 * @typedef {{ name: string, hash: string, ready: string, open?: (page: Page) => Promise<unknown> }} Stop
 * `ready` is there once the screen is; `open` brings about a state of it, such as a dialog.
 */

const LANGUAGES = /** @type {const} */ ({ ru: 'Русский', kk: 'Қазақша', en: 'English' });
const THEMES = /** @type {const} */ ({
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  contrast: { colorScheme: 'light', contrast: 'more' },
});

/**
 * Every screen in each language and theme; its dialogs in the first pair alone.
 * @param {Page} page
 * @param {readonly Stop[]} stops
 */
export async function walk(page, stops) {
  for (const stop of stops) {
    await goTo(page, stop);
    await stop.open?.(page);
    if (stop.open) {
      await check(page, `${stop.name}-ru-light`);
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      continue;
    }
    for (const [language, name] of Object.entries(LANGUAGES)) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.locator(`html[lang="${language}"]`).waitFor();
      await inEachTheme(page, (theme) => check(page, `${stop.name}-${language}-${theme}`));
    }
    await page.getByRole('button', { name: LANGUAGES.ru, exact: true }).click();
  }
}

/**
 * Looks at the page in each theme, and leaves it in the light one.
 * @param {Page} page
 * @param {(theme: string) => Promise<unknown>} look
 */
export async function inEachTheme(page, look) {
  for (const [theme, media] of Object.entries(THEMES).reverse()) {
    await page.emulateMedia(media);
    await page.locator(`html[data-theme="${theme}"]`).waitFor();
    await look(theme);
  }
}

/** @param {Page} page @param {string} state */
async function check(page, state) {
  await expectAccessible(page, state);
  await expectWithin(page, state);
  await picture(page, state);
}

/**
 * @param {Page} page
 * @param {Stop} stop
 */
export async function goTo(page, { hash, ready }) {
  await page.evaluate((wanted) => {
    location.hash = wanted;
  }, hash);
  await page.locator(ready).first().waitFor();
}

/**
 * Each screen in a window that is narrow, or in one that is zoomed.
 * @param {Page} page
 * @param {readonly Stop[]} stops
 * @param {string} how
 */
export async function walkWithin(page, stops, how) {
  for (const stop of stops.filter(({ open }) => !open)) {
    await goTo(page, stop);
    await expectWithin(page, `${stop.name} at ${how}`);
  }
}

/**
 * Nothing has to be scrolled sideways to.
 * @param {Page} page
 * @param {string} state
 */
export async function expectWithin(page, state) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${state} is wider than the page by ${wider} px`);
}
