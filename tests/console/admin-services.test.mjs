// Admins: service accounts and webhooks, before the real server and a real receiver.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { closed, dialog, press, row, shownOnce, wrong } from './harness/admin.mjs';
import { closeBrowser, newClient, startWorld, story } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  world = await startWorld({ settings: { QUPIA_WEBHOOKS__ALLOW_PRIVATE: 'true' } });
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

/** @param {string} id @param {string} secret */
const tokenOf = (id, secret) =>
  world.call(
    'POST',
    '/v1/oauth/token',
    null,
    new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  );

story(
  'a service account signs in with the key that was shown once, until it gets a new one',
  () => world,
  { as: 'admin', hash: '/services' },
  async ({ page }) => {
    await row(page, 'loans-feed').waitFor();
    assert.equal(await row(page, 'aigul').count(), 0, 'people are elsewhere');
    await page.keyboard.press('Alt+n');
    await dialog(page).getByLabel('Для чего она').fill('Кредитная система');
    await dialog(page).getByLabel('Client id').fill('loans-2');
    await page.keyboard.press('Enter');
    await dialog(page).getByText('Показывается один раз.').waitFor();
    const first = await shownOnce(page, 'Секретный ключ');
    assert.equal(await shownOnce(page, 'Client id'), 'loans-2');
    await press(page, 'Передано, закрыть');
    assert.ok((await tokenOf('loans-2', first)).access_token);

    await row(page, 'loans-2').click();
    await press(page, 'Новый секретный ключ');
    await page
      .getByRole('alertdialog')
      .getByText('Данные не поступают, пока программа не получит новый ключ.')
      .waitFor();
    await press(page, 'Создать новый ключ');
    const second = await shownOnce(page, 'Секретный ключ');
    assert.notEqual(second, first);
    await press(page, 'Передано, закрыть');
    await assert.rejects(tokenOf('loans-2', first), /401/);
    assert.ok((await tokenOf('loans-2', second)).access_token);

    await row(page, 'loans-2').click();
    await press(page, 'Отключить');
    await press(page, 'Отключить');
    await closed(page);
    await row(page, 'loans-2').getByText('отключено').waitFor();
    await assert.rejects(tokenOf('loans-2', second), /401/);
  },
);

/** A receiver that notes the ids of messages and answers as it is told. */
async function startReceiver() {
  /** @type {string[]} */
  const ids = [];
  const receiver = { ids, status: 200, url: '', close: () => {} };
  const server = createServer((request, response) => {
    ids.push(String(request.headers['webhook-id']));
    request.resume();
    response.writeHead(receiver.status).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  receiver.url = `http://127.0.0.1:${port}/sms`;
  receiver.close = () => server.close();
  return receiver;
}

/** @param {() => boolean} holds */
async function eventually(holds) {
  const until = Date.now() + 30_000;
  while (!holds() && Date.now() < until) {
    await setTimeout(100);
  }
  assert.ok(holds());
}

async function blockSomebody() {
  const client = await newClient(world);
  const supervisor = await world.signIn('saule');
  await world.call('POST', `/v1/clients/${client.id}/passphrase/block`, supervisor, { reason: 'asked by the client' });
}

/** Shows the deliveries anew until one is as wanted. @param {Page} page @param {string} state */
async function untilDelivery(page, state) {
  const wanted = page.locator('main tbody tr').filter({ has: page.locator('.badge', { hasText: state }) });
  await page.waitForFunction(
    async (word) => {
      const found = [...document.querySelectorAll('main tbody .badge')].some(
        (badge) => badge.textContent?.trim() === word,
      );
      if (!found) dispatchEvent(new KeyboardEvent('keydown', { key: 'r', code: 'KeyR', altKey: true }));
      return found;
    },
    state,
    { polling: 500 },
  );
  return wanted.first();
}

story(
  'a receiver is registered, told, told again, and given a new secret',
  () => world,
  { as: 'admin', hash: '/webhooks' },
  async ({ page, allow }) => {
    allow(/status of 422/);
    const receiver = await startReceiver();
    await page.getByText('Получателей ещё нет.').waitFor();
    await page.keyboard.press('Alt+n');
    await dialog(page).getByLabel('Адрес').fill('ftp://example.kz/sms');
    await page.keyboard.press('Enter');
    await wrong(page, 'Адрес').waitFor();
    await dialog(page).getByLabel('Адрес').fill(receiver.url);
    await dialog(page).getByLabel('Только эти').check();
    await press(page, 'Зарегистрировать и создать ключ');
    await dialog(page).getByText('Выберите хотя бы одно событие.').waitFor();
    await dialog(page)
      .getByLabel(/секретное слово заблокировано/)
      .check();
    await press(page, 'Зарегистрировать и создать ключ');
    const secret = await shownOnce(page, 'Ключ подписи');
    assert.match(secret, /^whsec_/);
    await press(page, 'Передано, закрыть');
    await row(page, receiver.url).getByText('секретное слово заблокировано').waitFor();

    await blockSomebody();
    await eventually(() => receiver.ids.length === 1);
    await row(page, receiver.url).focus();
    await page.keyboard.press('Enter');
    const delivery = await untilDelivery(page, 'доставлено');
    await delivery.getByText('ответ 200').waitFor();
    await delivery.getByRole('button', { name: 'Отправить снова' }).click();
    await eventually(() => receiver.ids.length === 2);
    assert.equal(receiver.ids[0], receiver.ids[1], 'the same message');

    await page.getByRole('button', { name: 'Новый ключ' }).click();
    await press(page, 'Создать новый ключ');
    assert.notEqual(await shownOnce(page, 'Ключ подписи'), secret);
    await press(page, 'Передано, закрыть');
    await page.getByText(/подписывает тоже, до/).waitFor();

    await page.getByRole('button', { name: 'Удалить' }).click();
    await page.getByRole('alertdialog').getByText('Вернуть это нельзя.').waitFor();
    await press(page, 'Удалить');
    await page.getByText('Получателей ещё нет.').waitFor();
    receiver.close();
  },
);

story(
  'a receiver that is gone is seen, switched on again, and gets what was not delivered',
  () => world,
  { as: 'admin', hash: '/webhooks' },
  async ({ page }) => {
    const receiver = await startReceiver();
    receiver.status = 410;
    const { id } = await world.call('POST', '/v1/webhooks', world.admin, { url: receiver.url });
    await blockSomebody();
    await eventually(() => receiver.ids.length > 0);
    await page.getByRole('link', { name: 'Вебхуки' }).click();
    await page.evaluate((wanted) => {
      location.hash = `/webhooks?id=${wanted}`;
    }, id);
    await untilDelivery(page, 'не доставлено');
    await page.reload();
    await page.getByText('получатель ответил 410').waitFor();
    receiver.status = 204;
    const before = receiver.ids.length;
    await page.getByRole('button', { name: 'Включить' }).click();
    await press(page, 'Включить');
    await page.locator('.admin-facts').getByText('действует').waitFor();
    await page.getByRole('button', { name: 'Отправить недоставленное' }).click();
    await press(page, 'Отправить снова');
    await closed(page);
    await eventually(() => receiver.ids.length > before && receiver.ids.slice(before).includes(receiver.ids[0]));
    await page.getByLabel('Показать').selectOption('dead');
    await page.getByText('Таких доставок нет.').waitFor();
    await world.call('DELETE', `/v1/webhooks/${id}`, world.admin);
    receiver.close();
  },
);
