// How a client's passphrase stands: word, shape, colour, and what it means for the client.

import { date, dateTime } from '../../app/format.js';
import { html } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Badge } from '../../parts/badge.js';

/** @typedef {import('../../app/api.js').Schemas['StatusBody']} Status */
/** @typedef {Status['state']} State */

/** @type {Record<State, { tone: import('../../parts/badge.js').Tone, word: string, advice: string | null }>} */
const STATES = {
  unset: { tone: 'off', word: key('branch-state-unset'), advice: key('branch-state-advice-unset') },
  active: { tone: 'ok', word: key('branch-state-active'), advice: null },
  locked: { tone: 'warn', word: key('branch-state-locked'), advice: key('branch-state-advice-locked') },
  disabled: { tone: 'bad', word: key('branch-state-disabled'), advice: key('branch-state-advice-disabled') },
  blocked: { tone: 'bad', word: key('branch-state-blocked'), advice: key('branch-state-advice-blocked') },
  destroyed: { tone: 'off', word: key('branch-state-destroyed'), advice: key('branch-state-advice-destroyed') },
};

/** @param {{ state: State }} props */
export function StateBadge({ state }) {
  return html`<${Badge} tone=${STATES[state].tone}>${t(STATES[state].word)}<//>`;
}

/**
 * @param {{ status: Status, advises?: boolean }} props  advises: says what a branch can do about it
 */
export function WordState({ status, advises = true }) {
  const { advice } = STATES[status.state];
  return html`<div class="word-state">
    <p class="word-state-line">
      <span class="word-state-label">${t('branch-word')}</span>
      <${StateBadge} state=${status.state} />
      ${status.set_at && html`<span>${t('branch-state-set-at', { day: date(status.set_at) })}</span>`}
      ${status.locked_until && html`<span>${t('branch-state-locked-until', { time: dateTime(status.locked_until) })}</span>`}
      ${status.failed_attempts > 0 && html`<span>${t('branch-state-failed', { count: status.failed_attempts })}</span>`}
    </p>
    ${advises && advice && html`<p class="word-state-advice">${t(advice)}</p>`}
  </div>`;
}

/**
 * Whether an application changes a passphrase (there is one) or sets the first.
 * @param {State} state
 */
export const kindOf = (state) => (state === 'unset' || state === 'destroyed' ? 'set' : 'change');
