// What the call asks of the API; each sender takes one request at a time.

import { api } from '../../app/api.js';
import { createSend } from '../../app/send.js';
import { call } from './state.js';

/** @typedef {import('./caller.js').Query} Query */
/** @typedef {import('./state.js').Tongue} Tongue */

export const finding = createSend();
export const verifying = createSend();
export const reading = createSend();
export const blocking = createSend();
const senders = [finding, verifying, reading, blocking];

/** Ends all waiting: nothing of the client stays in a request that will be repeated. */
export function stopSending() {
  for (const send of senders) {
    send.stop();
  }
}

/** @param {Query} query */
export const find = (query) => finding(() => api.POST('/v1/clients/search', { body: query }));

/**
 * The answer of a call that has ended meanwhile is not shown, but its verification is closed.
 * @param {string} clientId
 * @param {string} word
 */
export function verify(clientId, word) {
  const round = call.round.peek();
  const body = { client_id: clientId, passphrase: word, call_id: call.id.peek(), spoken: call.tongue.peek() };
  return verifying(async (key) => {
    const answer = await api.POST('/v1/verifications', { body, headers: { 'Idempotency-Key': key } });
    if (round !== call.round.peek() && answer.data?.outcome === 'verified') {
      void close(answer.data.id);
    }
    return answer;
  });
}

/**
 * Tells the server that the call has ended; also where the page is being left.
 * @param {string} verificationId
 */
export const close = (verificationId) =>
  api.DELETE('/v1/verifications/{id}', { params: { path: { id: verificationId } }, keepalive: true });

/** @param {string} clientId */
export const readCard = (clientId) => api.GET('/v1/clients/{id}', { params: { path: { id: clientId } } });

/**
 * What is said of a refusal.
 * @param {string} verificationId
 * @param {Tongue} tongue
 */
export const readRefusal = (verificationId, tongue) =>
  reading(() =>
    api.GET('/v1/verifications/{id}', { params: { path: { id: verificationId }, query: { spoken: tongue } } }),
  );

/**
 * @param {string} verificationId
 * @param {Tongue} tongue
 */
export const readLoans = (verificationId, tongue) =>
  reading(() =>
    api.GET('/v1/verifications/{id}/loans', {
      params: { path: { id: verificationId }, query: { spoken: tongue } },
    }),
  );
