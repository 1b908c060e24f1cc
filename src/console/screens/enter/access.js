// The narrow way in: a one-time code is exchanged for a token that can complete one application with a
// passphrase and nothing else. The token is in memory alone, and goes with the page.

import { api } from '../../app/api.js';
import { createSend } from '../../app/send.js';

/** @typedef {import('../../app/api.js').Schemas} Schemas */
/** @typedef {import('../../app/api.js').Problem} Problem */
/** @typedef {Schemas['VerdictBody']} Verdict */
/** @typedef {import('../../app/words.js').Language} Language */

/**
 * What came of completing. `refused` can be tried again with other words, `differ` and `unanswered` with
 * the same; after `ended` there is nothing more to do here.
 * @typedef {{ state: 'done', completedAt: string }
 *   | { state: 'refused', detail: string }
 *   | { state: 'differ' | 'wait' | 'unanswered' }
 *   | { state: 'ended', error: Problem }} Completion
 */

/**
 * What the page of the word needs, whoever types it.
 * @typedef {object} Entry
 * @property {(word: string, signal: AbortSignal) => Promise<Verdict | null>} check  null where no verdict could be had
 * @property {(language: Language) => Promise<string[]>} suggest
 * @property {(word: string, repeated: string, key: string) => Promise<Completion>} complete  key: of this pair of words
 * @property {import('../../app/view.js').Signal<import('../../app/send.js').Waiting | null>} waiting
 */

/**
 * What a code opened.
 * @typedef {object} Opened
 * @property {Entry} entry
 * @property {string} number
 * @property {'set' | 'change'} kind
 * @property {string} expiresAt
 */

/**
 * @param {string} code
 * @returns {Promise<{ opened: Opened } | { error: Problem, retryAfter: number }>}
 */
export async function open(code) {
  const { data, error, response } = await api.POST('/v1/entry/open', { body: { code } });
  if (!data) return { error, retryAfter: Number(response.headers.get('retry-after')) };
  const { number, kind } = data.application;
  return { opened: { entry: entryBy(data.token), number, kind, expiresAt: data.expires_at } };
}

/**
 * @param {string} token
 * @returns {Entry}
 */
function entryBy(token) {
  const headers = { Authorization: `Bearer ${token}` };
  return {
    async check(passphrase, signal) {
      const { data } = await api.POST('/v1/entry/check', { body: { passphrase }, headers, signal });
      return data ?? null;
    },
    async suggest(language) {
      const { data } = await api.GET('/v1/entry/suggestions', { params: { query: { language } }, headers });
      return data?.items ?? [];
    },
    ...completing((passphrase, repeated, key) =>
      api.POST('/v1/entry/completion', {
        body: { passphrase, passphrase_repeated: repeated },
        headers: { ...headers, 'Idempotency-Key': key },
      }),
    ),
  };
}

/**
 * The completion by one call. A lost answer is asked for again under the same key, also by a later press.
 * @param {(word: string, repeated: string, key: string) => Promise<{ data?: any, error?: any, response: Response }>} post
 * @returns {Pick<Entry, 'complete' | 'waiting'>}
 */
export function completing(post) {
  const send = createSend();
  return {
    waiting: send.waiting,
    async complete(word, repeated, key) {
      const answer = await send((used) => post(word, repeated, used), { key });
      return answer ? read(answer) : { state: 'unanswered' };
    },
  };
}

/**
 * @param {{ data?: any, error?: any, response: Response }} answer
 * @returns {Completion}
 */
function read({ data, error, response }) {
  if (data) return { state: 'done', completedAt: data.completed_at };
  if (error.code === 'passphrases_differ') return { state: 'differ' };
  if (response.status === 422) return { state: 'refused', detail: error.errors?.[0]?.detail ?? error.detail };
  if (response.status === 429 || response.status === 503) return { state: 'wait' };
  if (error.code === 'network' || response.status >= 500) return { state: 'unanswered' };
  return { state: 'ended', error };
}
