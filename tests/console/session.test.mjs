// Ways in and out: sign-in, the first password, the end of a session, and other tabs.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { closeBrowser, expectAccessible, find, newClient, PASSWORD, signIn, startWorld, story } from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

const HOURS_12 = 12 * 60 * 60 * 1000;
const unauthorized = /status of 401/;

/** @param {import('playwright-core').Page} page */
const tokenOf = (page) => page.evaluate(() => sessionStorage.getItem('qupia-token'));

/**
 * Ends the session on the server, as an admin or the clock would.
 * @param {import('playwright-core').Page} page
 */
const endSession = async (page) => world.call('DELETE', '/v1/sessions/current', await tokenOf(page));

/**
 * A newcomer with a one-time password.
 * @param {string} login
 */
async function newcomer(login) {
  const made = await world.call('POST', '/v1/staff', world.admin, { login, name: 'Жаңа Маман', role: 'call_center' });
  return made.password;
}

story(
  'a wrong password says what to check, empties the field and keeps the login',
  () => world,
  { as: null },
  async ({ page, allow }) => {
    allow(unauthorized);
    await page.getByLabel('Логин').fill('aigul');
    await page.getByLabel('Пароль').fill('не тот пароль');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Войти не удалось').waitFor();
    await page.locator('input[autocomplete="current-password"]:focus').waitFor();
    assert.equal(await page.locator('input[autocomplete="current-password"]').inputValue(), '');
    assert.equal(await page.getByLabel('Логин').inputValue(), 'aigul');
    await expectAccessible(page, 'a sign-in that failed');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('#call-caller:focus').waitFor();
  },
);

story(
  'empty fields are told before anything is sent',
  () => world,
  { as: null },
  async ({ page }) => {
    await page.locator('input[autocomplete="username"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Введите логин.').waitFor();
    await page.keyboard.type('aigul');
    await page.keyboard.press('Enter');
    await page.getByText('Введите пароль.').waitFor();
    await page.locator('input[autocomplete="current-password"]:focus').waitFor();
  },
);

story(
  'a one-time password is changed before anything else',
  () => world,
  { as: null },
  async ({ page, allow }) => {
    allow(/status of 422/);
    const oneTime = await newcomer('janar');
    await page.getByLabel('Логин').fill('janar');
    await page.getByLabel('Пароль').fill(oneTime);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Придумайте свой пароль' }).waitFor();
    await expectAccessible(page, 'the first password');
    const [fresh, again] = [page.getByLabel('Новый пароль', { exact: true }), page.getByLabel('Новый пароль ещё раз')];
    await fresh.fill('короткий');
    await page.keyboard.press('Enter');
    await page.getByText('не меньше 12 символов').waitFor();
    await fresh.fill('password1234');
    await again.fill('password1235');
    await page.keyboard.press('Enter');
    await page.getByText('Пароли не совпадают').waitFor();
    await again.fill('password1234');
    await page.keyboard.press('Enter');
    await page.locator('.field-error').waitFor();
    await fresh.fill('lantern marmot orchard');
    await again.fill('lantern marmot orchard');
    await page.keyboard.press('Enter');
    await page.locator('#call-caller:focus').waitFor();
  },
);

story(
  'a reload in the midst of the first password asks for the one-time one',
  () => world,
  { as: null },
  async ({ page }) => {
    const oneTime = await newcomer('madina');
    await page.getByLabel('Логин').fill('madina');
    await page.getByLabel('Пароль').fill(oneTime);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Придумайте свой пароль' }).waitFor();
    await page.reload();
    await page.getByLabel('Одноразовый пароль').fill(oneTime);
    await page.getByLabel('Новый пароль', { exact: true }).fill('lantern marmot orchard');
    await page.getByLabel('Новый пароль ещё раз').fill('lantern marmot orchard');
    await page.keyboard.press('Enter');
    await page.locator('#call-caller:focus').waitFor();
  },
);

