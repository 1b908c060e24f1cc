// Whole calls, from the number to the end, before the real server: each outcome, and each way by the keyboard.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { expectWholeCall } from './harness/whole-call.mjs';
import {
  answered,
  closeBrowser,
  countOf,
  endCall,
  failTimes,
  find,
  LOANS,
  newClient,
  say,
  startWorld,
  story,
  WORD,
  WRONG,
} from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

story(
  'a right word opens the loans, and Esc Esc closes them',
  () => world,
  {},
  ({ page }) => expectWholeCall(world, page),
);

story(
  'a wrong word empties the field and says how many attempts are left',
  () => world,
  {},
  async ({ page }) => {
    const client = await newClient(world);
    await find(page, client.number);
    await say(page, WRONG);
    await answered(page, 'rejected');
    await page.locator('#call-word:focus').waitFor();
    assert.equal(await page.locator('#call-word').inputValue(), '');
    await page.locator('.call-word-hint', { hasText: 'Остались 2 попытки' }).waitFor();
    await say(page, WRONG);
    await page.locator('.call-word-hint .call-attempts-last').waitFor();
    await say(page, WORD);
    await answered(page, 'verified');
    assert.equal(await countOf(world, client.id, 'verification.recorded'), 3);
  },
);

story(
  'the third wrong word locks; the page counts down and asks anew when it is over',
  () => world,
  { clock: true },
  async ({ page }) => {
    const client = await newClient(world);
    await failTimes(world, client.id, 2);
    await find(page, client.phone);
    await say(page, WRONG);
    await answered(page, 'rejected');
    await page.locator('.call-time', { hasText: /1[45]:\d\d до конца блокировки/ }).waitFor();
    assert.equal(await page.locator('#call-word').count(), 0, 'there is no attempt to be made');
    await endCall(page);
    await find(page, client.phone);
    await page.locator('.call-answer-locked').waitFor();
    await say(page, WORD);
    await answered(page, 'locked');
    const supervisor = await world.signIn('saule');
    await world.call('POST', `/v1/clients/${client.id}/passphrase/unlock`, supervisor, { reason: 'for the test' });
    await page.clock.fastForward('15:05');
    await page.getByText('Блокировка закончилась').waitFor();
    await say(page, WORD);
    await answered(page, 'verified');
  },
);

for (const [outcome, prepare, word] of /** @type {const} */ ([
  [
    'disabled',
    async () => {
      const client = await newClient(world);
      await failTimes(world, client.id, 10);
      return client;
    },
    'Отключено',
  ],
  ['blocked', () => newClient(world, { blocked: true }), 'Заблокировано'],
  ['unset', () => newClient(world, { word: undefined }), 'Слова нет'],
])) {
  story(
    `a word that is ${outcome} is known at once, and told when it is tried`,
    () => world,
    {},
    async ({ page }) => {
      const client = await prepare();
      await find(page, client.phone);
      await answered(page, outcome);
      await say(page, WORD);
      await page.locator(`.call-answer-${outcome}:focus`).waitFor();
      assert.equal(await page.locator('.call-outcome').textContent(), word);
      await page.locator('.call-say').waitFor();
      assert.equal(await countOf(world, client.id, 'verification.recorded'), outcome === 'disabled' ? 11 : 1);
      await endCall(page);
    },
  );
}

story(
  'several clients on one number are told apart by arrows and Enter',
  () => world,
  {},
  async ({ page }) => {
    const phone = '+77079998877';
    await newClient(world, { phone, names: ['Абаева', 'Алма'] });
    const second = await newClient(world, { phone, names: ['Бекова', 'Дана'], word: undefined });
    await page.locator('#call-caller:focus').waitFor();
    await page.keyboard.type('8 (707) 999-88-77');
    await page.keyboard.press('Enter');
    await page.locator('[role="listbox"]:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('[role="option"][aria-selected="true"]', { hasText: second.number }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.call-client', { hasText: second.number }).waitFor();
    await page.locator('#call-word:focus').waitFor();
  },
);

story(
  'the exchange hands a call over, and the address forgets it at once',
  () => world,
  {},
  async ({ page }) => {
    const client = await newClient(world, { loans: LOANS });
    const before_ = await newClient(world);
    await find(page, before_.phone);
    await page.evaluate((phone) => {
      location.hash = `call=exchange-77&phone=${phone}`;
    }, client.phone);
    await page.locator('#call-caller:focus').waitFor();
    assert.equal(new URL(page.url()).hash, '#/call');
    assert.equal(await page.locator('.call-client').count(), 0, 'the caller before is gone');
    assert.equal(await page.locator('#call-number').inputValue(), 'exchange-77');
    await page.keyboard.press('Enter');
    await say(page, WORD);
    await answered(page, 'verified');
    const event = (await world.events(client.id)).find(
      (/** @type {any} */ one) => one.action === 'verification.recorded',
    );
    assert.equal(event.call_id, 'exchange-77');
  },
);

