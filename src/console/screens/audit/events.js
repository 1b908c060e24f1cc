// The search among all events, newest first.

import { api } from '../../app/api.js';
import { useKeys } from '../../app/keys.js';
import { html, useRef, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Shown } from '../../parts/shown.js';
import { usePages } from '../../parts/table.js';
import { EventTable } from './event-table.js';
import { ExportDialog } from './export-dialog.js';
import { FilterForm } from './filter-form.js';
import { filtersOf, matches, queryOf } from './filters.js';

/** @param {{ query: URLSearchParams }} props */
export function Events({ query }) {
  const filters = filtersOf(query);
  const wanted = JSON.stringify(filters);
  const [exporting, setExporting] = useState(false);
  const read = useRef(0);
  const pages = usePages(
    async (cursor) => {
      if (cursor === undefined) read.current = 0;
      // Where the page itself picks out, fewer and larger pages are read for what is shown.
      const limit = filters.outcome ? 200 : 50;
      const answer = await api.GET('/v1/audit/events', { params: { query: { ...queryOf(filters), cursor, limit } } });
      if (!answer.data) return answer;
      read.current += answer.data.items.length;
      return { data: { ...answer.data, items: answer.data.items.filter((event) => matches(filters, event)) } };
    },
    [wanted],
  );
  useKeys({
    'Alt+r': [() => void pages.reload(), key('reports-refresh')],
    'Alt+e': [() => setExporting(true), key('reports-export-open')],
  });
  const count = pages.rows.value.length;
  return html`<${FilterForm} key=${wanted} filters=${filters} error=${pages.error.value} />
    <div class="reports-above">
      <${Shown} text=${count > 0 && shownText(count, filters.outcome ? read.current : count)} />
      <span class="reports-muted">${t('reports-audit-recorded')}</span>
      <${Button} icon="repeat" kind="quiet" onClick=${pages.reload}>${t('reports-refresh')}<//>
      <${Button} icon="out" keys="Alt+e" onClick=${() => setExporting(true)}>${t('reports-export-open')}<//>
    </div>
    <section class="reports-card reports-list-card">
      <${EventTable} label=${t('reports-audit-events')} empty=${t('reports-audit-empty')} pages=${pages} />
    </section>
    ${exporting && html`<${ExportDialog} filters=${filters} onClose=${() => setExporting(false)} />`}`;
}

/**
 * @param {number} count
 * @param {number} read
 */
function shownText(count, read) {
  return count === read ? t('reports-audit-shown', { count }) : t('reports-audit-shown-of', { count, read });
}
