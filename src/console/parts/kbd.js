// A key as it is written on the keyboard: 'Alt+b', 'Escape Escape', 'F2'.

import { html } from '../app/view.js';

const faces = /** @type {Record<string, string>} */ ({
  Escape: 'Esc',
  Control: 'Ctrl',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  ' ': '␣',
});

/** @param {string} part */
const face = (part) => faces[part] ?? (part.length === 1 ? part.toUpperCase() : part);

/** @param {{ keys: string }} props */
export function Kbd({ keys }) {
  const strokes = keys.split(' ').map((stroke) => stroke.split('+'));
  return html`<span class="kbd-keys">${strokes.map((stroke) => stroke.map((part) => html`<kbd class="kbd">${face(part)}</kbd>`))}</span>`;
}

/**
 * For aria-keyshortcuts, where one stroke does it.
 * @param {string | undefined} keys
 */
export const ariaKeys = (keys) => (keys && !keys.includes(' ') ? keys : undefined);
