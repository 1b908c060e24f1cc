// How strong the word is while it is typed: asked of the service after a pause, never twice at once.

import { signal } from '../../app/view.js';

/** @typedef {import('./access.js').Verdict} Verdict */
/** @typedef {'empty' | 'weak' | 'good' | 'best'} Level */

const PAUSE_MS = 350;

/** Three words drawn by lot withstand about ten to the tenth guesses, two ten to the sixth or seventh. */
const BEST_LOG10 = 8;

/**
 * @param {Verdict | null} verdict
 * @returns {Level}
 */
export function levelOf(verdict) {
  if (!verdict) return 'empty';
  if (!verdict.acceptable) return 'weak';
  return verdict.guesses_log10 >= BEST_LOG10 ? 'best' : 'good';
}

/**
 * How much of the bar is filled, 0 to 1. A refused word never fills as much as an accepted one.
 * @param {Verdict | null} verdict
 */
export function filled(verdict) {
  if (!verdict) return 0;
  const share = verdict.guesses_log10 / BEST_LOG10;
  return verdict.acceptable ? Math.min(1, Math.max(0.5, share)) : Math.min(0.4, Math.max(0.06, share));
}

/**
 * Follows a word that is being typed.
 * @param {import('./access.js').Entry['check']} check
 */
export function watchStrength(check) {
  const verdict = signal(/** @type {Verdict | null} */ (null));
  let newest = '';
  /** @type {Promise<void> | null} */
  let running = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let leaving = new AbortController();

  async function ask() {
    let asked;
    do {
      asked = newest;
      const answer = asked === '' ? null : await check(asked, leaving.signal);
      // An answer about what is no longer in the field is none.
      if (asked === newest) verdict.value = answer;
    } while (asked !== newest);
  }

  /** Joins the check under way, which asks again until it has an answer about the newest word. */
  function askNow() {
    clearTimeout(timer);
    running ??= ask().finally(() => {
      running = null;
    });
    return running;
  }

  return {
    verdict,
    /** @param {string} word */
    typed(word) {
      newest = word;
      clearTimeout(timer);
      if (newest === '') verdict.value = null;
      else timer = setTimeout(askNow, PAUSE_MS);
    },
    /** The verdict on the newest word, without the pause. */
    async settled() {
      await askNow();
      return verdict.value;
    },
    /** Also what is under way: a request holds the word until it is answered. */
    forget() {
      clearTimeout(timer);
      leaving.abort();
      leaving = new AbortController();
      newest = '';
      verdict.value = null;
    },
  };
}
