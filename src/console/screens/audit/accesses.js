// Who asked about one client: all that was done about them, newest first.

import { api } from '../../app/api.js';
import { addressOf } from '../../app/hash.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Copy } from '../../parts/copy.js';
import { Shown } from '../../parts/shown.js';
import { usePages } from '../../parts/table.js';
import { EventTable } from './event-table.js';

/** @param {{ client: string }} props */
export function Accesses({ client }) {
  const pages = usePages(
    (cursor) => api.GET('/v1/clients/{id}/accesses', { params: { path: { id: client }, query: { cursor } } }),
    [client],
  );
  const count = pages.rows.value.length;
  return html`<div class="reports-above">
      <h2>${t('reports-accesses-title')}</h2>
      <${Copy} text=${client} label=${t('reports-event-client')} />
      <a href=${addressOf('audit')}>${t('reports-accesses-back')}</a>
    </div>
    <p class="reports-lead">${t('reports-accesses-lead')}</p>
    <${Shown} text=${count > 0 && t('reports-audit-shown', { count })} />
    <section class="reports-card reports-list-card">
      <${EventTable} label=${t('reports-accesses-title')} empty=${t('reports-accesses-empty')} pages=${pages} about=${false} />
    </section>`;
}