story(
  'the next caller typed over ends the call before',
  () => world,
  {},
  async ({ page }) => {
    const first = await newClient(world, { loans: LOANS });
    const second = await newClient(world);
    await find(page, first.phone);
    await say(page, WORD);
    await answered(page, 'verified');
    await page.keyboard.press('F4');
    await find(page, second.phone);
    await page.locator('.call-client', { hasText: second.number }).waitFor();
    assert.equal(await page.locator('.call-loan').count(), 0);
    assert.equal(await countOf(world, first.id, 'verification.closed'), 1);
    await page.keyboard.press('Shift+Tab');
    await page.locator('#call-caller:focus').waitFor();
    await page.keyboard.press('Control+z');
    assert.ok(
      !(await page.locator('#call-caller').inputValue()).includes(first.phone.slice(-7)),
      'undo brings nobody back',
    );
  },
);

story(
  'someone knows my word: Alt+B, a reason, Enter',
  () => world,
  { language: 'kk' },
  async ({ page }) => {
    const client = await newClient(world, { loans: LOANS });
    await find(page, client.phone);
    await say(page, WORD);
    await answered(page, 'verified');
    await page.keyboard.press('Alt+b');
    await page.locator('dialog input[type="radio"]:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.call-answer-blocked:focus').waitFor();
    assert.equal(await page.locator('.call-loan').count(), 0);
    const event = (await world.events(client.id)).find((/** @type {any} */ one) => one.action === 'passphrase.blocked');
    assert.equal(event.reason, 'Клиент сөзді өзін қызметкермін деген адамға айтқан');
  },
);

story(
  'the word is dots, shown while Alt+S is held, and its layout stands beside it',
  () => world,
  {},
  async ({ page }) => {
    const client = await newClient(world);
    await find(page, client.phone);
    const word = page.locator('#call-word');
    const security = () => word.evaluate((field) => getComputedStyle(field).getPropertyValue('-webkit-text-security'));
    await page.keyboard.type('ghbdtn');
    await page.locator('#call-word-typing', { hasText: 'EN' }).waitFor();
    await word.fill('');
    await page.keyboard.type('привет');
    await page.locator('#call-word-typing', { hasText: 'РУС' }).waitFor();
    await page.keyboard.type(' қыз');
    await page.locator('#call-word-typing', { hasText: 'ҚАЗ' }).waitFor();
    assert.equal(await security(), 'disc');
    await page.keyboard.down('Alt');
    await page.keyboard.down('s');
    await page.locator('#call-word.secret-shown').waitFor();
    assert.equal(await security(), 'none');
    await page.keyboard.up('s');
    await page.locator('#call-word:not(.secret-shown)').waitFor();
    await page.keyboard.up('Alt');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Control+v');
    assert.equal(await word.inputValue(), '', 'what is hidden cannot be copied');
    for (const name of ['autocomplete', 'spellcheck', 'type']) {
      assert.equal(await word.getAttribute(name), { autocomplete: 'off', spellcheck: 'false', type: 'text' }[name]);
    }
  },
);

story(
  'F2 says a refusal in the other language, at no attempt',
  () => world,
  { language: 'kk' },
  async ({ page }) => {
    const client = await newClient(world);
    await find(page, client.phone);
    await say(page, WRONG);
    await answered(page, 'rejected');
    await page.locator('.call-answer .call-say [lang="kk"]').waitFor();
    await page.keyboard.press('F2');
    await page.locator('.call-answer .call-say [lang="ru"]', { hasText: 'неверно' }).waitFor();
    assert.equal(await countOf(world, client.id, 'verification.recorded'), 1);
  },
);

story(
  'F2 says it in the other language, F3 goes through the loans',
  () => world,
  { language: 'kk' },
  async ({ page }) => {
    const client = await newClient(world, { loans: LOANS });
    await find(page, client.phone);
    await say(page, WORD);
    await answered(page, 'verified');
    await page.locator('.call-loan-active .call-say [lang="kk"]', { hasText: 'билеті' }).waitFor();
    await page.keyboard.press('F2');
    await page.locator('.call-answer .call-say [lang="ru"]').waitFor();
    await page.locator('.call-loan-active .call-say [lang="ru"]', { hasText: 'илет' }).waitFor();
    const inquiries = await countOf(world, client.id, 'inquiry.made');
    await page.keyboard.press('F2');
    await page.locator('.call-loan-active .call-say [lang="kk"]').waitFor();
    assert.equal(await countOf(world, client.id, 'inquiry.made'), inquiries, 'what was read is not read again');
    await page.keyboard.press('F3');
    await page.locator('.call-loan:nth-child(2):focus').waitFor();
    await page.keyboard.press('Shift+F3');
    await page.keyboard.press('Shift+F3');
    await page.locator(`.call-loan:nth-child(${LOANS.length}):focus`).waitFor();
  },
);