story(
  'two minutes before its end a session warns, takes no focus, and one key goes on',
  () => world,
  { clock: true },
  async ({ page }) => {
    await page.locator('#call-caller:focus').waitFor();
    const before = await tokenOf(page);
    await page.clock.fastForward(HOURS_12 - 100_000);
    await page.getByRole('alert').getByText('Сеанс закончится через').waitFor();
    await page.locator('#call-caller:focus').waitFor();
    await expectAccessible(page, 'the session about to end');
    await page.keyboard.type('8 700');
    await page.keyboard.press('F8');
    await page.getByRole('dialog', { name: 'Войти снова' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#call-caller:focus').waitFor();
    await page.keyboard.press('F8');
    await page.locator('dialog input[autocomplete="current-password"]:focus').waitFor();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('#call-caller:focus').waitFor();
    assert.equal(await page.locator('#call-caller').inputValue(), '8 700');
    assert.equal(await page.locator('.ending').count(), 0);
    assert.notEqual(await tokenOf(page), before);
    await assert.rejects(world.call('GET', '/v1/staff/me', before), /401/, 'the session before is closed');
  },
);

story(
  'a session that ends by the clock is covered, and goes on where it was',
  () => world,
  { clock: true },
  async ({ page }) => {
    await page.locator('#call-caller:focus').waitFor();
    await page.keyboard.type('8 701');
    await page.clock.fastForward(HOURS_12 + 1000);
    await page.getByRole('dialog', { name: 'Сеанс закончился' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Сеанс закончился' }).waitFor();
    await expectAccessible(page, 'the session ended');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('#call-caller:focus').waitFor();
    assert.equal(await page.locator('#call-caller').inputValue(), '8 701');
  },
);

story(
  'a session that died in mid-work: what was asked is asked again after the sign-in',
  () => world,
  {},
  async ({ page, allow }) => {
    allow(unauthorized);
    const client = await newClient(world);
    await page.locator('#call-caller:focus').waitFor();
    await endSession(page);
    await page.keyboard.type(client.phone);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Сеанс закончился' }).waitFor();
    await page.keyboard.type('wrong at first');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Войти не удалось').waitFor();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('#call-word:focus').waitFor();
  },
);

story(
  'a word is not sent by itself after a session ended: it is forgotten',
  () => world,
  {},
  async ({ page, allow }) => {
    allow(unauthorized);
    const client = await newClient(world);
    await find(page, client.phone);
    await endSession(page);
    const sent = page.waitForRequest('**/v1/verifications');
    await page.keyboard.type('қызыл алма терезе');
    await page.keyboard.press('Enter');
    await sent;
    await page.getByRole('dialog', { name: 'Сеанс закончился' }).waitFor();
    assert.equal(await page.locator('#call-word').inputValue(), '');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.locator('#call-word').inputValue(), '');
    assert.equal((await world.events(client.id)).filter(({ action }) => action === 'verification').length, 0);
  },
);

story(
  'a one-time password given in mid-work is changed over the screen',
  () => world,
  { as: null },
  async ({ page, allow }) => {
    allow(unauthorized);
    const made = await world.call('POST', '/v1/staff', world.admin, {
      login: 'bota',
      name: 'Бота',
      role: 'call_center',
    });
    const token = await world.call('POST', '/v1/sessions', null, { login: 'bota', password: made.password });
    const change = { current_password: made.password, new_password: PASSWORD };
    await world.call('POST', '/v1/staff/me/password', token.access_token, change);
    await signIn(page, 'bota');
    await page.locator('#call-caller:focus').waitFor();
    await page.keyboard.type('+7 701 000 00 00');
    const { password } = await world.call('POST', `/v1/staff/${made.id}/password`, world.admin);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Сеанс закончился' }).waitFor();
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Придумайте свой пароль' }).waitFor();
    await page.keyboard.type('lantern marmot orchard');
    await page.getByLabel('Новый пароль ещё раз').fill('lantern marmot orchard');
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.match(await page.locator('#call-caller').inputValue(), /701/);
  },
);

story(
  'signing out ends the token, empties the tab and says so',
  () => world,
  {},
  async ({ page }) => {
    const token = await tokenOf(page);
    const closed = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    await page.getByRole('button', { name: 'Выйти' }).click();
    await page.getByText('Вы вышли.').waitFor();
    assert.equal(await tokenOf(page), null, 'out of the storage at once');
    await closed;
    await assert.rejects(world.call('GET', '/v1/staff/me', token), /401/);
    await page.reload();
    await page.locator('input[autocomplete="username"]:focus').waitFor();
  },
);

story(
  'signing out in one tab signs out the same person in another, and nobody else',
  () => world,
  {},
  async ({ page, context }) => {
    const other = await context.newPage();
    await other.goto(`${world.origin}/console/`);
    await signIn(other, 'aigul');
    const stranger = await context.newPage();
    await stranger.goto(`${world.origin}/console/`);
    await signIn(stranger, 'oleg');
    const token = await tokenOf(other);
    await page.getByRole('button', { name: 'Выйти' }).click();
    await other.getByText('Вы вышли в другой вкладке.').waitFor();
    assert.equal(await tokenOf(other), null);
    await stranger.getByText('Олег Ким').waitFor();
    for (let tries = 0; ; tries += 1) {
      const alive = await world.call('GET', '/v1/staff/me', token).then(
        () => true,
        () => false,
      );
      if (!alive) break;
      assert.ok(tries < 100, 'the other tab closes its own session');
    }
  },
);
