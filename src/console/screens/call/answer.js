// What came of the word, to be read at arm's length: one word, one shape, one colour; then what to do.

import { html } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Countdown } from '../../parts/countdown.js';
import { lockIsOver } from './actions.js';
import { Attempts } from './attempts.js';
import { knownOutcome, moment, nameOf } from './client.js';
import { Guide } from './guide.js';
import { verifying } from './sending.js';
import { Sentence } from './sentence.js';
import { Shape } from './shape.js';
import { call } from './state.js';

/** @typedef {import('./client.js').Outcome} Outcome */

const words = {
  verified: key('call-verified'),
  rejected: key('call-rejected'),
  locked: key('call-locked'),
  disabled: key('call-disabled'),
  blocked: key('call-blocked'),
  unset: key('call-unset'),
};

const advice = {
  verified: key('call-verified-do'),
  rejected: key('call-rejected-do'),
  locked: key('call-locked-do'),
  disabled: key('call-disabled-do'),
  blocked: key('call-blocked-do'),
  unset: key('call-unset-do'),
};

export function Answer() {
  const answer = call.answer.value;
  const client = call.client.value;
  if (verifying.busy.value) {
    return html`<div class="call-answer call-answer-checking" aria-busy="true">
      <span class="spinner" aria-hidden="true"></span>
      <p class="call-outcome">${t('call-checking')}</p>
    </div>`;
  }
  if (answer) {
    return html`<${Panel} outcome=${answer.outcome} lockedUntil=${answer.locked_until} />`;
  }
  const known = client && knownOutcome(client.passphrase);
  if (known) {
    return html`<${Panel} outcome=${known} lockedUntil=${client.passphrase.locked_until} />`;
  }
  return html`<${Guide} />`;
}

/** @param {{ outcome: Outcome, lockedUntil: string | null | undefined }} props */
function Panel({ outcome, lockedUntil }) {
  const client = call.client.value;
  return html`<div class=${`call-answer call-answer-${outcome}`} tabindex="-1" data-place="answer" role="group"
    aria-labelledby="call-outcome">
    <${Shape} outcome=${outcome} />
    <div class="call-answer-words">
      <h2 class="call-outcome" id="call-outcome">${t(words[outcome])}</h2>
      ${outcome === 'verified' && client && html`<p class="call-who">${nameOf(client)}</p>`}
      <${AttemptsLeft} outcome=${outcome} />
      <p class="call-do">${adviceFor(outcome, lockedUntil)}</p>
    </div>
    <${TimeLeft} outcome=${outcome} lockedUntil=${lockedUntil} />
    <${Sentence} />
  </div>`;
}

/** @param {{ outcome: Outcome }} props */
function AttemptsLeft({ outcome }) {
  return outcome === 'rejected' && call.answer.value?.attempts_left
    ? html`<p class="call-who"><${Attempts} /></p>`
    : null;
}

/** @param {{ outcome: Outcome, lockedUntil: string | null | undefined }} props */
function TimeLeft({ outcome, lockedUntil }) {
  const answer = call.answer.value;
  if (outcome === 'verified' && answer?.expires_at) {
    const total = (Date.parse(answer.expires_at) - Date.parse(answer.opened_at)) / 1000;
    return html`<${Countdown} until=${answer.expires_at} total=${total} label=${t('call-time-left')} class="call-time" />`;
  }
  if (lockedUntil) {
    // The clocks may be two seconds apart: asked too early, it would still be locked.
    const until = Date.parse(lockedUntil) + 2000;
    return html`<${Countdown} until=${until} onEnd=${lockIsOver} label=${t('call-lock-left')} class="call-time" />`;
  }
  return null;
}

/**
 * What the specialist does next.
 * @param {Outcome} outcome
 * @param {string | null | undefined} lockedUntil
 */
export function adviceFor(outcome, lockedUntil) {
  if (outcome === 'rejected' && call.answer.value?.attempts_left === 0) {
    return lockedUntil ? t('call-locked-do', { time: moment(lockedUntil) }) : t('call-disabled-do');
  }
  return t(advice[outcome], { time: moment(lockedUntil) });
}

/** @param {Outcome} outcome */
export const outcomeWord = (outcome) => t(words[outcome]);
