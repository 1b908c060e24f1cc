// What the card of a client says in words.

import { date, dateTime, time, today } from '../../app/format.js';
import { key, t } from '../../app/words.js';

/** @typedef {import('./state.js').Card} Card */
/** @typedef {import('./state.js').Schemas['StatusBody']} Status */
/** @typedef {'verified' | 'rejected' | 'locked' | 'disabled' | 'blocked' | 'unset'} Outcome */

const states = {
  locked: key('call-state-locked'),
  disabled: key('call-state-disabled'),
  blocked: key('call-state-blocked'),
  unset: key('call-state-unset'),
};

/** @param {Card} card */
export const nameOf = ({ family_name, given_name, patronymic }) =>
  [family_name, given_name, patronymic].filter(Boolean).join(' ');

/** @param {Card} card */
export const initialsOf = ({ family_name, given_name }) => `${family_name[0]}${given_name?.[0] ?? ''}`;

/**
 * The outcome that an attempt would have now, whatever the word; null where it depends on the word.
 * @param {Status} status
 * @returns {'locked' | 'disabled' | 'blocked' | 'unset' | null}
 */
export function knownOutcome({ state }) {
  if (state === 'active') return null;
  return state === 'destroyed' ? 'unset' : state;
}

/** Whether there is a word that a block would stop. @param {Status} status */
export const hasWord = (status) => !['blocked', 'unset'].includes(knownOutcome(status) ?? '');

/** @param {Status} status */
export function stateOf(status) {
  const known = knownOutcome(status);
  if (known) return t(states[known], { time: moment(status.locked_until) });
  return t('call-word-set', { date: date(status.set_at) });
}

/**
 * A moment as a clock time, with its day where that is not today.
 * @param {string | null | undefined} at
 */
export function moment(at) {
  if (!at) return '';
  return date(at) === date(today()) ? time(at) : dateTime(at);
}
