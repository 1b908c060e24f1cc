// A branch visit from the counter to the passphrase, before the real server: the client types it.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import {
  clientAtCounter,
  countPrints,
  draftAndPrint,
  expectVerifiedBy,
  findClient,
  formIsShown,
  handOver,
  makeLink,
  newestApplication,
  sign,
  takeBack,
  typeTwice,
  upToTheWord,
  WEAK,
  WORDS,
} from './harness/branch.mjs';
import { closeBrowser, startWorld, story, visit } from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

const daniyar = /** @type {const} */ ({ as: 'daniyar' });
const unauthorized = /status of 401/;

story(
  'the screen is handed over, the client types alone, and the specialist comes back with a password',
  () => world,
  daniyar,
  async ({ page }) => {
    const client = await clientAtCounter(world);
    const prints = await countPrints(page);
    await findClient(page, client.phone);
    await draftAndPrint(page);
    assert.equal(await prints(), 1, 'the print dialog opens at once');
    await sign(page);
    const token = await page.evaluate(() => sessionStorage.getItem('qupia-token'));
    const opened = page.waitForRequest('**/v1/entry/open');
    await handOver(page);
    assert.equal((await (await opened).allHeaders()).authorization, undefined, 'a code is opened by nobody signed in');
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await assert.rejects(world.call('GET', '/v1/staff/me', token), /401/, 'the session of the specialist is over');
    await typeTwice(page, WORDS);
    await page.getByRole('heading', { name: 'Готово' }).waitFor();
    await takeBack(page);
    await page.getByRole('heading', { name: 'Секретное слово установлено' }).waitFor();
    await page.locator('.button-primary:focus', { hasText: 'Следующий клиент' }).waitFor();
    const application = await newestApplication(world, client.id);
    assert.equal(application.state, 'completed');
    await page.getByText(`Заявление ${application.number} завершено`).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.search input:focus').waitFor();
    await expectVerifiedBy(world, client.id, WORDS);
  },
);

story(
  'the keys on the screen type Kazakh, Russian, English and digits, and erase',
  () => world,
  { ...daniyar, language: 'kk', width: 1024, height: 768 },
  async ({ page }) => {
    const client = await clientAtCounter(world);
    await upToTheWord(page, client.number);
    await handOver(page);
    const field = page.locator('.word-box-input');
    assert.equal(await field.getAttribute('inputmode'), 'none', "the tablet's own keyboard stays away");
    /** @param {string} name */
    const press = (name) => page.locator('.touch').getByRole('button', { name, exact: true }).click();
    for (const letter of ['қ', 'ұ', 'с']) await press(letter);
    await press('бос орын');
    await press('123 Сандар');
    await press('7');
    assert.equal(await field.inputValue(), 'құс 7');
    await press('Әріптер: РУС');
    await press('щ');
    await press('Әріптер: ENG');
    await press('w');
    assert.equal(await field.inputValue(), 'құс 7щw');
    for (const _ of [1, 2, 3]) await press('өшіру');
    assert.equal(await field.inputValue(), 'құс ');
    assert.equal(await field.evaluate((element) => element === document.activeElement), true);
  },
);

story(
  'a weak word is told kindly while it is typed, refused, and mended',
  () => world,
  daniyar,
  async ({ page }) => {
    const client = await clientAtCounter(world);
    await upToTheWord(page, client.number);
    await handOver(page);
    await page.keyboard.type(WEAK);
    await page.locator('.strength[data-level="weak"] [role="status"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.strength[data-level="weak"] [role="alert"]').waitFor();
    assert.equal(await page.locator('.entry').getAttribute('data-step'), 'first');
    await page.locator('.word-box-input:focus').press('Control+a');
    await page.keyboard.type('самовар ириска');
    await page.locator('.strength[data-level="good"]').waitFor();
    await page.keyboard.type(' луга');
    await page.locator('.strength[data-level="best"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.entry[data-step="second"] .word-box-input:focus').waitFor();
    await page.keyboard.type('самовар луга ириска');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Слова не совпали').waitFor();
    assert.equal(await page.locator('.word-box-input').inputValue(), '');
    await page.keyboard.type(`${WORDS} `);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Готово' }).waitFor();
    await expectVerifiedBy(world, client.id, WORDS);
  },
);

