// The shape of each outcome: told apart without colour, and from afar.

import { html } from '../../app/view.js';

/** @type {Record<import('./client.js').Outcome, string>} */
const drawings = {
  verified: 'M24 4a20 20 0 1 0 0 40 20 20 0 0 0 0-40zM14.5 24.5l6.5 6.5 12.5-13',
  rejected: 'M15.7 4h16.6L44 15.7v16.6L32.3 44H15.7L4 32.3V15.7zM17 17l14 14M31 17L17 31',
  locked: 'M9 21h30v22H9zM15 21v-6a9 9 0 0 1 18 0v6M24 29v6',
  disabled: 'M24 4a20 20 0 1 0 0 40 20 20 0 0 0 0-40zM10 10l28 28',
  blocked: 'M24 4l17 6v12c0 11-7 18-17 22C14 40 7 33 7 22V10zM24 14v12M24 32v.5',
  unset: 'M6 12h36v24H6zM15 24h.5M24 24h.5M33 24h.5',
};

/** @param {{ outcome: import('./client.js').Outcome }} props */
export function Shape({ outcome }) {
  return html`<svg class="call-shape" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
    <path d=${drawings[outcome]} />
  </svg>`;
}
