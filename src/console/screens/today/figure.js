// A figure of a report; where the role may read the audit, a way to the events behind it.

import { number } from '../../app/format.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { auditLink } from '../audit/filters.js';

/**
 * Nothing happened behind a nought, so it opens nothing.
 * @param {{ value: number, opens: boolean, what: string, events: Parameters<typeof auditLink>[0] }} props
 */
export function Figure({ value, opens, what, events }) {
  if (value === 0) return html`<span class="reports-nought">0</span>`;
  if (!opens) return html`<span>${number(value)}</span>`;
  return html`<a class="reports-open" href=${auditLink(events)} title=${t('reports-today-events', { what })}>${number(value)}</a>`;
}
