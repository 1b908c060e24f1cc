// The page /enter/ on a client's own device: the code, the word twice, done; and every way in which it ends.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { clientAtCounter, expectVerifiedBy, linkFor, typeFirst, typeTwice, WORDS } from './harness/branch.mjs';
import { closeBrowser, reach, startWorld, story } from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

const phone = /** @type {const} */ ({ as: null, width: 320, height: 640 });
const unauthorized = /status of 401/;

/** @param {import('playwright-core').Page} page @param {string} [code] */
const openEnter = (page, code) => page.goto(`${world.origin}/enter/${code ? `#${code}` : ''}`);

story(
  'the code leaves the address at once, and stands in no history',
  () => world,
  phone,
  async ({ page }) => {
    const { code } = await linkFor(world, await clientAtCounter(world));
    await openEnter(page, code);
    await page.locator('.word-box-input:focus').waitFor();
    assert.equal(page.url(), `${world.origin}/enter/`);
    const devtools = await page.context().newCDPSession(page);
    const { entries } = await devtools.send('Page.getNavigationHistory');
    assert.equal(JSON.stringify(entries.map(({ url, title }) => [url, title])).includes(code), false);
  },
);

story(
  'a code is typed by hand in letters of any alphabet, and a wrong one says what to do',
  () => world,
  phone,
  async ({ page, allow }) => {
    allow(unauthorized);
    const client = await clientAtCounter(world);
    const { code } = await linkFor(world, client);
    await openEnter(page);
    await page.locator('#entry-code:focus').waitFor();
    await page.keyboard.type('авек');
    assert.equal(await page.locator('#entry-code').inputValue(), 'ABEK');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('10 букв и цифр').waitFor();
    await page.keyboard.type('23456789');
    assert.equal(await page.locator('#entry-code').inputValue(), 'ABEK2-34567');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('не подходит').waitFor();
    assert.equal(await page.locator('#entry-code').inputValue(), 'ABEK2-34567', 'one letter can be mended');
    await page.locator('#entry-code').fill('');
    await page.keyboard.type(code.toLowerCase().replace('-', ' '));
    await page.keyboard.press('Enter');
    await typeTwice(page, WORDS);
    await page.getByRole('heading', { name: 'Готово' }).waitFor();
    await page.getByText('Ваше секретное слово установлено').waitFor();
    await expectVerifiedBy(world, client.id, WORDS);
  },
);

story(
  'a link that was opened once is of no use to another',
  () => world,
  phone,
  async ({ page, allow }) => {
    allow(unauthorized);
    const { code } = await linkFor(world, await clientAtCounter(world));
    await openEnter(page, code);
    await page.locator('.word-box-input:focus').waitFor();
    await page.reload();
    await page.locator('#entry-code').waitFor();
    await page.goto('about:blank');
    await openEnter(page, code);
    await page.getByRole('alert').getByText('уже использован').waitFor();
  },
);

story(
  'after ten minutes it is over, and nothing of the word is left',
  () => world,
  { ...phone, clock: true },
  async ({ page }) => {
    const { code } = await linkFor(world, await clientAtCounter(world));
    await openEnter(page, code);
    await page.locator('.word-box-input:focus').waitFor();
    await page.keyboard.type('самовар');
    // Nothing is asked from here on: an answer would tell the page the real time.
    await page.locator('.chip').first().waitFor();
    await page.locator('.strength[data-level="weak"]').waitFor();
    await page.clock.fastForward('08:30');
    await page.getByRole('status').getByText('Осталось меньше двух минут').waitFor();
    await page.clock.fastForward('02:00');
    await page.getByRole('heading', { name: 'Время вышло' }).waitFor();
    assert.equal(await page.locator('.word-box-input').count(), 0);
    await page.getByRole('button', { name: 'У меня есть новый код' }).click();
    await page.locator('#entry-code:focus').waitFor();
  },
);

story(
  'a newer link ends the page that an older one opened',
  () => world,
  phone,
  async ({ page, allow }) => {
    allow(unauthorized);
    const client = await clientAtCounter(world);
    const link = await linkFor(world, client);
    await openEnter(page, link.code);
    await typeFirst(page, WORDS);
    await link.renew();
    await page.keyboard.type(WORDS);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Ссылка больше не действует' }).waitFor();
  },
);

story(
  'an answer that was lost is asked for again under its key, and the word is set once',
  () => world,
  phone,
  async ({ page, allow }) => {
    allow(/ERR_FAILED/);
    const client = await clientAtCounter(world);
    const { code } = await linkFor(world, client);
    /** @type {(string | undefined)[]} */
    const keys = [];
    await page.route('**/v1/entry/completion', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      await reach(route);
      return route.abort();
    });
    await openEnter(page, code);
    await typeTwice(page, WORDS);
    await page.getByRole('heading', { name: 'Готово' }).waitFor();
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    const events = await world.events(client.id);
    assert.equal(events.filter(({ action }) => action === 'passphrase.set').length, 1);
  },
);

