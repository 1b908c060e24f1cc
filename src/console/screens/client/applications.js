// A client's applications, newest first.

import { date, dateTime } from '../../app/format.js';
import { html } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Badge } from '../../parts/badge.js';
import { Table } from '../../parts/table.js';

/** @typedef {import('../branch/visit.js').Application} Application */

const KINDS = { set: key('branch-application-kind-set'), change: key('branch-application-kind-change') };

/** @type {Record<Application['state'], { tone: import('../../parts/badge.js').Tone, word: string }>} */
const STATES = {
  draft: { tone: 'warn', word: key('branch-application-state-draft') },
  completed: { tone: 'ok', word: key('branch-application-state-completed') },
  cancelled: { tone: 'off', word: key('branch-application-state-cancelled') },
  expired: { tone: 'off', word: key('branch-application-state-expired') },
};

/** @param {{ pages: ReturnType<typeof import('../../parts/table.js').usePages> }} props */
export function Applications({ pages }) {
  return html`<section class="client-part" aria-labelledby="client-applications">
    <h2 id="client-applications">${t('branch-applications')}</h2>
    <${Table} label=${t('branch-applications')} pages=${pages} empty=${t('branch-applications-none')}
      columns=${[
        { head: t('branch-application-number'), cell: (/** @type {Application} */ row) => row.number },
        { head: t('branch-application-kind'), cell: (/** @type {Application} */ row) => t(KINDS[row.kind]) },
        { head: t('branch-application-state'), cell: stateOf },
        { head: t('branch-application-drafted'), cell: (/** @type {Application} */ row) => dateTime(row.drafted_at) },
        { head: t('branch-application-ended'), cell: endOf },
      ]} />
  </section>`;
}

/** @param {Application} row */
function stateOf(row) {
  return html`<${Badge} tone=${STATES[row.state].tone}>${t(STATES[row.state].word)}<//>
    ${row.cancel_reason && html` <span class="client-reason">${row.cancel_reason}</span>`}
    ${row.signed_on && html` <span class="client-reason">${t('branch-application-signed', { day: date(row.signed_on) })}</span>`}`;
}

/** @param {Application} row */
function endOf(row) {
  if (row.state === 'expired') return dateTime(row.expires_at);
  return dateTime(row.completed_at ?? row.cancelled_at);
}
