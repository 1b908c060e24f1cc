// Admins: staff, branches, service accounts and webhooks, before the real server and a real receiver.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { expectWithin, walk } from './harness/walk.mjs';
import { closeBrowser, newClient, PASSWORD, startWorld, story } from './harness.mjs';

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

/** @param {Page} page */
const dialog = (page) => page.getByRole('dialog').or(page.getByRole('alertdialog')).last();
/** @param {Page} page @param {string | RegExp} name */
const press = (page, name) => dialog(page).getByRole('button', { name }).click();
/** The field in the dialog that is said to be wrong. @param {Page} page @param {string} label */
const wrong = (page, label) => page.locator('dialog .field-wrong').filter({ has: page.getByLabel(label) });
/** @param {Page} page @param {string} text */
const row = (page, text) => page.locator('main tbody tr').filter({ hasText: text });
/** @param {Page} page */
const closed = (page) => page.locator('dialog').waitFor({ state: 'detached' });
/** What was shown once, by its label. @param {Page} page @param {string} label */
const shownOnce = async (page, label) =>
  (await page.locator('.admin-secrets > div').filter({ hasText: label }).locator('code').textContent()) ?? '';

let made = 0;

/** Somebody of this story alone. @param {string} role */
async function newPerson(role = 'call_center') {
  made += 1;
  const login = `person${made}`;
  const entered = await world.call('POST', '/v1/staff', world.admin, { login, name: `Лаура ${made}`, role });
  const token = await world.signIn(login).catch(() => null);
  assert.equal(token, null);
  const first = (await world.call('POST', '/v1/sessions', null, { login, password: entered.password })).access_token;
  const change = { current_password: entered.password, new_password: PASSWORD };
  await world.call('POST', '/v1/staff/me/password', first, change);
  return { login, name: `Лаура ${made}`, id: entered.id };
}

story(
  'a newcomer gets access in a minute, and the one-time password is shown once',
  () => world,
  { as: 'admin' },
  async ({ page, context, allow }) => {
    allow(/status of 422/);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await row(page, 'aigul').waitFor();
    await page.keyboard.press('Alt+n');
    await dialog(page).getByLabel('Имя').fill('Гүлнар Садықова');
    await dialog(page).getByLabel('Логин').fill('gulnar');
    await dialog(page).getByLabel('Роль').selectOption('branch');
    await page.keyboard.press('Enter');
    await press(page, 'Завести и создать пароль');
    const branch = dialog(page).getByLabel('Отделение');
    await wrong(page, 'Отделение').waitFor();
    assert.equal(await branch.getAttribute('aria-invalid'), 'true');
    await branch.selectOption('ALA-1');
    await press(page, 'Завести и создать пароль');
    await dialog(page).getByText('Показывается один раз.').waitFor();
    const password = await shownOnce(page, 'Одноразовый пароль');
    await dialog(page)
      .getByRole('button', { name: /Одноразовый пароль/ })
      .click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), password);
    await page.keyboard.press('Escape');
    await dialog(page).getByText(password).waitFor();
    await press(page, 'Передано, закрыть');
    await closed(page);
    assert.ok(!(await page.content()).includes(password), 'it is nowhere any more');
    await row(page, 'gulnar').getByText('ещё не выбрал свой пароль').waitFor();
    const opened = await world.call('POST', '/v1/sessions', null, { login: 'gulnar', password });
    assert.equal(opened.staff.password_change_required, true);
  },
);

story(
  'a login that is taken is said at its field, and nothing typed is lost',
  () => world,
  { as: 'admin' },
  async ({ page, allow }) => {
    allow(/status of (409|422)/);
    await page.getByRole('button', { name: 'Новый сотрудник' }).click();
    await press(page, 'Завести и создать пароль');
    const login = dialog(page).getByLabel('Логин');
    await wrong(page, 'Логин').waitFor();
    await dialog(page).getByLabel('Имя').fill('Другая Айгүл');
    await login.fill('aigul');
    await press(page, 'Завести и создать пароль');
    await dialog(page).getByText('Логин «aigul» занят. Выберите другой, например aigul2.').waitFor();
    assert.equal(await dialog(page).getByLabel('Имя').inputValue(), 'Другая Айгүл');
    await login.fill('aigul2');
    await page.keyboard.press('Enter');
    await dialog(page).getByText('Показывается один раз.').waitFor();
  },
);

