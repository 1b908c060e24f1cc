// Who asked about a client and what happened to the passphrase: read only when wanted, for it is recorded.

import { api } from '../../app/api.js';
import { dateTime } from '../../app/format.js';
import { html, useSignal } from '../../app/view.js';
import { loadWords, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Table, usePages } from '../../parts/table.js';
import { ACTIONS, RESULTS } from '../audit/names.js';

/** @typedef {import('../audit/names.js').AuditEvent} AuditEvent */

/** What changes how a passphrase stands. */
const CHANGES = new Set([
  'passphrase.set',
  'passphrase.changed',
  'passphrase.locked',
  'passphrase.disabled',
  'passphrase.unlocked',
  'passphrase.blocked',
  'passphrase.destroyed',
]);

/** @param {{ clientId: string }} props */
export function Accesses({ clientId }) {
  const open = useSignal(false);
  async function show() {
    await loadWords('console-reports');
    open.value = true;
  }
  return html`<section class="client-part" aria-labelledby="client-accesses">
    <h2 id="client-accesses">${t('branch-accesses')}</h2>
    ${
      open.value
        ? html`<${AccessList} clientId=${clientId} />`
        : html`<p class="client-more"><${Button} onClick=${show}>${t('branch-accesses-show')}<//>
          <span class="field-hint">${t('branch-accesses-hint')}</span></p>`
    }
  </section>`;
}

/** @param {{ clientId: string }} props */
function AccessList({ clientId }) {
  const pages = usePages(
    (cursor) =>
      api.GET('/v1/clients/{id}/accesses', { params: { path: { id: clientId }, query: { cursor, limit: 100 } } }),
    [clientId],
  );
  const changes = /** @type {AuditEvent[]} */ (pages.rows.value).filter(({ action }) => CHANGES.has(action));
  return html`<h3>${t('branch-history')}</h3>
    ${changes.length === 0 && pages.done.value && html`<p>${t('branch-history-none')}</p>`}
    <ol class="history">
      ${changes.map(
        (event) => html`<li key=${event.id}>
          <time class="history-at" datetime=${event.at}>${dateTime(event.at)}</time>
          <strong>${t(ACTIONS[event.action])}</strong>
          <span>${actorOf(event)}</span>
          ${event.reason && html`<span class="client-reason">${event.reason}</span>`}
        </li>`,
      )}
    </ol>
    <h3>${t('branch-accesses')}</h3>
    <${Table} label=${t('branch-accesses')} pages=${pages} empty=${t('branch-accesses-none')}
      columns=${[
        {
          head: t('branch-access-at'),
          cell: (/** @type {AuditEvent} */ event) => dateTime(event.at, { seconds: true }),
        },
        { head: t('branch-access-who'), cell: actorOf },
        { head: t('branch-access-what'), cell: (/** @type {AuditEvent} */ event) => t(ACTIONS[event.action]) },
        {
          head: t('branch-access-outcome'),
          cell: (/** @type {AuditEvent} */ event) => event.outcome && t(RESULTS[event.outcome]),
        },
        { head: t('branch-access-reason'), cell: (/** @type {AuditEvent} */ event) => event.reason },
      ]} />`;
}

/** @param {AuditEvent} event */
const actorOf = (event) => event.actor?.login ?? t('branch-accesses-service');
