// Nothing of a client outlives the call: who holds something says here how it is let go.
//
// Two depths. `wipe` lets everything go: the end of a call, sign-out, a tab that is hidden for long or
// closed. `wipeSecrets` lets go of words and passwords alone: the session has ended, and what else was
// typed waits under the sign-in.

import { useEffect, useRef } from '../vendor/hooks.js';

/** @typedef {() => unknown} Forget may answer with a promise, such as of closing a verification */

/** @type {Set<Forget>} */
const all = new Set();
/** @type {Set<Forget>} */
const secrets = new Set();

/**
 * Runs at every wipe; gives back how to take it off.
 * @param {Forget} forget
 */
export function onWipe(forget) {
  all.add(forget);
  return () => {
    all.delete(forget);
  };
}

/**
 * Runs where secrets alone, or everything, is let go.
 * @param {Forget} forget
 */
export function onWipeSecrets(forget) {
  secrets.add(forget);
  return () => {
    secrets.delete(forget);
  };
}

/** @param {Set<Forget>} group */
const run = (group) =>
  [...group].map((forget) => {
    try {
      return forget();
    } catch {
      // One screen's fault must not keep another's data.
      return undefined;
    }
  });

/** The engine remembers the last text that a pattern was tried on: let it be this one. */
export const forgetMatch = () => /x/.test('x');

export const wipeSecrets = () => Promise.allSettled(run(secrets));

export const wipe = () => Promise.allSettled([...run(secrets), ...run(all)]);

/**
 * onWipe for as long as a component is there.
 * @param {Forget} forget
 */
export function useWipe(forget) {
  const latest = useRef(forget);
  latest.current = forget;
  useEffect(() => onWipe(() => latest.current()), []);
}

/**
 * onWipeSecrets for as long as a component is there.
 * @param {Forget} forget
 */
export function useWipeSecrets(forget) {
  const latest = useRef(forget);
  latest.current = forget;
  useEffect(() => onWipeSecrets(() => latest.current()), []);
}

const hiddenFor = 10 * 60 * 1000;
let hiddenTimer = 0;

/** From here on a tab that is closed, left, or hidden for ten minutes is wiped. */
export function wipeWithTheTab() {
  addEventListener('pagehide', () => void wipe());
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = window.setTimeout(() => void wipe(), hiddenFor);
  });
}
