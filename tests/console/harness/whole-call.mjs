// A call from the number to its end, on whatever database the server has.

import assert from 'node:assert/strict';
import { answered, countOf, endCall, find, LOANS, newClient, say, WORD } from './calls.mjs';

/**
 * @param {import('./world.mjs').World} world
 * @param {import('playwright-core').Page} page a call-centre specialist's
 */
export async function expectWholeCall(world, page) {
  const client = await newClient(world, { loans: LOANS });
  await find(page, client.phone);
  assert.equal(await page.locator('.call-name').textContent(), 'Т*** Е*** М***', 'masked until verified');
  await say(page, WORD);
  await answered(page, 'verified');
  await page.locator('.call-who', { hasText: 'Тілеубаев Ерлан Маратұлы' }).waitFor();
  await page.locator('[data-place="answer"]:focus').waitFor();
  assert.equal(
    await page.locator('.call-outcome').evaluate((heading) => parseFloat(getComputedStyle(heading).fontSize) >= 32),
    true,
  );
  assert.deepEqual(await page.locator('.call-loan .badge').allTextContents(), [
    'Срок ожидания истёк',
    'Срок ожидания, осталось 15 дней',
    'Просрочено',
    'Платить сегодня',
    'В срок, осталось 12 дней',
  ]);
  assert.match((await page.locator('.call-balance').nth(3).textContent()) ?? '', /48\u00a0500,50\u00a0₸$/);
  assert.match((await page.locator('.call-time').textContent()) ?? '', /^\s*1[45]:\d\d осталось/);
  await endCall(page);
  assert.equal(await page.locator('.call-loan').count(), 0);
  assert.equal(await page.locator('#call-caller').inputValue(), '');
  assert.equal(await countOf(world, client.id, 'verification.closed'), 1);
}
