// Supervisors and auditors: the figures of a day and what is behind them, locks, signals, the audit and its seals.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { expectWithin, walk } from './harness/walk.mjs';
import { closeBrowser, failTimes, newClient, startWorld, story, WORD, WRONG } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @type {import('./harness/world.mjs').World} */
let world;
/** @type {Awaited<ReturnType<typeof newClient>>} */
let known;

before(async () => {
  world = await startWorld({ settings: { QUPIA_SIGNALS__MANY_SPECIALISTS: '2' } });
  known = await newClient(world);
  const other = await newClient(world);
  for (const [login, word] of [
    ['aigul', WORD],
    ['aigul', WORD],
    ['timur', WRONG],
  ]) {
    const token = await world.signIn(login);
    await world.call('POST', '/v1/clients/search', token, { phone: known.phone });
    const body = { client_id: known.id, passphrase: word, call_id: 'call-7' };
    await world.call('POST', '/v1/verifications', token, body);
  }
  await failTimes(world, other.id, 3);
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

/** @param {Page} page @param {string} name */
const tile = (page, name) => page.locator('.reports-tile', { hasText: name }).locator('.reports-tile-value');
/** @param {Page} page */
const rows = (page) => page.locator('main tbody tr');
/** @param {Page} page */
const fragment = (page) => page.evaluate(() => decodeURIComponent(location.hash));
/** @param {Page} page @param {string} hash */
const goTo = (page, hash) =>
  page.evaluate((wanted) => {
    location.hash = wanted;
  }, hash);

/** How many events of one action there are. @param {string} query */
async function eventsOf(query) {
  const auditor = await world.signIn('oleg');
  return (await world.call('GET', `/v1/audit/events?limit=200&${query}`, auditor)).items;
}

story(
  'a supervisor reads the figures of today, which open nothing that the role may not read',
  () => world,
  { as: 'saule', hash: '/today' },
  async ({ page }) => {
    const recorded = await eventsOf('action=verification.recorded');
    await tile(page, 'Проверки')
      .filter({ hasText: String(recorded.length) })
      .waitFor();
    const verified = recorded.filter((/** @type {any} */ event) => event.outcome === 'verified').length;
    await tile(page, 'Не подтверждено')
      .filter({ hasText: String(recorded.length - verified) })
      .waitFor();
    const line = page.getByRole('row', { name: /Айгүл Серік/ });
    assert.equal(await line.getByRole('cell').nth(0).textContent(), '2');
    await page.locator('.reports-chart canvas').waitFor();
    const legend = await page.locator('.reports-legend li').allTextContents();
    assert.match(legend[0], new RegExp(`Подтверждено\\s*${verified}`));
    assert.equal(await page.locator('a[href*="/audit"]').count(), 0, 'no way to what is refused');
    assert.equal(await page.locator('nav a').filter({ hasText: 'Аудит' }).count(), 0);
    await goTo(page, '/audit');
    await page.waitForFunction(() => !location.hash.includes('audit'));
  },
);

story(
  'the period stands in the address, and days are chosen by date',
  () => world,
  { as: 'saule', hash: '/today?period=yesterday' },
  async ({ page }) => {
    await page.getByRole('heading', { level: 1, name: /Вчера/ }).waitFor();
    await page.getByText('За этот период ничего нет.').first().waitFor();
    await page.getByRole('button', { name: '7 дней' }).click();
    await page.getByRole('heading', { level: 2, name: 'По дням' }).waitFor();
    assert.equal(await fragment(page), '#/today?period=week');
    assert.equal(await page.getByRole('group', { name: 'По дням' }).locator('tbody tr').count(), 7);
    await page.getByRole('button', { name: 'Дни', exact: true }).click();
    const [first, last] = [page.getByLabel('С', { exact: true }), page.getByLabel('По', { exact: true })];
    await last.fill(await first.inputValue());
    const day = await first.inputValue();
    await page.getByRole('heading', { level: 2, name: 'По часам' }).waitFor();
    const iso = day.split('.').reverse().join('-');
    assert.equal(await fragment(page), `#/today?from=${iso}&to=${iso}`);
    await first.fill('31.12.2099');
    await page.getByText('Первый день позже последнего.').waitFor();
    await first.fill('31.02.2026');
    await page.getByText('Пишите день так: 22.11.2026.').waitFor();
    assert.equal(await fragment(page), `#/today?from=${iso}&to=${iso}`, 'what is no day is not asked for');
  },
);

story(
  'a report that does not come says so, and is asked for again',
  () => world,
  { as: 'saule', hash: '/signals' },
  async ({ page, allow }) => {
    allow(/status of 503/);
    await page.route('**/v1/reports/today*', (route) =>
      route.fulfill({
        status: 503,
        json: { code: 'unavailable', status: 503, title: '', detail: '', request_id: 'r-1' },
      }),
    );
    await page.getByRole('link', { name: 'Сегодня' }).click();
    await page.getByRole('alert').getByText('r-1').waitFor();
    await page.unroute('**/v1/reports/today*');
    await page
      .getByRole('button', { name: 'Попробовать снова' })
      .or(page.getByRole('alert').getByRole('button').first())
      .first()
      .click();
    await tile(page, 'Проверки').waitFor();
  },
);

story(
  'a figure opens the events behind it for an auditor',
  () => world,
  { as: 'oleg', hash: '/today' },
  async ({ page }) => {
    const line = page.getByRole('row', { name: /Тимур Ахметов/ });
    const figure = line.getByRole('link').first();
    const count = Number(await figure.textContent());
    const staff = (await eventsOf('action=verification.recorded')).find(
      (/** @type {any} */ e) => e.actor.login === 'timur',
    ).actor.id;
    await figure.click();
    await page.getByText(`показано ${count} событи`).waitFor();
    assert.match(
      await fragment(page),
      new RegExp(`^#/audit\\?action=verification.recorded&actor=${staff}&from=.+&to=.+$`),
    );
    assert.equal(await rows(page).count(), count);
    await page.goBack();
    await page
      .getByRole('row', { name: /Айгүл Серік/ })
      .getByTitle(/Подтверждено/)
      .click();
    await page
      .getByText(/^2 из \d+ прочитанных событий$/)
      .or(page.getByText('показано 2 события'))
      .first()
      .waitFor();
    assert.equal(await rows(page).count(), 2);
  },
);

story(
  'a supervisor lifts a lock by the keyboard alone, with a reason that stays in the audit',
  () => world,
  { as: 'saule', hash: '/today' },
  async ({ page }) => {
    const client = await newClient(world);
    await failTimes(world, client.id, 3);
    await tile(page, 'Проверки').waitFor();
    await page.keyboard.press('Alt+u');
    await page.getByRole('textbox', { name: /Телефон, номер клиента/ }).waitFor();
    await page.keyboard.type('K-999999');
    await page.keyboard.press('Enter');
    await page.getByText('Никого не найдено. Проверьте номер.').waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(client.number);
    await page.keyboard.press('Enter');
    await page.getByText(/Заблокировано до .+ неверных попыток подряд: 3/).waitFor();
    assert.match((await page.locator('dialog .reports-client').textContent()) ?? '', /Т\*\*\* Е\*\*\*/);
    await page.locator('dialog input:focus').waitFor();
    await page.keyboard.type('клиент перезвонил с паспортом');
    await page.keyboard.press('Enter');
    await page.getByText('Блокировка снята. Неверных попыток подряд: 3.').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    const [lifted] = await eventsOf(`action=passphrase.unlocked&client_id=${client.id}`);
    assert.equal(lifted.reason, 'клиент перезвонил с паспортом');
    assert.equal(lifted.actor.login, 'saule');
  },
);

story(
  'a lock that is gone already is told, not lifted twice',
  () => world,
  { as: 'saule', hash: '/today' },
  async ({ page, allow }) => {
    allow(/status of 409/);
    const client = await newClient(world);
    await failTimes(world, client.id, 3);
    await page.getByRole('button', { name: 'Снять блокировку' }).click();
    await page.getByRole('textbox').fill(client.phone);
    await page.keyboard.press('Enter');
    const reason = page.getByRole('textbox', { name: /Почему снимается/ });
    await reason.fill('по просьбе');
    const supervisor = await world.signIn('saule');
    await world.call('POST', `/v1/clients/${client.id}/passphrase/unlock`, supervisor, { reason: 'before' });
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Не заблокировано').waitFor();
    assert.equal(await reason.inputValue(), 'по просьбе', 'what was typed is kept');
    await page.getByRole('button', { name: 'Другой клиент' }).click();
    await page.getByRole('textbox').fill(known.number);
    await page.keyboard.press('Enter');
    await page.getByText(/Временной блокировки нет/).waitFor();
    assert.equal(await page.getByRole('dialog').getByRole('button', { name: 'Снять блокировку' }).count(), 0);
  },
);

story(
  'a signal says what to do, and leads an auditor to the events and to who asked about the client',
  () => world,
  { as: 'oleg', hash: '/signals' },
  async ({ page }) => {
    // The detector looks once a minute.
    const auditor = await world.signIn('oleg');
    const until = Date.now() + 90_000;
    const raised = async () => (await world.call('GET', '/v1/reports/signals', auditor)).items.length > 0;
    while (!(await raised()) && Date.now() < until) {
      await setTimeout(500);
    }
    await page.keyboard.press('Alt+r');
    const signal = rows(page).filter({ hasText: 'Много специалистов, один клиент' }).first();
    await signal.getByText('секретное слово этого клиента пробовали 2 специалиста').waitFor();
    await signal.getByText('Позвоните клиенту на его номер.').waitFor();
    await signal.getByRole('link', { name: 'События за час до сигнала' }).click();
    await page.getByText(/показано \d+ событи/).waitFor();
    assert.match(await fragment(page), new RegExp(`client=${known.id}`));
    await page.goBack();
    await signal.getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Кто обращался к данным клиента' }).waitFor();
    await rows(page).filter({ hasText: 'verification.recorded' }).first().waitFor();
    const read = (await eventsOf('action=client.accesses_read')).filter(
      (/** @type {any} */ e) => e.client_id === known.id,
    );
    assert.equal(read.length, 1, 'reading it is recorded');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Who asked about the client' }).waitFor();
    await rows(page).filter({ hasText: 'Verification' }).first().waitFor();
  },
);

story(
  'the audit is searched by every filter, which stand in the fragment and nowhere else',
  () => world,
  { as: 'oleg', hash: '/audit' },
  async ({ page }) => {
    await page.getByLabel('Что сделано').selectOption('passphrase.locked');
    await page.waitForFunction(() => location.hash.includes('action=passphrase.locked'));
    await rows(page).first().getByText('Временная блокировка').first().waitFor();
    const codes = await page.locator('main tbody .reports-code').allTextContents();
    assert.deepEqual([...new Set(codes)], ['passphrase.locked']);
    await page.getByLabel('Клиент (id)').fill(known.id);
    await page.getByRole('button', { name: 'Найти' }).click();
    await page.getByText('С этими фильтрами событий нет.').waitFor();
    assert.equal(await page.evaluate(() => location.search), '');
    await page.goBack();
    await page.getByText(/показано \d+ событи/).waitFor();
    await page.getByRole('button', { name: 'Сбросить фильтры' }).click();
    await page.getByLabel('До', { exact: true }).fill('01.01.2020');
    await page.keyboard.press('Enter');
    await page.getByText('С этими фильтрами событий нет.').waitFor();
    assert.equal(await fragment(page), '#/audit?to=2020-01-01T00:00');
    await page.reload();
    const before = page.getByLabel('До', { exact: true });
    assert.equal(await before.inputValue(), '01.01.2020 00:00');
    await before.fill('01.01.2020 25:00');
    await page.keyboard.press('Enter');
    await page.getByText('Пишите время так: 22.11.2026 09:30, или только день.').waitFor();
  },
);

story(
  'an event is opened, read and left by the keyboard, and more is read as one goes down',
  () => world,
  { as: 'oleg', hash: '/audit?action=client.searched' },
  async ({ page }) => {
    const branch = await world.signIn('daniyar');
    for (let search = 0; search < 120; search += 1) {
      await world.call('POST', '/v1/clients/search', branch, { client_number: known.number });
    }
    await page.keyboard.press('Alt+r');
    await page.getByText('показано 50 событий').waitFor();
    await rows(page).first().focus();
    await page.keyboard.press('End');
    await page.getByText('показано 100 событий').waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    const first = await dialog.getByRole('heading').textContent();
    await dialog.getByText('client.searched').waitFor();
    await dialog.getByText(known.id).waitFor();
    await page.keyboard.press('Alt+ArrowDown');
    await page.waitForFunction((title) => document.querySelector('dialog h2')?.textContent !== title, first);
    await page.keyboard.press('Alt+ArrowUp');
    await dialog.getByRole('heading', { name: first ?? '', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('main tbody tr:first-child:focus').waitFor();
    await page.keyboard.press('Enter');
    await dialog.getByRole('link', { name: 'Только этот сотрудник' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.match(await fragment(page), /^#\/audit\?actor=[^&]+$/);
    await rows(page).first().getByText('daniyar').waitFor();
  },
);

for (const [format, label] of /** @type {const} */ ([
  ['csv', 'Таблица (CSV, для Excel)'],
  ['ndjson', 'JSON, по событию в строке'],
])) {
  story(
    `what is found is exported as ${format}, and the file has as many events as is told`,
    () => world,
    { as: 'oleg', hash: '/audit?action=passphrase.unlocked' },
    async ({ page }) => {
      const client = await newClient(world);
      await failTimes(world, client.id, 3);
      const supervisor = await world.signIn('saule');
      const reason = '=HYPERLINK("http://x";"y")';
      await world.call('POST', `/v1/clients/${client.id}/passphrase/unlock`, supervisor, { reason });
      const found = await eventsOf('action=passphrase.unlocked');
      await rows(page).first().waitFor();
      await page.keyboard.press('Alt+e');
      await page.getByLabel(label).check();
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Скачать' }).click();
      const download = await saved;
      assert.match(download.suggestedFilename(), new RegExp(`^qupia-audit-\\d{4}-\\d\\d-\\d\\d\\.${format}$`));
      const text = await readFile(/** @type {string} */ (await download.path()), 'utf8');
      const lines = text.trimEnd().split(/\r?\n/);
      await page.getByText(new RegExp(`^В файле ${found.length} событи`)).waitFor();
      if (format === 'csv') {
        assert.equal(lines.length, found.length + 1);
        assert.ok(lines[0].startsWith('\ufeffid;at;actor_login;'));
        assert.ok(lines[1].includes(`"'=HYPERLINK(""http://x"";""y"")"`), 'no cell is a formula');
      } else {
        assert.deepEqual(JSON.parse(lines[0]), found[0]);
        assert.equal(lines.length, found.length);
      }
    },
  );
}

story(
  'the seals are verified now, and a changed audit cannot be overlooked',
  () => world,
  { as: 'oleg', hash: '/audit?view=seals' },
  async ({ page }) => {
    await page.getByText('В этой вкладке ещё не проверялось.').waitFor();
    await page.getByRole('button', { name: 'Проверить сейчас' }).click();
    await page.getByRole('alert').getByText('Аудит цел').waitFor();
    await page
      .getByRole('alert')
      .getByText(/Событий: [\d\s]+, печатей: [\d\s]+\./)
      .waitFor();
    const [newest] = (await world.call('GET', '/v1/audit/seals', await world.signIn('oleg'))).items;
    assert.ok(newest.number > 0);
    const [verified] = await eventsOf('action=audit.verified');
    assert.equal(verified.outcome, 'good');
    // What the answer is about a changed audit is the server's own test; here it is what the page makes of it.
    await page.route('**/v1/audit/verification', (route) =>
      route.fulfill({
        json: { ok: false, events: 16, seals: 3, unsealed: 0, first_bad: { seq: 17, seal: null, why: 'was altered' } },
      }),
    );
    await page.getByRole('button', { name: 'Проверить сейчас' }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('Аудит нарушен').waitFor();
    await alert.getByText('Событие 17: was altered.').waitFor();
    await alert.getByText(/Сразу сообщите/).waitFor();
  },
);

/** @type {import('./harness/walk.mjs').Stop[]} */
const SUPERVISOR = [
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
/** @type {import('./harness/walk.mjs').Stop[]} */
const AUDITOR = [
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

for (const theme of /** @type {const} */ (['light', 'dark', 'contrast'])) {
  for (const [as, stops] of /** @type {const} */ ([
    ['saule', SUPERVISOR],
    ['oleg', AUDITOR],
  ])) {
    story(
      `every screen of ${as} is accessible in ${theme}, in each language`,
      () => world,
      { as, theme, hash: stops[0].hash },
      async ({ page }) => {
        page.setDefaultTimeout(30_000);
        await walk(page, [...stops], theme);
      },
    );
  }
}

for (const [name, wanted] of /** @type {const} */ ([
  ['320 px', { width: 320 }],
  ['200 %', { width: 1280, scale: 2 }],
])) {
  story(
    `nothing is lost at ${name}`,
    () => world,
    { as: 'oleg', language: 'kk', hash: '/today', ...wanted },
    async ({ page }) => {
      for (const stop of AUDITOR.filter(({ open }) => !open)) {
        await goTo(page, stop.hash);
        await page.locator(stop.ready).first().waitFor();
        await expectWithin(page, `${stop.name} at ${name}`);
      }
    },
  );
}
