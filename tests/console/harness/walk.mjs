// Every screen of a role, in each language and theme, and narrow: accessible, and nothing runs out of the page.

import assert from 'node:assert/strict';
import { expectAccessible } from './accessibility.mjs';
import { picture } from './visit.mjs';

/** @typedef {import('playwright-core').Page} Page */
/**
 * @typedef {{ name: string, hash: string, ready: string, open?: (page: Page) => Promise<unknown> }} Stop
 * `ready` is there once the screen is; `open` brings about a state of it, such as a dialog.
 */

const LANGUAGES = /** @type {const} */ ({ kk: 'Қазақша', ru: 'Русский', en: 'English' });

/**
 * @param {Page} page
 * @param {Stop[]} stops
 * @param {string} theme for the names of pictures
 */
export async function walk(page, stops, theme) {
  for (const [language, name] of Object.entries(LANGUAGES)) {
    await page.getByRole('button', { name, exact: true }).click();
    await page.locator(`html[lang="${language}"]`).waitFor();
    for (const stop of stops) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, stop.hash);
      await page.locator(stop.ready).first().waitFor();
      await stop.open?.(page);
      const state = `${stop.name}-${language}-${theme}`;
      await expectAccessible(page, state);
      await expectWithin(page, state);
      await picture(page, state);
      if (stop.open) {
        await page.keyboard.press('Escape');
        await page.locator('dialog').waitFor({ state: 'detached' });
      }
    }
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
