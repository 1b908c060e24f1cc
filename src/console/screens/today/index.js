// Today: what came of the calls, hour by hour and specialist by specialist, and what looks odd.

import { date } from '../../app/format.js';
import { addressOf, route } from '../../app/hash.js';
import { useKeys } from '../../app/keys.js';
import { me } from '../../app/session.js';
import { html, useMemo, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Problem } from '../../parts/problem.js';
import { Hours } from './hours.js';
import { Passphrases } from './passphrases.js';
import { PERIOD_WORDS, PeriodBar } from './period-bar.js';
import { periodFilters, periodOf } from './periods.js';
import { useReport } from './report.js';
import { Signals } from './signals.js';
import { Specialists } from './specialists.js';
import { Tiles } from './tiles.js';
import { Unlock } from './unlock.js';

/** @typedef {import('./report.js').Report} Report */

export default function Screen() {
  const query = route.value.query;
  const period = useMemo(() => periodOf(query), [query]);
  const { report, at, error, busy, read } = useReport(period);
  const [unlocking, setUnlocking] = useState(false);
  const lifts = me.value?.role === 'supervisor';
  useKeys({
    'Alt+r': [() => void read(), key('reports-refresh')],
    ...(lifts ? { 'Alt+u': [() => setUnlocking(true), key('reports-unlock-open')] } : {}),
  });
  return html`<div class="reports">
    <header class="reports-head">
      <h1>${t(PERIOD_WORDS[period.name])} <small>${daysOf(period)}</small></h1>
      ${lifts && html`<${Button} icon="lock" keys="Alt+u" onClick=${() => setUnlocking(true)}>${t('reports-unlock-open')}<//>`}
    </header>
    <${PeriodBar} period=${period} busy=${busy} asOf=${at} onRefresh=${read} />
    <${Problem} error=${error} retry=${read} />
    ${report && html`<${Figures} report=${report} period=${period} />`}
    ${unlocking && html`<${Unlock} onClose=${() => setUnlocking(false)} />`}
  </div>`;
}

/** @param {import('./periods.js').Period} period */
function daysOf({ first, last }) {
  return first === last ? date(first) : t('reports-period-days', { from: date(first), to: date(last) });
}

/** @param {{ report: Report, period: import('./periods.js').Period }} props */
function Figures({ report, period }) {
  // Whoever may not read the audit gets figures that open nothing.
  const opens = me.value?.role === 'auditor';
  return html`
    <${Tiles} report=${report} opens=${opens} signals=${addressOf('signals', periodFilters(period, 'week'))} />
    <${Hours} report=${report} period=${period} opens=${opens} />
    <${Specialists} report=${report} opens=${opens} />
    <div class="reports-pair">
      <${Passphrases} report=${report} opens=${opens} />
      <${Signals} report=${report} period=${period} />
    </div>
  `;
}
