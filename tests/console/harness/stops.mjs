// The screens of those who do not take calls, and the dialogs on them: where a walk through the console stops.

/** @typedef {import('playwright-core').Page} Page */

/** @type {import('./walk.mjs').Stop[]} */
export const SUPERVISOR = [
  { name: 'today', hash: '/today', ready: '.reports-chart canvas' },
  { name: 'today-days', hash: '/today?period=week', ready: '.reports-chart canvas' },
  {
    name: 'unlock',
    hash: '/today',
    ready: '.reports-tile',
    async open(page) {
      await page.keyboard.press('Alt+u');
      await page.locator('dialog input').waitFor();
    },
  },
  { name: 'signals', hash: '/signals', ready: '.table tbody tr, .table-foot' },
];
/** @type {import('./walk.mjs').Stop[]} */
export const AUDITOR = [
  { name: 'today-auditor', hash: '/today', ready: '.reports-chart canvas' },
  { name: 'audit', hash: '/audit', ready: '.table tbody tr' },
  {
    name: 'event',
    hash: '/audit?action=passphrase.locked',
    ready: '.table tbody tr',
    async open(page) {
      await page.locator('.table tbody tr').first().click();
      await page.locator('dialog .reports-facts').waitFor();
    },
  },
  {
    name: 'export',
    hash: '/audit?action=passphrase.locked',
    ready: '.table tbody tr',
    async open(page) {
      await page.keyboard.press('Alt+e');
      await page.locator('dialog input').first().waitFor();
    },
  },
  { name: 'seals', hash: '/audit?view=seals', ready: '.table tbody tr' },
];

/** @param {string} ready @param {(page: Page) => Promise<unknown>} act */
const opened = (ready, act) => async (/** @type {Page} */ page) => {
  await act(page);
  await page.locator(ready).waitFor();
};
const alt = (/** @type {Page} */ page) => page.keyboard.press('Alt+n');
const first = (/** @type {Page} */ page) => page.locator('main tbody tr').first().click();

/** @type {import('./walk.mjs').Stop[]} */
export const ADMIN = [
  { name: 'staff', hash: '/staff', ready: 'main tbody tr' },
  { name: 'enter-staff', hash: '/staff', ready: 'main tbody tr', open: opened('dialog form', alt) },
  { name: 'change-staff', hash: '/staff', ready: 'main tbody tr', open: opened('dialog form', first) },
  { name: 'branches', hash: '/branches', ready: 'main tbody tr' },
  { name: 'open-branch', hash: '/branches', ready: 'main tbody tr', open: opened('dialog form', alt) },
  { name: 'services', hash: '/services', ready: 'main tbody tr' },
  { name: 'service', hash: '/services', ready: 'main tbody tr', open: opened('dialog', first) },
  { name: 'webhooks', hash: '/webhooks', ready: 'main tbody tr' },
  { name: 'register-webhook', hash: '/webhooks', ready: 'main tbody tr', open: opened('dialog form', alt) },
];
