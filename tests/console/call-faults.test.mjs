// Calls on a bad day: the server busy, away or slow, the session over, the loans out of date.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import {
  answered,
  closeBrowser,
  countOf,
  dayFromToday,
  find,
  LOANS,
  newClient,
  PASSWORD,
  reach,
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

const VERIFICATIONS = '**/v1/verifications';
const YESTERDAY_BEFORE = new Date(Date.now() - 3 * 86_400_000).toISOString();

/**
 * What the server answers when it refuses for load, or past a limit.
 * @param {number} status
 * @param {string} code
 * @param {number} seconds
 */
const refusal = (status, code, seconds) => ({
  status,
  headers: { 'content-type': 'application/problem+json', 'retry-after': String(seconds) },
  body: JSON.stringify({
    type: `urn:qupia:problem:${code}`,
    title: code,
    status,
    detail: code,
    instance: '/v1/verifications',
    code,
    request_id: 'request-of-the-test',
  }),
});

for (const [status, code] of /** @type {const} */ ([
  [503, 'overloaded'],
  [429, 'rate_limited'],
])) {
  story(
    `${status} is not counted, and asked again by itself after its wait`,
    () => world,
    {},
    async ({ page, allow }) => {
      allow(new RegExp(`status of ${status}`));
      const client = await newClient(world);
      /** @type {(string | undefined)[]} */
      const keys = [];
      await page.route(VERIFICATIONS, async (route) => {
        keys.push(route.request().headers()['idempotency-key']);
        if (keys.length === 1) await route.fulfill(refusal(status, code, 2));
        else await route.fallback();
      });
      await find(page, client.phone);
      await say(page, WRONG);
      await page.locator('.notice', { hasText: 'не засчитан' }).waitFor();
      await page.keyboard.press('Enter');
      await answered(page, 'rejected');
      assert.equal(keys.length, 2, 'a second Enter sends nothing');
      assert.equal(keys[0], keys[1]);
      assert.equal(await countOf(world, client.id, 'verification.recorded'), 1);
    },
  );
}

story(
  'a long wait is told, not waited for',
  () => world,
  {},
  async ({ page, allow }) => {
    allow(/status of 429/);
    const client = await newClient(world);
    await page.route(VERIFICATIONS, (route) => route.fulfill(refusal(429, 'rate_limited', 55)));
    await find(page, client.phone);
    await say(page, WRONG);
    await page.locator('.notice', { hasText: /Не засчитано. Повторите после \d\d:\d\d/ }).waitFor();
    await page.locator('#call-word:focus').waitFor();
    assert.equal(await page.locator('#call-word').inputValue(), '');
  },
);

story(
  'an answer lost on the way is asked for again, and is one attempt',
  () => world,
  {},
  async ({ page, allow }) => {
    allow(/net::ERR_FAILED/);
    const client = await newClient(world, { loans: LOANS });
    let sent = 0;
    await page.route(VERIFICATIONS, async (route) => {
      sent += 1;
      if (sent > 1) {
        await route.fallback();
        return;
      }
      await reach(route);
      await route.abort();
    });
    await find(page, client.phone);
    await say(page, WORD);
    await page.locator('.notice', { hasText: 'Нет связи' }).waitFor();
    await answered(page, 'verified');
    await page
      .locator('.call-loan')
      .nth(LOANS.length - 1)
      .waitFor({ state: 'attached' });
    assert.equal(sent, 2);
    assert.equal(await countOf(world, client.id, 'verification.recorded'), 1);
  },
);

story(
  'the server is stopped in mid-call and started again: the call goes on',
  () => world,
  {},
  async ({ page, allow }) => {
    allow(/net::ERR_/);
    const client = await newClient(world, { loans: LOANS });
    await find(page, client.phone);
    await world.server.halt();
    await say(page, WORD);
    await page.locator('.notice', { hasText: 'Нет связи' }).waitFor();
    await world.server.resume();
    await answered(page, 'verified');
    await page.locator('.call-loan').first().waitFor();
    assert.equal(await countOf(world, client.id, 'verification.recorded'), 1);
  },
);