story(
  'never more than one strength check is under way, and only after a pause',
  () => world,
  phone,
  async ({ page }) => {
    const { code } = await linkFor(world, await clientAtCounter(world));
    let [running, most, asked] = [0, 0, 0];
    await page.route('**/v1/entry/check', async (route) => {
      asked += 1;
      running += 1;
      most = Math.max(most, running);
      const answer = await route.fetch();
      running -= 1;
      await route.fulfill({ response: answer });
    });
    await openEnter(page, code);
    await page.locator('.word-box-input:focus').waitFor();
    await page.keyboard.type(WORDS, { delay: 30 });
    await page.locator('.strength[data-level="best"]').waitFor();
    assert.equal(most, 1);
    assert.ok(asked < WORDS.length / 2, `${asked} checks for ${WORDS.length} letters`);
  },
);

story(
  'on a phone of 320 px nothing is cut off, and keys on the screen are a choice',
  () => world,
  phone,
  async ({ page }) => {
    const { code } = await linkFor(world, await clientAtCounter(world));
    await openEnter(page, code);
    await page.locator('.chip').first().waitFor();
    const field = page.locator('.word-box-input');
    assert.equal(await field.getAttribute('inputmode'), 'text', "the phone's own keyboard is used");
    for (const language of ['Қаз', 'Рус', 'Eng']) {
      await page.getByRole('button', { name: language, exact: true }).click();
      await page.waitForFunction(
        (name) => document.querySelector('[aria-pressed="true"]')?.textContent === name,
        language,
      );
      assert.ok(await fits(page), `${language} without the keys`);
      await page.locator('.entry-keys').click();
      await page.locator('.touch').waitFor();
      assert.ok(await fits(page), `${language} with the keys`);
      const sizes = await page
        .locator('.touch-key')
        .evaluateAll((keys) => keys.map((key) => key.getBoundingClientRect()));
      for (const { width, height } of sizes)
        assert.ok(width >= 24 && height >= 30, `${language}: ${width} × ${height}`);
      await page.locator('.entry-keys').click();
      await page.locator('.touch').waitFor({ state: 'detached' });
    }
  },
);

/** @param {import('playwright-core').Page} page */
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

story(
  'no browser, password manager or spell check is offered the word',
  () => world,
  phone,
  async ({ page }) => {
    const { code } = await linkFor(world, await clientAtCounter(world));
    await openEnter(page, code);
    const field = page.locator('.word-box-input');
    await field.waitFor();
    for (const [name, value] of [
      ['type', 'text'],
      ['autocomplete', 'off'],
      ['autocorrect', 'off'],
      ['autocapitalize', 'none'],
      ['spellcheck', 'false'],
    ]) {
      assert.equal(await field.getAttribute(name), value);
    }
    assert.equal(await field.getAttribute('name'), null);
    assert.equal(await field.evaluate((element) => /** @type {HTMLInputElement} */ (element).form), null);
    await page.getByRole('button', { name: 'Скрыть' }).click();
    assert.equal(
      await field.evaluate((element) => getComputedStyle(element).getPropertyValue('-webkit-text-security')),
      'disc',
    );
  },
);
