// The seals of the audit: the newest, whether all is whole, and the list.

import { api } from '../../app/api.js';
import { dateTime, number } from '../../app/format.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Copy } from '../../parts/copy.js';
import { Shown } from '../../parts/shown.js';
import { Table, usePages } from '../../parts/table.js';
import { VerifyNow } from './verify-now.js';

/** @typedef {import('../../app/api.js').Schemas['SealBody']} Seal */

export function Seals() {
  const pages = usePages((cursor) => api.GET('/v1/audit/seals', { params: { query: { cursor } } }), []);
  const [newest] = /** @type {Seal[]} */ (pages.rows.value);
  const count = pages.rows.value.length;
  return html`<p class="reports-lead">${t('reports-seals-lead')}</p>
    <section class="reports-card reports-beside reports-halves" aria-label=${t('reports-seals-newest')}>
      <div>
        <h2>${t('reports-seals-newest')}</h2>
        ${newest ? html`<${Newest} seal=${newest} />` : pages.done.value && html`<p>${t('reports-seals-none')}</p>`}
      </div>
      <${VerifyNow} onVerified=${pages.reload} />
    </section>
    <section class="reports-card reports-list-card">
      <${Table} label=${t('reports-audit-seals')} pages=${pages} empty=${t('reports-seals-none')} columns=${columns()}
        rowKey=${(/** @type {Seal} */ seal) => String(seal.number)} />
    </section>
    <${Shown} text=${count > 0 && t('reports-seals-shown', { count })} />`;
}

/** @param {{ seal: Seal }} props */
function Newest({ seal }) {
  return html`<dl class="reports-facts">
    <div><dt>${t('reports-seals-number')}</dt><dd>${number(seal.number)}</dd></div>
    <div><dt>${t('reports-seals-at')}</dt><dd>${dateTime(seal.sealed_at, { seconds: true })}</dd></div>
    <div><dt>${t('reports-seals-last')}</dt><dd>${number(seal.last_seq)}</dd></div>
    <div><dt>${t('reports-seals-key')}</dt><dd><${Copy} text=${seal.key_id} label=${t('reports-seals-key')} /></dd></div>
    <div><dt>${t('reports-seals-digest')}</dt><dd><${Copy} text=${seal.digest} label=${t('reports-seals-digest')} /></dd></div>
    <div><dt>${t('reports-seals-signature')}</dt><dd><${Copy} text=${seal.signature} label=${t('reports-seals-signature')} /></dd></div>
  </dl>`;
}

/** @returns {import('../../parts/table.js').Column<Seal>[]} */
function columns() {
  return [
    { head: t('reports-seals-number'), numeric: true, cell: (seal) => number(seal.number) },
    { head: t('reports-seals-at'), cell: (seal) => dateTime(seal.sealed_at, { seconds: true }) },
    { head: t('reports-seals-events'), numeric: true, cell: (seal) => number(seal.events) },
    { head: t('reports-seals-last'), numeric: true, cell: (seal) => number(seal.last_seq) },
    { head: t('reports-seals-key'), cell: (seal) => html`<code>${seal.key_id}</code>` },
    {
      head: t('reports-seals-digest'),
      class: 'reports-digest',
      cell: (seal) => html`<code title=${seal.digest}>${seal.digest.slice(0, 16)}…</code>`,
    },
  ];
}
