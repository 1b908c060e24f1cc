// axe-core over the page as it stands.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Colours go over into those of another theme or state; where motion is reduced too, it takes a frame.
 * @param {import('playwright-core').Page} page
 */
const colorsAreThere = (page) =>
  page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const changing = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(changing.map(({ finished }) => finished));
  });

/**
 * No violation of WCAG 2.2 AA; in high contrast text stands out by 7:1 as well.
 * @param {import('playwright-core').Page} page
 * @param {string} state what is on the screen, for the message
 */
export async function expectAccessible(page, state) {
  await colorsAreThere(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source);
  const violations = await page.evaluate(async (tags) => {
    const isContrast = document.documentElement.dataset.theme === 'contrast';
    const axe = /** @type {any} */ (globalThis).axe;
    const found = await axe.run(document, {
      runOnly: tags,
      rules: { 'color-contrast-enhanced': { enabled: isContrast }, 'target-size': { enabled: true } },
      resultTypes: ['violations'],
    });
    return found.violations.map((/** @type {any} */ violation) => ({
      rule: violation.id,
      help: violation.help,
      nodes: violation.nodes.map((/** @type {any} */ node) => `${node.html} ${node.failureSummary}`),
    }));
  }, TAGS);
  assert.deepEqual(violations, [], state);
}
