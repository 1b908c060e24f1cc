// A list of events, and the one that is opened from it.

import { dateTime } from '../../app/format.js';
import { html, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Table } from '../../parts/table.js';
import { EventDialog } from './event-dialog.js';
import { Action, Actor, Outcome } from './event-words.js';
import { shortId } from './ids.js';

/** @typedef {import('./names.js').AuditEvent} AuditEvent */

/**
 * @param {{
 *   label: string, empty: string, pages: ReturnType<typeof import('../../parts/table.js').usePages>,
 *   about?: boolean,
 * }} props `about` where the events are about more than one client
 */
export function EventTable({ label, empty, pages, about = true }) {
  const [opened, setOpened] = useState(/** @type {string | null} */ (null));
  const rows = /** @type {AuditEvent[]} */ (pages.rows.value);
  const at = rows.findIndex((event) => event.id === opened);
  /** @param {number} step */
  const go = (step) => {
    // The next page is on its way before the last event is read.
    if (at + step >= rows.length - 1) void pages.more();
    const next = rows[at + step];
    if (next) setOpened(next.id);
  };
  return html`<${Table} label=${label} pages=${pages} empty=${empty} columns=${columns(about)}
      onOpen=${(/** @type {AuditEvent} */ event) => setOpened(event.id)} />
    ${
      at >= 0 &&
      html`<${EventDialog} event=${rows[at]} onClose=${() => setOpened(null)}
      onPrevious=${at > 0 ? () => go(-1) : undefined} onNext=${at < rows.length - 1 ? () => go(1) : undefined} />`
    }`;
}

/**
 * @param {boolean} about
 * @returns {import('../../parts/table.js').Column<AuditEvent>[]}
 */
function columns(about) {
  return [
    { head: t('reports-audit-when'), class: 'reports-when', cell: (event) => dateTime(event.at, { seconds: true }) },
    { head: t('reports-audit-who'), cell: (event) => html`<${Actor} actor=${event.actor} />` },
    {
      head: t('reports-audit-what'),
      class: 'reports-wide',
      cell: (event) => html`<${Action} action=${event.action} />`,
    },
    { head: t('reports-audit-result'), cell: (event) => html`<${Outcome} outcome=${event.outcome} />` },
    ...(about ? [{ head: t('reports-audit-about'), class: 'reports-about', cell: aboutCell }] : []),
    { head: t('reports-audit-reason'), class: 'reports-reason', cell: (event) => event.reason },
  ];
}

/** @param {AuditEvent} event */
function aboutCell({ client_id: client, subject_id: subject, call_id: call }) {
  return html`${client && html`<span class="reports-line">${t('reports-audit-client-short', { id: shortId(client) })}</span>`}
    ${!client && subject && html`<span class="reports-line">${shortId(subject)}</span>`}
    ${call && html`<span class="reports-line reports-muted">${call}</span>`}`;
}
