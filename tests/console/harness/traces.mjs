// Looks for what must not be left of a client: in the document, every storage, the history and the heap.
//
// The words looked for never go into the page, or they would be found there. A story that ends here types with
// the keyboard and waits for classes: Playwright keeps the texts of its own locators in the page's memory.

import assert from 'node:assert/strict';

/** @typedef {import('playwright-core').Page} Page */

/**
 * @param {Page} page
 * @param {string[]} words
 */
export async function expectNoTraceOf(page, words) {
  const places = {
    document: await documentText(page),
    storage: await storageText(page),
    history: await historyText(page),
    heap: await heapText(page),
  };
  const found = Object.entries(places).flatMap(([place, text]) =>
    words.filter((word) => text.includes(word)).map((word) => `${word} in ${place}`),
  );
  assert.deepEqual(found, []);
}

/**
 * That the search would find them: the same places while the client is on the screen.
 * @param {Page} page
 * @param {string[]} words
 */
export async function expectTraceInHeap(page, words) {
  const heap = await heapText(page);
  const missing = words.filter((word) => !heap.includes(word));
  assert.deepEqual(missing, [], 'the search of the heap finds nothing at all');
}

/** @param {Page} page */
const documentText = (page) =>
  page.evaluate(() => {
    const fields = [...document.querySelectorAll('input, textarea, select')];
    const values = fields.map((field) => /** @type {HTMLInputElement} */ (field).value);
    return [document.documentElement.outerHTML, document.title, location.href, ...values].join('\n');
  });

/** @param {Page} page */
async function storageText(page) {
  const kept = await page.evaluate(async () => ({
    session: { ...sessionStorage },
    local: { ...localStorage },
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: globalThis.caches ? await caches.keys() : [],
    state: history.state,
  }));
  assert.deepEqual(kept.databases, [], 'no IndexedDB');
  assert.deepEqual(kept.caches, [], 'no caches');
  assert.deepEqual(await page.context().cookies(), [], 'no cookies');
  const names = [...Object.keys(kept.session), ...Object.keys(kept.local)];
  const unknown = names.filter((name) => !['qupia-token', 'qupia-language', 'qupia-theme'].includes(name));
  assert.deepEqual(unknown, [], 'nothing is stored but the token, the language and the theme');
  return JSON.stringify(kept);
}

/** @param {Page} page */
async function historyText(page) {
  const devtools = await page.context().newCDPSession(page);
  const { entries } = await devtools.send('Page.getNavigationHistory');
  await devtools.detach();
  return entries
    .map(({ url, userTypedURL, title }) => decodeURIComponent(`${url} ${userTypedURL} ${title}`))
    .join('\n');
}

/**
 * Every string that is alive in the page after the garbage collector ran.
 * @param {Page} page
 */
export async function heapText(page) {
  const devtools = await page.context().newCDPSession(page);
  /** @type {string[]} */
  const chunks = [];
  devtools.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await devtools.send('HeapProfiler.enable');
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await devtools.detach();
  return JSON.parse(chunks.join('')).strings.join('\n');
}
