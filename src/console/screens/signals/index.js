// Signals: what looked odd in the work of specialists, each with what to do about it.

import { api } from '../../app/api.js';
import { roleName } from '../../app/bar.js';
import { now } from '../../app/clock.js';
import { setQuery } from '../../app/filters.js';
import { dateTime } from '../../app/format.js';
import { route } from '../../app/hash.js';
import { useKeys } from '../../app/keys.js';
import { me } from '../../app/session.js';
import { html, useMemo, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { usePicked } from '../../parts/picked.js';
import { Select } from '../../parts/select.js';
import { Shown } from '../../parts/shown.js';
import { Table, usePages } from '../../parts/table.js';
import { auditLink } from '../audit/filters.js';
import { accessesLink, shortId } from '../audit/ids.js';
import { PeriodBar } from '../today/period-bar.js';
import { bounds, periodFilters, periodOf } from '../today/periods.js';
import { SIGNALS } from './kinds.js';

/** @typedef {import('../../app/api.js').Schemas['SignalBody']} Signal */

const HOUR = 3_600_000;

export default function Screen() {
  const query = route.value.query;
  const period = useMemo(() => periodOf(query, undefined, 'week'), [query]);
  const kind = query.get('kind') ?? '';
  const [asOf, setAsOf] = useState(now());
  const pages = usePages(
    async (cursor) => {
      const { data, error } = await api.GET('/v1/reports/signals', {
        params: { query: { ...bounds(period), cursor, limit: 200 } },
      });
      if (cursor === undefined) setAsOf(now());
      return data ? { data } : { error };
    },
    [period.first, period.last],
  );
  // The API does not pick out by kind.
  const picked = usePicked(pages, (signal) => !kind || signal.kind === kind, [kind]);
  const count = picked.rows.value.length;
  useKeys({ 'Alt+r': [() => void pages.reload(), key('reports-refresh')] });
  const kept = kind ? { kind } : {};
  return html`<div class="reports">
    <header class="reports-head"><h1>${t('reports-signals-title')}</h1></header>
    <p class="reports-lead">${t('reports-signals-lead')}</p>
    <${PeriodBar} period=${period} usual="week" kept=${kept} busy=${pages.busy.value} asOf=${asOf} onRefresh=${pages.reload} />
    <div class="reports-filters">
      <${Select} label=${t('reports-signals-kind')} value=${kind}
        options=${[
          { value: '', text: t('reports-signals-all') },
          ...Object.entries(SIGNALS).map(([value, words]) => ({ value, text: t(words.title) })),
        ]}
        onChange=${(/** @type {string} */ chosen) => setQuery({ ...periodFilters(period, 'week'), kind: chosen })} />
    </div>
    <section class="reports-card">
      <${Table} label=${t('reports-signals-title')} pages=${picked} empty=${t('reports-signals-empty')} columns=${columns()} />
      <${Shown} text=${count > 0 && t('reports-signals-loaded', { count })} />
    </section>
  </div>`;
}

function columns() {
  const audits = me.value?.role === 'auditor';
  return [
    { head: t('reports-signals-when'), cell: (/** @type {Signal} */ signal) => dateTime(signal.at) },
    { head: t('reports-signals-kind'), class: 'reports-wide', cell: kindCell },
    {
      head: t('reports-signals-who'),
      cell: (/** @type {Signal} */ { staff }) =>
        staff ? html`${staff.login} <small>${roleName(staff.role)}</small>` : t('reports-none'),
    },
    {
      head: t('reports-signals-client'),
      class: 'reports-about',
      cell: (/** @type {Signal} */ signal) => clientCell(signal, audits),
    },
    ...(audits ? [{ head: t('reports-audit-events'), cell: eventsCell }] : []),
  ];
}

/** @param {Signal} signal */
function kindCell({ kind, count }) {
  const words = SIGNALS[kind];
  if (!words) return html`<b>${kind}</b>`;
  return html`<b>${t(words.title)}</b>
    ${count !== null && html`<span class="reports-line">${t(words.count, { count })}</span>`}
    <span class="reports-line reports-muted">${t(words.advice)}</span>`;
}

/**
 * @param {Signal} signal
 * @param {boolean} audits
 */
function clientCell({ client_id: client }, audits) {
  if (!client) return t('reports-none');
  if (!audits) return html`<code>${shortId(client)}</code>`;
  return html`<a href=${accessesLink(client)}><code>${shortId(client)}</code></a>`;
}

/** @param {Signal} signal */
function eventsCell({ at, staff, client_id: client }) {
  const raised = Date.parse(at);
  // The minute of the signal belongs to what led to it.
  const span = { from: raised - HOUR, to: raised + 60_000 };
  return html`<a href=${auditLink({ ...span, actor: staff?.id, client: client ?? undefined })}>${t('reports-signals-events')}</a>`;
}
