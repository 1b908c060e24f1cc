// A standing: its word, a shape and a colour, so that none of the three is needed alone.

import { html } from '../app/view.js';

/** The five standings of a loan as the API names them, and general tones. */
const shapes = {
  current: 'circle',
  due_today: 'diamond',
  in_grace: 'triangle',
  grace_expired: 'square',
  overdue: 'cross',
  ok: 'circle',
  info: 'circle',
  warn: 'triangle',
  bad: 'cross',
  off: 'ring',
};

const drawings = /** @type {Record<string, string>} */ ({
  circle: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z',
  diamond: 'M8 1l7 7-7 7-7-7z',
  triangle: 'M8 1.5L15 14H1z',
  square: 'M2.5 2.5h11v11h-11z',
  cross: 'M3.6 1.5L8 5.9l4.4-4.4 2.1 2.1L10.1 8l4.4 4.4-2.1 2.1L8 10.1l-4.4 4.4-2.1-2.1L5.9 8 1.5 3.6z',
  ring: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm0 2.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8z',
});

/** @typedef {keyof typeof shapes} Tone */

/** @param {{ tone: Tone, children?: unknown }} props */
export function Badge({ tone, children }) {
  return html`<span class=${`badge badge-${tone.replaceAll('_', '-')}`}>
    <svg class="badge-shape" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true"><path fill-rule="evenodd" d=${drawings[shapes[tone]]} /></svg>
    <span>${children}</span>
  </span>`;
}