story(
  'a call that is ended while its word is being checked leaves no open verification',
  () => world,
  {},
  async ({ page }) => {
    const client = await newClient(world, { loans: LOANS });
    /** @type {(value?: unknown) => void} */
    let let_go = () => {};
    const held = new Promise((resolve) => {
      let_go = resolve;
    });
    /** @type {(value?: unknown) => void} */
    let arrived = () => {};
    const isThere = new Promise((resolve) => {
      arrived = resolve;
    });
    await page.route(VERIFICATIONS, async (route) => {
      const { response } = await reach(route);
      arrived();
      await held;
      await route.fulfill({ response });
    });
    await find(page, client.phone);
    await say(page, WORD);
    await isThere;
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('#call-caller:focus').waitFor();
    const closed = page.waitForResponse((response) => response.request().method() === 'DELETE');
    let_go();
    await closed;
    assert.equal(await page.locator('.call-loan').count(), 0);
    assert.equal(await countOf(world, client.id, 'verification.closed'), 1);
  },
);

story(
  'the session ends in mid-call: signed in again, all is there but the word',
  () => world,
  {},
  async ({ page, allow }) => {
    allow(/status of 401/);
    const client = await newClient(world, { loans: LOANS });
    await find(page, client.phone);
    const token = await page.evaluate(() => sessionStorage.getItem('qupia-token'));
    await world.call('DELETE', '/v1/sessions/current', token);
    await say(page, WORD);
    await page.locator('dialog input[autocomplete="current-password"]').waitFor();
    assert.equal(await page.locator('.call #call-word').inputValue(), '', 'the word is gone');
    await page.locator('dialog input[autocomplete="current-password"]').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.locator('.notice', { hasText: 'попытка не засчитана' }).waitFor();
    await page.locator('.call-client', { hasText: client.number }).waitFor();
    await say(page, WORD);
    await answered(page, 'verified');
    assert.equal(await countOf(world, client.id, 'verification.recorded'), 1);
  },
);

story(
  'loans out of date are said to be so, across the card',
  () => world,
  {},
  async ({ page }) => {
    const loans = LOANS.map((loan) => ({ ...loan, asOf: YESTERDAY_BEFORE }));
    const client = await newClient(world, { loans });
    await find(page, client.phone);
    await say(page, WORD);
    await answered(page, 'verified');
    const day = dayFromToday(-3).split('-').reverse().join('.');
    await page.locator('.call-band', { hasText: `Данные устарели: на ${day}` }).waitFor();
  },
);

story(
  'the server away while a caller is looked for: found when it is back',
  () => world,
  {},
  async ({ page, allow }) => {
    allow(/net::ERR_/);
    const client = await newClient(world);
    await page.locator('#call-caller:focus').waitFor();
    await world.server.halt();
    await page.keyboard.type(client.phone);
    await page.keyboard.press('Enter');
    await page.locator('.notice', { hasText: 'Нет связи' }).waitFor();
    await world.server.resume();
    await page.locator('#call-word:focus').waitFor();
  },
);

story(
  'nobody has this number, or it is none: what to do next',
  () => world,
  {},
  async ({ page }) => {
    await page.locator('#call-caller:focus').waitFor();
    await page.keyboard.type('K-999999');
    await page.keyboard.press('Enter');
    await page.locator('.notice', { hasText: 'никого нет' }).waitFor();
    await page.locator('#call-caller').fill('?!');
    await page.keyboard.press('Enter');
    await page.locator('.notice', { hasText: 'не телефон и не номер' }).waitFor();
    await page.keyboard.press('Alt+b');
    await page.locator('.notice', { hasText: 'Сначала найдите клиента' }).waitFor();
  },
);
