// The API, typed by its OpenAPI document: const { data, error } = await api.GET('/v1/staff/me').
//
// Nothing here throws: an answer that never came is an error too, with the code 'network'. The calls are
// those of openapi-fetch, whose types these are; of its code the page needs only what stands here.

import { learnTime, now } from './clock.js';
import { token } from './token.js';
import { language } from './words.js';

/** @typedef {import('qupia-api').components['schemas']} Schemas */
/** @typedef {Schemas['Problem'] & { retry_at?: number }} Problem `retry_at` by the server's clock, from Retry-After */
/**
 * @typedef {{
 *   params?: { path?: Record<string, string>, query?: Record<string, unknown> },
 *   body?: unknown, headers?: Record<string, string>, parseAs?: 'json' | 'text' | 'blob' | 'stream', keepalive?: boolean,
 *   signal?: AbortSignal,
 * }} Options
 */

/** Ways in: they take no token, and their 401 means a wrong password or code, not a dead session. */
const waysIn = ['/v1/sessions', '/v1/entry/open'];

/**
 * @param {string} path
 * @param {Options['params']} params
 */
function addressOf(path, params) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params?.path?.[name] ?? ''));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params?.query ?? {})) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  return query.size ? `${filled}?${query}` : filled;
}

/**
 * @param {string} address
 * @param {RequestInit & { headers: Record<string, string> }} request
 * @returns {Promise<Response>}
 */
async function send(address, request) {
  try {
    const answer = await fetch(address, request);
    learnTime(answer);
    return answer;
  } catch {
    return Response.json(problemOf(request.signal?.aborted ? 'aborted' : 'network'), { status: 599 });
  }
}

/**
 * Sends with the token. Where the session is dead, one signs in over the screen and the call is sent
 * again; a call with a passphrase is not, for the word is forgotten with the session.
 * @param {string} address
 * @param {RequestInit & { headers: Record<string, string> }} request
 */
async function sendSigned(address, request) {
  const used = token.value;
  if (!used || request.headers.Authorization || waysIn.includes(address)) return send(address, request);
  request.headers.Authorization = `Bearer ${used}`;
  const answer = await send(address, request);
  if (answer.status !== 401) return answer;
  const secret = typeof request.body === 'string' && request.body.includes('"passphrase"');
  if (secret) request.body = null;
  if (!(await token.renew(used)) || secret) return answer;
  request.headers.Authorization = `Bearer ${token.value}`;
  return send(address, request);
}

/**
 * A problem that the API did not tell: nothing came, or something between the page and it answered.
 * @param {string} code
 * @param {number} [status]
 */
const problemOf = (code, status = 0) => ({ code, status, title: '', detail: '', request_id: '' });

/** @param {Response} response */
async function errorOf(response) {
  const told = await response.json().catch(() => null);
  const seconds = Number(response.headers.get('retry-after'));
  if (told?.code) return seconds > 0 ? { ...told, retry_at: now() + seconds * 1000 } : told;
  return problemOf(response.status < 502 ? 'internal' : 'unavailable', response.status);
}

/** @param {string} method */
function caller(method) {
  /**
   * @param {string} path
   * @param {Options} [options]
   */
  return async (path, { params, body, headers, parseAs = 'json', keepalive, signal } = {}) => {
    /** @type {Record<string, string>} */
    const sent = { 'Accept-Language': language.value, ...headers };
    if (body !== undefined) sent['Content-Type'] = 'application/json';
    const response = await sendSigned(addressOf(path, params), {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      keepalive,
      signal,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    if (!response.ok) return { error: await errorOf(response), response };
    if (response.status === 204) return { response };
    if (parseAs === 'stream') return { data: response.body, response };
    try {
      return { data: await response[parseAs](), response };
    } catch {
      // The connection broke within the answer: as if it had not come.
      return { error: problemOf('network'), response };
    }
  };
}

/** @type {import('openapi-fetch').Client<import('qupia-api').paths>} */
export const api = /** @type {any} */ ({
  GET: caller('GET'),
  POST: caller('POST'),
  PUT: caller('PUT'),
  PATCH: caller('PATCH'),
  DELETE: caller('DELETE'),
});

/** A new Idempotency-Key. */
export const newKey = () => crypto.randomUUID();

/**
 * The validation error of one field, by its JSON pointer ('/phone') or its parameter's name.
 * @param {Problem | undefined | null} error
 * @param {string} pointer
 */
export const fieldError = (error, pointer) => error?.errors?.find((field) => field.pointer === pointer)?.detail ?? '';
