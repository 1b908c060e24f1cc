// Auditors: the audit by filter, event and file, and its seals.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before } from 'node:test';
import { eventsOf, fragment, rows, startDay } from './harness/reports.mjs';
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
    const clear = page.getByRole('button', { name: 'Сбросить фильтры' });
    await clear.click();
    // The form is made anew: what is typed before goes with the old one.
    await clear.waitFor({ state: 'detached' });
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
      const found = await eventsOf(world, 'action=passphrase.unlocked');
      await page.keyboard.press('Alt+r');
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
    const [verified] = await eventsOf(world, 'action=audit.verified');
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
