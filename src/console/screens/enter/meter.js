// How strong the word is: a bar, and what to do in words. Never red while somebody is still typing.

import { html } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { filled, levelOf } from './strength.js';

const LEVELS = {
  empty: key('enter-strength-empty'),
  weak: key('enter-strength-weak'),
  good: key('enter-strength-good'),
  best: key('enter-strength-best'),
};
const MARKS = { empty: '', weak: '◔', good: '✔', best: '✔✔' };
const PRAISE = { empty: key('enter-advice-empty'), good: key('enter-advice-good'), best: key('enter-advice-best') };

/**
 * @param {object} props
 * @param {import('./strength.js').Verdict | null} props.verdict
 * @param {string} props.id  what the field is described by
 * @param {boolean} props.insist  whether the client wanted to go on with a word that is refused
 */
export function Meter({ verdict, id, insist }) {
  const level = levelOf(verdict);
  const percent = Math.round(filled(verdict) * 100);
  return html`
    <div class="strength" data-level=${level}>
      <div class="strength-bar" role="meter" aria-label=${t('enter-strength')} aria-valuemin="0" aria-valuemax="100"
        aria-valuenow=${percent} aria-valuetext=${t(LEVELS[level])}>
        <div class="strength-fill" style=${{ inlineSize: `${percent}%` }}></div>
      </div>
      <p class="strength-words" id=${id} role=${insist ? 'alert' : 'status'}>
        ${MARKS[level] && html`<span aria-hidden="true">${MARKS[level]} </span>`}${advice(verdict, insist)}
      </p>
    </div>`;
}

/** Reasons that the next word mends by itself. */
const MENDED_BY_A_WORD = new Set(['too_short', 'guessable', 'nothing_to_compare']);

/**
 * One reason at a time. A word that is only too short yet is not scolded while it is typed.
 * @param {import('./strength.js').Verdict | null} verdict
 * @param {boolean} insist
 */
function advice(verdict, insist) {
  const level = levelOf(verdict);
  if (!verdict || level !== 'weak') return t(PRAISE[/** @type {keyof typeof PRAISE} */ (level)]);
  const graver = verdict.reasons.find(({ code }) => !MENDED_BY_A_WORD.has(code));
  if (graver) return graver.detail;
  return insist ? verdict.reasons[0].detail : t('enter-advice-short');
}
