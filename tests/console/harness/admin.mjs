// The steps that the stories of admins share.

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page */
export const dialog = (page) => page.getByRole('dialog').or(page.getByRole('alertdialog')).last();
/** @param {Page} page @param {string | RegExp} name */
export const press = (page, name) => dialog(page).getByRole('button', { name }).click();
/** The field in the dialog that is said to be wrong. @param {Page} page @param {string} label */
export const wrong = (page, label) => page.locator('dialog .field-wrong').filter({ has: page.getByLabel(label) });
/** @param {Page} page @param {string} text */
export const row = (page, text) => page.locator('main tbody tr').filter({ hasText: text });
/** @param {Page} page */
export const closed = (page) => page.locator('dialog').waitFor({ state: 'detached' });
/** What was shown once, by its label. @param {Page} page @param {string} label */
export const shownOnce = async (page, label) =>
  (await page.locator('.admin-secrets > div').filter({ hasText: label }).locator('code').textContent()) ?? '';
