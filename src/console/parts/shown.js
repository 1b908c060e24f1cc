// How much of a list is shown, said politely when it grows.

import { html } from '../app/view.js';

/** @param {{ text: unknown }} props */
export function Shown({ text }) {
  return html`<p class="small muted" aria-live="polite">${text}</p>`;
}
