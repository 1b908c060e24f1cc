// A message in the page: what is so, and what to do.

import { html } from '../app/view.js';
import { Icon } from './icon.js';

const icons = /** @type {const} */ ({ info: 'info', ok: 'check', warn: 'warning', bad: 'warning' });

/**
 * `said`: read out when it appears, 'polite' or 'assertive'.
 * @param {{ tone?: 'info' | 'ok' | 'warn' | 'bad', title?: unknown, children?: unknown, said?: 'polite' | 'assertive', class?: string }} props
 */
export function Notice({ tone = 'info', title, children, said, class: extra = '' }) {
  const role = said === 'assertive' ? 'alert' : said === 'polite' ? 'status' : undefined;
  return html`<div class=${`notice notice-${tone} ${extra}`} role=${role}>
    <${Icon} name=${icons[tone]} size=${22} />
    <div class="notice-body">${title && html`<p class="notice-title">${title}</p>`}${children}</div>
  </div>`;
}
