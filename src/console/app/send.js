// Sends one thing at a time and never in doubt: a lost answer is asked for again under the same key.
//
// const send = useSend();
// const done = await send((key) => api.POST('/v1/verifications', { body, headers: { 'Idempotency-Key': key } }));
// if (!done) return;   // one was already under way, or it was stopped
// done.data, done.error

import { useEffect, useMemo } from '../vendor/hooks.js';
import { signal } from '../vendor/signals.js';
import { newKey } from './api.js';

/** @typedef {import('./api.js').Problem} Problem */
/** @typedef {{ data?: any, error?: any, response: Response }} Answer */
/** @typedef {{ why: 'network' | 'busy' | 'limit', until: number }} Waiting `until` by Date.now() */

/** How long it waits by itself; more is told, and the person decides. */
const longestWait = 30;
const givesUpAfter = 120_000;

/**
 * Why an answer is worth asking for again, and after how many seconds; null where it is final.
 * @param {Answer} answer
 * @param {number} lost how many answers in a row were lost
 * @returns {{ why: Waiting['why'], seconds: number } | null}
 */
function retry({ error, response }, lost) {
  const code = error?.code;
  if (code === 'network') return { why: 'network', seconds: Math.min(2 ** lost, 10) };
  // The first try of this very key is still being answered.
  if (code === 'request_in_progress') return { why: 'busy', seconds: 1 };
  if (response.status !== 503 && response.status !== 429) return null;
  const told = Number(response.headers.get('retry-after'));
  const seconds = told > 0 ? told : Math.min(2 ** lost, 10);
  if (seconds > longestWait) return null;
  return { why: response.status === 429 ? 'limit' : 'busy', seconds };
}

/** A sender for one form or one button. */
export function createSend() {
  const busy = signal(false);
  const waiting = signal(/** @type {Waiting | null} */ (null));
  let run = 0;
  let wake = () => {};

  /** @param {number} until */
  const pause = (until) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, until - Date.now());
      wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });

  /**
   * @template {Answer} A
   * @param {(key: string) => Promise<A>} call
   * @param {{ key?: string }} [options] the key of an earlier try that ended without an answer
   * @returns {Promise<A | null>} null where it was not sent, or stopped
   */
  async function send(call, { key = newKey() } = {}) {
    if (busy.peek()) return null;
    busy.value = true;
    run += 1;
    const mine = run;
    const started = Date.now();
    let lost = 0;
    try {
      for (;;) {
        const answer = await call(key);
        if (mine !== run) return null;
        const again = retry(answer, lost);
        if (!again || Date.now() - started > givesUpAfter) return answer;
        lost += 1;
        const until = Date.now() + again.seconds * 1000;
        waiting.value = { why: again.why, until };
        await pause(until);
        if (mine !== run) return null;
        waiting.value = null;
      }
    } finally {
      if (mine === run) {
        busy.value = false;
        waiting.value = null;
      }
    }
  }

  /** Stops waiting: what runs is answered with null. */
  send.stop = () => {
    run += 1;
    busy.value = false;
    waiting.value = null;
    wake();
  };
  /** Asks again now instead of after the wait. */
  send.now = () => wake();
  /** Whether something is under way. */
  send.busy = busy;
  /** Why and until when it waits; null while it does not. */
  send.waiting = waiting;
  return send;
}

/** A sender that is stopped with its component. */
export function useSend() {
  const send = useMemo(createSend, []);
  useEffect(() => send.stop, []);
  return send;
}
