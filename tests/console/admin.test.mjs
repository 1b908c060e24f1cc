// Admins: staff and branches, before the real server.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { closed, dialog, press, row, shownOnce, wrong } from './harness/admin.mjs';
import { closeBrowser, PASSWORD, startWorld, story } from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

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
