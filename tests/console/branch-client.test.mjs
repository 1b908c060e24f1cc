// The client's data in the branch: found, entered, corrected, represented, and looked back upon.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { clientAtCounter, findClient, formIsShown, WORDS } from './harness/branch.mjs';
import { closeBrowser, startWorld, story } from './harness.mjs';

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
const unprocessable = /status of 422/;

story(
  'the form is printed in the language that the client reads',
  () => world,
  { ...daniyar, language: 'kk' },
  async ({ page }) => {
    const client = await clientAtCounter(world);
    await findClient(page, client.number);
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: 'Жеке куәлік' }).check();
    await page.getByRole('radio', { name: 'Орысша' }).check();
    await page.keyboard.press('Enter');
    await formIsShown(page);
    const form = page.frameLocator('.print-frame');
    await form.getByText('СЕКРЕТНОГО СЛОВА').waitFor();
    await form.getByText('Сейітова Гүлнар Маратқызы').waitFor();
    await page.getByRole('radio', { name: 'Қазақша' }).check();
    await form.getByText('ҚҰПИЯ СӨЗДІ').waitFor();
  },
);

story(
  'a client of one name is entered, with the mistakes told at their fields and nothing lost',
  () => world,
  daniyar,
  async ({ page, allow }) => {
    allow(unprocessable);
    allow(/status of 409/);
    const taken = await clientAtCounter(world);
    await page.locator('.search input:focus').waitFor();
    await page.keyboard.press('Alt+n');
    await page.getByLabel('Номер клиента').fill(taken.number);
    await page.getByLabel('Фамилия').fill('Сурайя');
    await page.keyboard.press('Enter');
    await page.locator('[aria-invalid="true"]:focus').waitFor();
    assert.equal(await page.locator('.field-error').count(), 2, 'given name and telephone');
    await page.getByLabel('Имя состоит из одного слова').check();
    await page.getByLabel('Телефон').fill('123');
    await page.keyboard.press('Enter');
    await page.getByText('Это не номер телефона').waitFor();
    await page.getByLabel('Телефон').fill('8 (701) 555-66-77');
    await page.keyboard.press('Enter');
    await page.getByText('С этим номером есть другой клиент').waitFor();
    assert.equal(await page.getByLabel('Имя', { exact: true }).inputValue(), 'Сурайя');
    await page.getByLabel('Номер клиента').fill(`${taken.number}-2`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Сурайя' }).waitFor();
    await page.getByText('+7 701 555-66-77').waitFor();
    await page.keyboard.press('Alt+c');
    await page.getByLabel('Имя состоит из одного слова').uncheck();
    await page.getByLabel('Имя', { exact: true }).fill('Бану');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByRole('heading', { name: 'Сурайя Бану' }).waitFor();
    await page.getByRole('status').getByText('Данные исправлены').waitFor();
  },
);

story(
  'a representative signs, whose document is in order',
  () => world,
  daniyar,
  async ({ page, allow }) => {
    allow(unprocessable);
    const client = await clientAtCounter(world);
    await findClient(page, client.number);
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: 'Паспорт' }).check();
    await page.getByLabel('Подписывает представитель').check();
    await page.getByLabel('Фамилия, имя, отчество представителя').fill('Сейітов Ерлан');
    await page.getByLabel('Номер документа').fill('№ 4512');
    await page.getByLabel('Дата документа').fill('31.02.2026');
    await page.keyboard.press('Enter');
    await page.getByText('Введите дату в виде 22.11.2026').waitFor();
    await page.getByLabel('Дата документа').fill('01.02.2026');
    await page.getByLabel('Действует до').fill('01.03.2026');
    await page.keyboard.press('Enter');
    await page.getByText('Срок документа представителя истёк').waitFor();
    assert.equal(await page.getByLabel('Номер документа').inputValue(), '№ 4512');
    await page.getByLabel('Действует до').fill('');
    await page.keyboard.press('Enter');
    await formIsShown(page);
    await page.frameLocator('.print-frame').getByText('Сейітов Ерлан').waitFor();
  },
);

story(
  'the page of a client tells what happened to the word and who asked',
  () => world,
  daniyar,
  async ({ page }) => {
    const client = await clientAtCounter(world, { word: WORDS });
    await findClient(page, client.number);
    await page.getByRole('table', { name: 'Заявления' }).getByText('завершено').waitFor();
    await page.getByRole('button', { name: 'История и обращения' }).click();
    await page.locator('.history').getByText('Секретное слово установлено').waitFor();
    await page.getByRole('table', { name: 'Кто обращался' }).getByText('Поиск клиента').first().waitFor();
    await page.getByRole('button', { name: 'Отозвать согласие' }).click();
    await page.getByRole('alertdialog').getByRole('textbox').fill('по просьбе клиента');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Секретное слово уничтожено').waitFor();
    await page.locator('.word-state').getByText('уничтожено').waitFor();
  },
);
story(
  'of several clients on one telephone one is chosen with the arrows',
  () => world,
  daniyar,
  async ({ page }) => {
    const phone = '+77005550101';
    await clientAtCounter(world, { phone });
    const second = await clientAtCounter(world, { phone, names: ['Сейітов', 'Ерлан'] });
    await page.locator('.search input:focus').waitFor();
    await page.keyboard.type('8 700 555 01 01');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Найдено 2 клиента').waitFor();
    await page.locator('.found-card:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Сейітов Ерлан' }).waitFor();
    await page.getByText(second.number).waitFor();
  },
);

story(
  'nobody found is told, and what was typed can be mended',
  () => world,
  daniyar,
  async ({ page }) => {
    await page.locator('.search input:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Введите телефон, номер клиента или билет').waitFor();
    await page.keyboard.type('F-999999');
    await page.keyboard.press('Enter');
    await page.getByText('Никто не найден').waitFor();
    assert.equal(await page.locator('.search input').inputValue(), 'F-999999');
    await page.locator('.search input:focus').waitFor();
  },
);
