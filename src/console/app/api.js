// The API, typed by its OpenAPI document: const { data, error } = await api.GET('/v1/staff/me').
//
// Nothing here throws: an answer that never came is an error too, with the code 'network'.

import createClient from '../vendor/openapi-fetch.js';
import { learnTime } from './clock.js';
import { token } from './token.js';
import { language } from './words.js';

/** @typedef {import('qupia-api').components['schemas']} Schemas */
/** @typedef {Schemas['Problem']} Problem */

/** Its 401 means a wrong password, not a dead session. */
const signInPath = '/v1/sessions';

/**
 * Sends with the token and the page's language. Where the session is dead, one signs in over the screen
 * and the call is sent again; a call with a passphrase is not, for the word is forgotten with the session.
 * @param {Request} request
 */
async function sendSigned(request) {
  request.headers.set('Accept-Language', language.value);
  const used = token.value;
  if (!used || request.headers.has('Authorization') || request.url.endsWith(signInPath)) return lostOrAnswered(request);
  const again = request.clone();
  request.headers.set('Authorization', `Bearer ${used}`);
  const answer = await lostOrAnswered(request);
  if (answer.status !== 401 || !(await token.renew(used))) return answer;
  if ((await again.clone().text()).includes('"passphrase"')) return answer;
  again.headers.set('Authorization', `Bearer ${token.value}`);
  return lostOrAnswered(again);
}

/** @param {Request} request */
async function lostOrAnswered(request) {
  try {
    const answer = await fetch(request);
    learnTime(answer);
    return answer;
  } catch (fault) {
    const aborted = fault instanceof DOMException && fault.name === 'AbortError';
    const problem = { code: aborted ? 'aborted' : 'network', status: 0, title: '', detail: '', request_id: '' };
    return new Response(JSON.stringify(problem), { status: 599 });
  }
}

/** @type {import('openapi-fetch').Client<import('qupia-api').paths>} */
export const api = createClient({
  baseUrl: location.origin,
  fetch: sendSigned,
  cache: 'no-store',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
});

/** A new Idempotency-Key. */
export const newKey = () => crypto.randomUUID();

/**
 * The validation error of one field, by its JSON pointer ('/phone') or its parameter's name.
 * @param {Problem | undefined | null} error
 * @param {string} pointer
 */
export const fieldError = (error, pointer) => error?.errors?.find((field) => field.pointer === pointer)?.detail ?? '';
