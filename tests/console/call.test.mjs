// Whole calls, from the number to the end, before the real server.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { closeBrowser, expectAccessible, picture, startWorld, story } from './harness.mjs';

const WORD = 'көгілдір шайнек тырна';
const OTHER = 'медный чайник журавль';
const LOANS = [
  { ticket: 'ЗБ-000451', due: -5, grace: 20, balance: '125000.00' },
  { ticket: 'ЗБ-000467', due: 0, product: 'Техника', balance: '48500.50' },
  { ticket: 'ЗБ-000502', due: 12, balance: '210000.00' },
  { ticket: 'ЗБ-000503', due: -40, grace: 20, balance: '73000.00' },
  { ticket: 'ЗБ-000504', due: -3, grace: null, balance: '9900.00' },
];

/** @type {import('./harness/world.mjs').World} */
let world;
/** @type {Record<string, string>} */
const ids = {};

/** A client of one story alone, so that no story spends another's attempts. */
let made = 0;
async function newClient(part = {}) {
  made += 1;
  const number = `K-${String(200_000 + made)}`;
  const phone = `+7701${String(1_000_000 + made)}`;
  const whole = { number, phone, names: ['Тілеубаев', 'Ерлан', 'Маратұлы'], word: WORD, ...part };
  const id = await world.addClient(whole);
  return { ...whole, id };
}

before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

/** Looks a caller up by the keyboard alone; the focus is in the word afterwards. */
async function find(page, text) {
  await page.locator('#call-caller:focus').waitFor();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  await page.locator('#call-word:focus').waitFor();
}

async function say(page, word) {
  await page.locator('#call-word:focus').waitFor();
  await page.keyboard.type(word);
  await page.keyboard.press('Enter');
}

const answered = (page, outcome) => page.locator(`.call-answer-${outcome}`).waitFor();

story(
  'a right word opens the loans, and the call ends by two presses of Esc',
  () => world,
  {},
  async ({ page }) => {
    const client = await newClient({ loans: LOANS });
    await find(page, client.phone);
    assert.equal(await page.locator('.call-name').innerText(), 'Т*** Е*** М***', 'masked until verified');
    await say(page, WORD);
    await answered(page, 'verified');
    await page.getByText('Тілеубаев Ерлан Маратұлы').first().waitFor();
    assert.equal(await page.locator('.call-loan').count(), LOANS.length);
    await page.locator('[data-place="answer"]:focus').waitFor();
    await page.keyboard.press('F3');
    await page.locator('.call-loan:nth-child(2):focus').waitFor();
    await page.keyboard.press('Shift+F3');
    await page.locator('.call-loan:nth-child(1):focus').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('#call-caller:focus').waitFor();
    assert.equal(await page.locator('.call-loan').count(), 0);
    const actions = (await world.events(client.id)).map(({ action }) => action);
    assert.ok(
      actions.some((action) => /verification/.test(action) && /clos|end/.test(action)),
      `closed: ${actions}`,
    );
  },
);
