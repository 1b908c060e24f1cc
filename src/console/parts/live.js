// Says aloud what appears: politely for what can wait, assertively for the outcome.

import { html, signal } from '../app/view.js';

const polite = signal('');
const assertive = signal('');

/**
 * Says a text to those who listen. The same text twice is said twice.
 * @param {string} text
 * @param {'polite' | 'assertive'} [how]
 */
export function announce(text, how = 'polite') {
  const region = how === 'assertive' ? assertive : polite;
  region.value = region.value === text ? `${text}\u200b` : text;
}

/** The regions that announce() fills; drawn once, by the shell. */
export function LiveRegions() {
  return html`<div class="visually-hidden" aria-live="polite">${polite.value}</div>
    <div class="visually-hidden" aria-live="assertive">${assertive.value}</div>`;
}

/**
 * A part of the screen that is read out whenever it changes.
 * @param {{ assertive?: boolean, hidden?: boolean, class?: string, children?: unknown }} props
 */
export function Live({ assertive: now = false, hidden = false, class: extra = '', children }) {
  return html`<div class=${`${hidden ? 'visually-hidden' : ''} ${extra}`} aria-live=${now ? 'assertive' : 'polite'}
    aria-atomic="true">${children}</div>`;
}