story(
  'a suggestion is taken by a press, and others are drawn',
  () => world,
  daniyar,
  async ({ page }) => {
    const client = await clientAtCounter(world);
    await upToTheWord(page, client.number);
    await handOver(page);
    const chip = page.locator('.chip').first();
    const offered = await chip.textContent();
    await page.getByRole('button', { name: 'другие слова' }).click();
    await page.waitForFunction((text) => document.querySelector('.chip')?.textContent !== text, offered);
    const taken = (await chip.textContent())?.trim();
    await chip.click();
    assert.equal(await page.locator('.word-box-input').inputValue(), taken);
    await page.locator('.strength[data-level="best"]').waitFor();
  },
);

story(
  'a hand-over is left with the password of the specialist alone',
  () => world,
  daniyar,
  async ({ page, allow }) => {
    allow(unauthorized);
    const client = await clientAtCounter(world);
    await upToTheWord(page, client.number);
    await handOver(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('.entry-page').waitFor();
    await takeBack(page, 'a guess of the client');
    await page.locator('dialog [role="alert"]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.entry-page .word-box-input').waitFor();
    await page.reload();
    await page.locator('input[autocomplete="username"]').waitFor();
    assert.equal(await page.locator('.branch').count(), 0, 'a reload shows the sign-in, never the branch');
  },
);

story(
  'the specialist takes the screen back before the word is set, and goes on with the same draft',
  () => world,
  { ...daniyar, language: 'ru' },
  async ({ page }) => {
    const client = await clientAtCounter(world);
    await upToTheWord(page, client.number);
    await handOver(page);
    await page.getByRole('button', { name: 'Eng', exact: true }).click();
    await page.getByRole('heading', { name: 'Type your passphrase' }).waitFor();
    await takeBack(page);
    await formIsShown(page);
    await page.getByRole('heading', { name: 'Клиент читает и подписывает' }).waitFor();
    assert.equal((await newestApplication(world, client.id)).state, 'draft');
  },
);

story(
  'by a link the client types on a device of their own, and the specialist sees each step',
  () => world,
  daniyar,
  async ({ page }) => {
    const client = await clientAtCounter(world);
    await upToTheWord(page, client.number);
    const ended = await makeLink(page);
    await page.getByRole('status', { name: 'Состояние ссылки' }).getByText('Ждём').waitFor();
    await page.getByRole('button', { name: 'Новая ссылка' }).click();
    await page.waitForFunction((old) => document.querySelector('.link-code')?.textContent !== old, ended);
    const code = await page.locator('.link-code').textContent();
    assert.match((await page.locator('.link-address').textContent()) ?? '', /\/enter\/$/);

    const device = await visit(world, { as: null, language: 'kk', width: 320, height: 640 });
    device.allow(unauthorized);
    device.page.setDefaultTimeout(15_000);
    await device.page.goto(`${world.origin}/enter/#${ended}`);
    await device.page.getByRole('alert').getByText('қолданылып қойған').waitFor();
    await device.page.goto(`${world.origin}/enter/#${code}`);
    await device.page.locator('.word-box-input:focus').waitFor();
    await page.getByRole('status', { name: 'Состояние ссылки' }).getByText('клиент набирает').waitFor();
    assert.equal(await page.locator('.qr').count(), 0, 'a used code is not shown any longer');
    await typeTwice(device.page, WORDS);
    await device.page.getByRole('heading', { name: 'Дайын' }).waitFor();
    await page.getByRole('heading', { name: 'Секретное слово установлено' }).waitFor();
    device.expectClean();
    await device.close();
    await expectVerifiedBy(world, client.id, WORDS);
  },
);

story(
  'a link is ended by the cancellation of its application',
  () => world,
  daniyar,
  async ({ page }) => {
    const client = await clientAtCounter(world);
    await upToTheWord(page, client.number);
    await makeLink(page);
    const application = await newestApplication(world, client.id);
    const branch = await world.signIn('daniyar');
    await world.call('POST', `/v1/applications/${application.id}/cancellation`, branch, { reason: 'by a colleague' });
    await page.getByRole('status', { name: 'Состояние ссылки' }).getByText('больше не действует').waitFor();
  },
);