story(
  'an answer that was lost is asked for again: nobody is entered twice, and the password is made anew',
  () => world,
  { as: 'admin' },
  async ({ page, allow }) => {
    allow(/ERR_FAILED|Failed to load resource/);
    let lost = 0;
    await page.route('**/v1/staff', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.fallback();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    await page.keyboard.press('Alt+n');
    await dialog(page).getByLabel('Имя').fill('Потерянный ответ');
    await dialog(page).getByLabel('Логин').fill('lost-answer');
    await page.keyboard.press('Enter');
    await dialog(page).getByText('Ответ потерялся в пути').waitFor();
    await press(page, 'Закрыть');
    await row(page, 'lost-answer').waitFor();
    const entered = await world.call('GET', '/v1/staff?limit=200', world.admin);
    assert.equal(entered.items.filter((/** @type {any} */ one) => one.login === 'lost-answer').length, 1);
    await row(page, 'lost-answer').click();
    await press(page, 'Новый одноразовый пароль');
    await press(page, 'Создать новый пароль');
    const password = await shownOnce(page, 'Одноразовый пароль');
    await world.call('POST', '/v1/sessions', null, { login: 'lost-answer', password });
  },
);

story(
  'staff are found, changed, disabled and enabled again, each asked first',
  () => world,
  { as: 'admin' },
  async ({ page }) => {
    const person = await newPerson();
    const token = await world.signIn(person.login);
    await page.keyboard.press('Alt+1');
    await page.reload();
    await page.getByLabel('Найти по имени').fill(person.login);
    await page.getByText('показан 1 сотрудник').waitFor();
    await row(page, person.login).focus();
    await page.keyboard.press('Enter');
    await dialog(page).getByLabel('Роль').selectOption('auditor');
    await dialog(page).getByText('Все сеансы этого сотрудника сразу завершатся.').waitFor();
    await press(page, 'Сохранить');
    await closed(page);
    await row(page, person.login).getByText('аудитор').waitFor();
    await assert.rejects(world.call('GET', '/v1/staff/me', token), /401/);

    await row(page, person.login).click();
    await press(page, 'Отключить');
    await page.getByRole('alertdialog').getByText(`${person.login} больше не сможет войти`).waitFor();
    await page.getByRole('button', { name: 'Отмена' }).and(page.locator(':focus')).waitFor();
    await press(page, 'Отключить');
    await closed(page);
    await row(page, person.login).getByText('отключено').waitFor();
    await assert.rejects(world.signIn(person.login), /401/);

    await row(page, person.login).click();
    await press(page, 'Включить');
    await press(page, 'Включить');
    await closed(page);
    await row(page, person.login).getByText('действует').waitFor();
    assert.ok(await world.signIn(person.login));
  },
);

story(
  'the last admin is refused kindly, whether disabled or given another role',
  () => world,
  { as: 'admin' },
  async ({ page, allow }) => {
    allow(/status of 409/);
    await row(page, 'admin').first().click();
    await dialog(page).getByLabel('Роль').selectOption('auditor');
    await dialog(page).getByText('Это ваша учётная запись').waitFor();
    await press(page, 'Сохранить');
    await dialog(page).getByRole('alert').getByText('последний действующий администратор').waitFor();
    await press(page, 'Отключить');
    await dialog(page).getByText('Это ваша учётная запись').waitFor();
    await press(page, 'Отключить');
    await dialog(page).getByRole('alert').getByText('сначала дайте эту роль кому-нибудь ещё').waitFor();
    await page.keyboard.press('Escape');
    await closed(page);
    await row(page, 'admin').first().getByText('действует').waitFor();
  },
);

story(
  'a branch is opened, and its code is its own',
  () => world,
  { as: 'admin', hash: '/branches' },
  async ({ page, allow }) => {
    allow(/status of (409|422)/);
    await row(page, 'ALA-1').waitFor();
    await page.keyboard.press('Alt+n');
    await dialog(page).getByLabel('Код').fill('ALA-1');
    await dialog(page).getByLabel('Название').fill('Сейфуллин, 5');
    await page.keyboard.press('Enter');
    await dialog(page).getByText('Отделение «ALA-1» уже есть.').waitFor();
    await dialog(page).getByLabel('Код').fill('нет');
    await page.keyboard.press('Enter');
    await page.locator('dialog .field-error').filter({ hasNotText: 'уже есть' }).waitFor();
    await dialog(page).getByLabel('Код').fill('AST-1');
    await dialog(page).getByLabel('Город').fill('Астана');
    await page.keyboard.press('Enter');
    await closed(page);
    await row(page, 'AST-1').getByText('Сейфуллин, 5').waitFor();
  },
);

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

/** @param {string} ready @param {(page: Page) => Promise<unknown>} act */
const opened = (ready, act) => async (/** @type {Page} */ page) => {
  await act(page);
  await page.locator(ready).waitFor();
};
const alt = (/** @type {Page} */ page) => page.keyboard.press('Alt+n');
const first = (/** @type {Page} */ page) => page.locator('main tbody tr').first().click();

/** @type {import('./harness/walk.mjs').Stop[]} */
const SCREENS = [
  { name: 'staff', hash: '/staff', ready: 'main tbody tr' },
  { name: 'enter-staff', hash: '/staff', ready: 'main tbody tr', open: opened('dialog form', alt) },
  { name: 'change-staff', hash: '/staff', ready: 'main tbody tr', open: opened('dialog form', first) },
  { name: 'branches', hash: '/branches', ready: 'main tbody tr' },
  { name: 'open-branch', hash: '/branches', ready: 'main tbody tr', open: opened('dialog form', alt) },
  { name: 'services', hash: '/services', ready: 'main tbody tr' },
  { name: 'service', hash: '/services', ready: 'main tbody tr', open: opened('dialog', first) },
  { name: 'webhooks', hash: '/webhooks', ready: 'main .table' },
  { name: 'register-webhook', hash: '/webhooks', ready: 'main .table', open: opened('dialog form', alt) },
];

for (const theme of /** @type {const} */ (['light', 'dark', 'contrast'])) {
  story(
    `every screen of an admin is accessible in ${theme}, in each language`,
    () => world,
    { as: 'admin', theme },
    async ({ page }) => {
      page.setDefaultTimeout(30_000);
      await walk(page, SCREENS, theme);
    },
  );
}

for (const [name, wanted] of /** @type {const} */ ([
  ['320 px', { width: 320 }],
  ['200 %', { width: 1280, scale: 2 }],
])) {
  story(
    `an admin loses nothing at ${name}`,
    () => world,
    { as: 'admin', language: 'kk', ...wanted },
    async ({ page }) => {
      for (const stop of SCREENS.filter(({ open }) => !open)) {
        await page.evaluate((hash) => {
          location.hash = hash;
        }, stop.hash);
        await page.locator(stop.ready).first().waitFor();
        await expectWithin(page, `${stop.name} at ${name}`);
      }
    },
  );
}
