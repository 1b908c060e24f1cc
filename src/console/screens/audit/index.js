// The audit: the search among events, who asked about one client, and the seals that bind it all.

import { addressOf, route } from '../../app/hash.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Accesses } from './accesses.js';
import { Events } from './events.js';
import { Seals } from './seals.js';

export default function Screen() {
  const query = route.value.query;
  const view = query.get('view');
  const client = query.get('client');
  return html`<div class="reports">
    <header class="reports-head">
      <h1>${t('reports-audit-title')}</h1>
      <nav class="reports-tabs" aria-label=${t('reports-audit-views')}>
        <a href=${addressOf('audit')} aria-current=${view === 'seals' ? undefined : 'page'}>${t('reports-audit-events')}</a>
        <a href=${addressOf('audit', { view: 'seals' })} aria-current=${view === 'seals' ? 'page' : undefined}>${t('reports-audit-seals')}</a>
      </nav>
    </header>
    ${shown(view, client, query)}
  </div>`;
}

/**
 * @param {string | null} view
 * @param {string | null} client
 * @param {URLSearchParams} query
 */
function shown(view, client, query) {
  if (view === 'seals') return html`<${Seals} />`;
  if (view === 'accesses' && client) return html`<${Accesses} key=${client} client=${client} />`;
  return html`<${Events} query=${query} />`;
}
