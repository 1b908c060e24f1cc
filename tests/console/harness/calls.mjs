// The steps of a call as a specialist takes them, and clients for it.

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./world.mjs').World} World */
/** @typedef {import('./world.mjs').ClientPart} ClientPart */

export const WORD = 'көгілдір шайнек тырна';
export const WRONG = 'медный чайник журавль';

/** One loan in each standing, by due date. @type {import('./world.mjs').LoanPart[]} */
export const LOANS = [
  { ticket: 'ЗБ-000503', due: -40, grace: 20, balance: '73000.00' },
  { ticket: 'ЗБ-000451', due: -5, grace: 20, balance: '125000.00' },
  { ticket: 'ЗБ-000504', due: -3, grace: null, balance: '9900.00' },
  { ticket: 'ЗБ-000467', due: 0, grace: 20, balance: '48500.50', product: 'Техника' },
  { ticket: 'ЗБ-000502', due: 12, grace: 20, balance: '210000.00' },
];

let made = 0;

/**
 * A client of one story alone, so that no story spends another's attempts.
 * @param {World} world
 * @param {Partial<ClientPart>} [part]
 */
export async function newClient(world, part = {}) {
  made += 1;
  const whole = {
    number: `K-${200_000 + made}`,
    phone: `+7701${1_000_000 + made}`,
    names: ['Тілеубаев', 'Ерлан', 'Маратұлы'],
    word: WORD,
    ...part,
    loans: part.loans?.map((loan) => ({ ...loan, ticket: `${loan.ticket}${made}` })),
  };
  return { ...whole, id: await world.addClient(whole) };
}

/**
 * Wrong words, spoken to the API by another specialist; a supervisor lifts the locks on the way.
 * @param {World} world
 * @param {string} clientId
 * @param {number} times
 */
export async function failTimes(world, clientId, times) {
  const token = await world.signIn('timur');
  const supervisor = await world.signIn('saule');
  for (let failed = 1; failed <= times; failed += 1) {
    const body = { client_id: clientId, passphrase: WRONG, call_id: 'call-before' };
    const { locked_until } = await world.call('POST', '/v1/verifications', token, body);
    if (locked_until && failed < times) {
      await world.call('POST', `/v1/clients/${clientId}/passphrase/unlock`, supervisor, { reason: 'for the test' });
    }
  }
}

/**
 * Looks a caller up by the keyboard alone; the word is asked for afterwards.
 * @param {Page} page
 * @param {string} text
 */
export async function find(page, text) {
  await page.locator('#call-caller:focus').waitFor();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  await page.locator('#call-word:focus').waitFor();
}

/**
 * Types the word and sends it.
 * @param {Page} page
 * @param {string} word
 */
export async function say(page, word) {
  await page.locator('#call-word:focus').waitFor();
  await page.keyboard.type(word);
  await page.keyboard.press('Enter');
}

/**
 * @param {Page} page
 * @param {string} outcome
 */
export const answered = (page, outcome) => page.locator(`.call-answer-${outcome}`).waitFor();

/** Esc Esc, once what was closed a moment ago listens no more. @param {Page} page */
export async function endCall(page) {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.locator('#call-caller:focus').waitFor();
}

/**
 * How often an action stands in the audit about a client.
 * @param {World} world
 * @param {string} clientId
 * @param {string} action
 */
export async function countOf(world, clientId, action) {
  return (await world.events(clientId)).filter((/** @type {any} */ event) => event.action === action).length;
}
