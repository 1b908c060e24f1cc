// Supervisors and auditors: the figures of a day and what is behind them, locks and signals.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { eventsOf, fragment, goTo, rows, startDay, tile } from './harness/reports.mjs';
import { closeBrowser, failTimes, newClient, story } from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;
/** @type {Awaited<ReturnType<typeof newClient>>} */
let known;

before(async () => {
  ({ world, known } = await startDay());
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

story(
  'a supervisor reads the figures of today, which open nothing that the role may not read',
  () => world,
  { as: 'saule', hash: '/today' },
  async ({ page }) => {
    const recorded = await eventsOf(world, 'action=verification.recorded');
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
    const staff = (await eventsOf(world, 'action=verification.recorded')).find(
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
    const [lifted] = await eventsOf(world, `action=passphrase.unlocked&client_id=${client.id}`);
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
    const read = (await eventsOf(world, 'action=client.accesses_read')).filter(
      (/** @type {any} */ e) => e.client_id === known.id,
    );
    assert.equal(read.length, 1, 'reading it is recorded');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Who asked about the client' }).waitFor();
    await rows(page).filter({ hasText: 'Verification' }).first().waitFor();
  },
);
