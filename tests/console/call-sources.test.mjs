// What the call screen knows of others: attempts that were spent elsewhere, and a loan system that is asked.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import {
  answered,
  closeBrowser,
  dayFromToday,
  endCall,
  expectAccessible,
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
/** A loan system that answers or does not, as the story has it. */
const source = { isUp: false, asked: 0, url: '', close: () => {} };

before(async () => {
  await startSource();
  world = await startWorld({
    settings: {
      QUPIA_LOANS__URL: source.url,
      QUPIA_LOANS__ALLOW_INSECURE_URL: 'true',
      QUPIA_LOANS__TIMEOUT_MS: '500',
      // Nothing is read again without asking.
      QUPIA_LOANS__FRESH_SECONDS: '0',
    },
  });
});
after(async () => {
  source.close();
  await world?.stop();
  await closeBrowser();
});

async function startSource() {
  const server = createServer((_, response) => {
    source.asked += 1;
    if (!source.isUp) {
      response.writeHead(502).end();
      return;
    }
    const loan = {
      ticket_number: 'ЗБ-777001',
      product: 'Алтын',
      due_on: dayFromToday(3),
      balance: { amount: '64000.00', currency: 'KZT' },
      grace_days: 20,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ loans: [loan] }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  source.url = `http://127.0.0.1:${port}`;
  source.close = () => server.close();
}

story(
  'the attempts that are left are told before one is spent',
  () => world,
  {},
  async ({ page }) => {
    const client = await newClient(world);
    const hint = page.locator('.call-word-hint');
    await find(page, client.phone);
    await hint.getByText('Остались 3 попытки').waitFor();
    await endCall(page);
    await failTimes(world, client.id, 1);
    await find(page, client.phone);
    await hint.getByText('Остались 2 попытки').waitFor();
    await endCall(page);
    await failTimes(world, client.id, 1);
    await find(page, client.phone);
    await hint.locator('.call-attempts-last', { hasText: 'Последняя попытка' }).waitFor();
    await say(page, WRONG);
    await answered(page, 'rejected');
    await page.locator('.call-time', { hasText: 'до конца блокировки' }).waitFor();
  },
);

story(
  'a loan system that does not answer is said first, and its last known loans after it',
  () => world,
  {},
  async ({ page }) => {
    source.isUp = false;
    const client = await newClient(world, { loans: LOANS });
    const stranger = await newClient(world);
    await find(page, client.phone);
    await say(page, WORD);
    await answered(page, 'verified');
    const band = page.locator('.call-band');
    await band
      .getByText(/Кредитная система не отвечает. Последние данные: (\d\d:\d\d|.+ \d\d:\d\d)\. Сначала/)
      .waitFor();
    assert.ok(source.asked > 0);
    assert.equal(await page.locator('.call-loan').count(), LOANS.length);
    await expectAccessible(page, 'loan system away');
    await endCall(page);
    await find(page, stranger.phone);
    await say(page, WORD);
    await answered(page, 'verified');
    await band.getByText('Кредитная система не отвечает, о микрокредитах ничего не известно.').waitFor();
    assert.equal(await page.locator('.call-loan').count(), 0);
  },
);

story(
  'what the loan system states is on the screen, without a word about its state',
  () => world,
  {},
  async ({ page }) => {
    source.isUp = true;
    const client = await newClient(world);
    await find(page, client.phone);
    await say(page, WORD);
    await answered(page, 'verified');
    await page.locator('.call-loan', { hasText: 'ЗБ-777001' }).getByText('В срок, осталось 3 дня').waitFor();
    assert.match((await page.locator('.call-balance').textContent()) ?? '', /64\u00a0000,00\u00a0₸$/);
    assert.equal(await page.locator('.call-band').count(), 0);
  },
);
