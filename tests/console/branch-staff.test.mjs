// A branch visit in which staff types the word, or which is cancelled, set aside, or broken off.

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
  newestApplication,
  sign,
  typeFirst,
  typeTwice,
  upToTheWord,
  WORDS,
} from './harness/branch.mjs';
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

const daniyar = /** @type {const} */ ({ as: 'daniyar' });
const unauthorized = /status of 401/;

story(
  'where the client cannot type staff does, and a refused word is mended',
  () => world,
  daniyar,
  async ({ page }) => {
    const client = await clientAtCounter(world, { word: 'көгілдір шайнек тырна' });
    await upToTheWord(page, client.number);
    await page.keyboard.press('Alt+t');
    await page.locator('.word-box-input-hidden:focus').waitFor();
    await page.keyboard.type('Сейітова Гүлнар');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('составлено из имени').waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(WORDS);
    await page.getByText('РУС', { exact: true }).last().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.entry[data-step="second"] .word-box-input-hidden:focus').waitFor();
    await page.keyboard.type(WORDS);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Секретное слово изменено' }).waitFor();
    await expectVerifiedBy(world, client.id, WORDS);
  },
);

story(
  'a cancelled application asks why',
  () => world,
  daniyar,
  async ({ page }) => {
    const client = await clientAtCounter(world);
    await findClient(page, client.number);
    await draftAndPrint(page);
    await page.getByRole('button', { name: 'Отменить заявление' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Отменить заявление' }).click();
    await dialog.getByRole('alert').getByText('напишите причину').waitFor();
    await dialog.getByRole('radio', { name: 'Другая причина' }).check();
    await dialog.getByRole('textbox').fill('клиент придёт с сыном');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('отменено').waitFor();
    await page.locator('.stage.client .button-primary:focus').waitFor();
    const application = await newestApplication(world, client.id);
    assert.equal(application.state, 'cancelled');
    assert.equal(application.cancel_reason, 'клиент придёт с сыном');
  },
);

story(
  'a draft is set aside, found again, and completed without another print',
  () => world,
  daniyar,
  async ({ page }) => {
    const [first, second] = [await clientAtCounter(world), await clientAtCounter(world)];
    const prints = await countPrints(page);
    await findClient(page, first.number);
    await draftAndPrint(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await findClient(page, second.number);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await findClient(page, first.number);
    const application = await newestApplication(world, first.id);
    await page.getByText(`Заявление ${application.number} ещё не завершено`).waitFor();
    await page.locator('.notice .button-primary:focus').waitFor();
    await page.keyboard.press('Enter');
    await formIsShown(page);
    assert.equal(await prints(), 1);
    await page.keyboard.press('Alt+p');
    assert.equal(await prints(), 2, 'again only when asked for');
    await sign(page);
    await handOver(page);
    await typeFirst(page, WORDS);
  },
);

story(
  'what was typed survives the end of the session, but for the word',
  () => world,
  daniyar,
  async ({ page, allow }) => {
    allow(unauthorized);
    const client = await clientAtCounter(world);
    await upToTheWord(page, client.number);
    await page.keyboard.press('Alt+t');
    await page.locator('.word-box-input:focus').waitFor();
    await page.keyboard.type('самовар');
    await page.locator('.strength[data-level="weak"]').waitFor();
    const token = await page.evaluate(() => sessionStorage.getItem('qupia-token'));
    await world.call('DELETE', '/v1/sessions/current', token);
    // One letter alone: more could come when the sign-in is already there.
    await page.keyboard.type('и');
    await page.locator('dialog input[autocomplete="current-password"]:focus').waitFor();
    assert.equal(await page.locator('.word-box-input').inputValue(), '');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.locator('.word-box-input').focus();
    await typeTwice(page, WORDS);
    await page.getByRole('heading', { name: 'Секретное слово установлено' }).waitFor();
  },
);
