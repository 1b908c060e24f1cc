// The frame around every screen: who has which, language and look, keys, the tab, and what is loaded.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { closeBrowser, expectAccessible, newClient, signIn, startWorld, story } from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

story(
  'a server that is stopped and started loses no word of what was typed',
  () => world,
  {},
  async ({ page, allow }) => {
    allow(/ERR_|Failed to load|Failed to fetch/);
    const client = await newClient(world);
    await page.locator('#call-caller:focus').waitFor();
    await world.server.halt();
    await page.keyboard.type(client.phone);
    await page.keyboard.press('Enter');
    await page.getByText('Нет связи с сервером').first().waitFor();
    await expectAccessible(page, 'no connection');
    await world.server.resume();
    await page.locator('#call-word:focus').waitFor({ timeout: 30_000 });
  },
);

story(
  'a page opened while the service is away goes on by itself',
  () => world,
  {},
  async ({ page, allow }) => {
    allow(/ERR_|Failed to load|status of 50/);
    let away = true;
    await page.route('**/v1/staff/me', (route) => (away ? route.abort('connectionrefused') : route.fallback()));
    await page.reload();
    await page.getByText('Подключаемся.').waitFor();
    away = false;
    await page.locator('#call-caller:focus').waitFor();
  },
);

for (const [login, titles] of /** @type {const} */ ([
  ['aigul', []],
  ['daniyar', []],
  ['saule', ['Звонок', 'Сегодня', 'Сигналы']],
  ['oleg', ['Сегодня', 'Сигналы', 'Аудит']],
  ['admin', ['Сотрудники', 'Отделения', 'Сервисы', 'Вебхуки']],
])) {
  story(
    `${login} sees their own screens, each of them opens, and no other role's`,
    () => world,
    { as: login },
    async ({ page }) => {
      const links = page.locator('.bar-nav a');
      assert.deepEqual(await links.allTextContents(), titles);
      for (const [at, title] of titles.entries()) {
        await page.keyboard.press(`Alt+${at + 1}`);
        await page.locator('.bar-nav a[aria-current="page"]', { hasText: title }).waitFor();
        await page.locator('.page:not(.muted)').waitFor();
      }
      const foreign = login === 'admin' ? 'call' : 'staff';
      await page.evaluate((name) => {
        location.hash = `#/${name}`;
      }, foreign);
      await page.waitForFunction((name) => location.hash !== `#/${name}`, foreign);
    },
  );
}

story(
  'language and look change at once and are kept; nothing else is',
  () => world,
  {},
  async ({ page }) => {
    for (const [name, text, lang] of [
      ['Қазақша', 'Шығу', 'kk'],
      ['English', 'Sign out', 'en'],
      ['Русский', 'Выйти', 'ru'],
    ]) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('button', { name: text }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), lang);
    }
    await page.getByRole('button', { name: 'Оформление' }).click();
    await page.getByRole('button', { name: 'Высокий контраст' }).click();
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'contrast');
    await page.reload();
    await page.locator('html[data-theme="contrast"]').waitFor();
    const kept = await page.evaluate(() => [Object.keys(localStorage).sort(), Object.keys(sessionStorage)]);
    assert.deepEqual(kept, [['qupia-language', 'qupia-theme'], ['qupia-token']]);
  },
);

story(
  'a tab that is hidden for ten minutes holds nothing of a caller',
  () => world,
  { clock: true },
  async ({ page }) => {
    await page.locator('#call-caller:focus').waitFor();
    await page.keyboard.type('8 701 234');
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.clock.fastForward(9 * 60_000);
    assert.equal(await page.locator('#call-caller').inputValue(), '8 701 234');
    await page.clock.fastForward(2 * 60_000);
    await page.waitForFunction(
      () => /** @type {HTMLInputElement | null} */ (document.querySelector('#call-caller'))?.value === '',
    );
  },
);

story(
  'a screen that could not be loaded is loaded at the next try',
  () => world,
  { as: null },
  async ({ page, allow }) => {
    allow(/ERR_|Failed to load|Failed to fetch/);
    let away = true;
    await page.route('**/screens/call/index.js', (route) =>
      away ? route.abort('connectionrefused') : route.fallback(),
    );
    // The page asks for the call screen as soon as it opens.
    await page.reload();
    await signIn(page, 'aigul');
    await page.getByRole('alert').getByText('Не удалось загрузить экран').waitFor();
    away = false;
    await page.getByRole('button', { name: 'Повторить' }).click();
    await page.locator('#call-caller:focus').waitFor();
  },
);

story(
  'a limit says when one can try again',
  () => world,
  { as: null },
  async ({ page, allow }) => {
    allow(/status of 429/);
    await page.route('**/v1/sessions', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '90' },
        body: JSON.stringify({ status: 429, code: 'rate_limited', title: '', detail: '', request_id: 'request-77' }),
      }),
    );
    await page.getByLabel('Логин').fill('aigul');
    await page.getByLabel('Пароль').fill('x');
    await page.keyboard.press('Enter');
    await page.getByText('Повторить можно через').waitFor();
    await page.getByText('request-77').waitFor();
    assert.match((await page.getByRole('timer').textContent()) ?? '', /01:(30|29|28)/);
  },
);

story(
  'F1 lists the keys of the screen and gives the focus back',
  () => world,
  {},
  async ({ page }) => {
    await page.locator('#call-caller:focus').waitFor();
    await page.keyboard.press('F1');
    const help = page.getByRole('dialog', { name: 'Клавиши этого экрана' });
    await help.getByText('Показать клавиши').waitFor();
    assert.ok((await help.locator('dt').count()) > 2, 'the screen lists its own keys');
    await expectAccessible(page, 'the help');
    await page.keyboard.press('F1');
    await help.waitFor({ state: 'detached' });
    await page.locator('#call-caller:focus').waitFor();
  },
);

for (const theme of /** @type {const} */ (['light', 'dark', 'contrast'])) {
  story(
    `the sign-in is accessible in every language: ${theme}`,
    () => world,
    { as: null, theme, language: 'kk', width: 320 },
    async ({ page }) => {
      await page.locator('input[autocomplete="username"]:focus').waitFor();
      for (const [language, name] of [
        ['kk', 'Қазақша'],
        ['ru', 'Русский'],
        ['en', 'English'],
      ]) {
        await page.getByRole('button', { name }).click();
        await page.locator(`html[lang="${language}"]`).waitFor();
        await expectAccessible(page, `${theme} ${language}`);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      }
    },
  );
}

story(
  'the bar of the role with the most screens is one line in every language',
  () => world,
  { as: 'admin', width: 1280 },
  async ({ page }) => {
    for (const name of ['Қазақша', 'English', 'Русский']) {
      await page.getByRole('button', { name }).click();
      await page.locator('.bar-tools [aria-pressed="true"]', { hasText: name }).waitFor();
      const { height } = (await page.locator('.bar').boundingBox()) ?? { height: Infinity };
      assert.ok(height < 60, `${name}: ${height} px`);
    }
  },
);

story(
  'scripts and styles of the first use are 150 KB at most',
  () => world,
  { as: null },
  async ({ page }) => {
    /** @type {Promise<number>[]} */
    const sizes = [];
    page.on('response', (response) => {
      if (/\.(js|css)$/.test(new URL(response.url()).pathname)) sizes.push(response.body().then((body) => body.length));
    });
    await page.reload();
    await signIn(page, 'aigul');
    await page.locator('#call-caller:focus').waitFor();
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    assert.ok(total > 50_000 && total <= 150_000, `${total} bytes`);
  },
);
