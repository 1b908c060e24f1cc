// The choice of a period, and a press to read anew; used by the reports over days.

import { time } from '../../app/format.js';
import { setQuery } from '../../app/hash.js';
import { html, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Field } from '../../parts/field.js';
import { dayOf, PERIODS, periodFilters } from './periods.js';

/** @type {Record<import('./periods.js').PeriodName, string>} */
export const PERIOD_WORDS = {
  today: key('reports-period-today'),
  yesterday: key('reports-period-yesterday'),
  week: key('reports-period-week'),
  chosen: key('reports-period-chosen'),
};

/**
 * The period stands in the fragment; `kept` is what else stands there, `usual` what need not.
 * @param {{
 *   period: import('./periods.js').Period, usual?: import('./periods.js').PeriodName, kept?: Record<string, string>,
 *   onRefresh: () => unknown, busy: boolean, asOf?: number,
 * }} props
 */
export function PeriodBar({ period, usual = 'today', kept = {}, onRefresh, busy, asOf }) {
  const [choosing, setChoosing] = useState(period.name === 'chosen');
  /** @param {import('./periods.js').PeriodName} name */
  const choose = (name) => {
    setChoosing(name === 'chosen');
    if (name === 'chosen') setQuery({ ...kept, from: period.first, to: period.last });
    else setQuery({ ...kept, ...periodFilters({ ...period, name }, usual) });
  };
  return html`<div class="reports-period">
    <div class="choice" role="group" aria-label=${t('reports-period')}>
      ${PERIODS.map(
        (
          name,
        ) => html`<button key=${name} type="button" aria-pressed=${String((choosing ? 'chosen' : period.name) === name)}
          onClick=${() => choose(name)}>${t(PERIOD_WORDS[name])}</button>`,
      )}
    </div>
    ${choosing && html`<${Days} period=${period} kept=${kept} />`}
    <div class="reports-refresh">
      ${asOf !== undefined && html`<span>${t('reports-as-of', { time: time(asOf) })}</span>`}
      <${Button} icon="repeat" kind="quiet" busy=${busy} onClick=${onRefresh}>${t('reports-refresh')}<//>
    </div>
  </div>`;
}

/** @param {{ period: import('./periods.js').Period, kept: Record<string, string> }} props */
function Days({ period, kept }) {
  const [days, setDays] = useState({ from: period.first, to: period.last });
  const turned = days.from !== '' && days.to !== '' && days.from > days.to;
  /** @param {Partial<typeof days>} change */
  const change = (change) => {
    const next = { ...days, ...change };
    setDays(next);
    if (next.from && next.to && next.from <= next.to) setQuery({ ...kept, ...next });
  };
  const latest = dayOf();
  return html`<div class="reports-days">
    <${Field} label=${t('reports-period-from')} type="date" value=${days.from} max=${latest}
      onInput=${(/** @type {string} */ from) => change({ from })} />
    <${Field} label=${t('reports-period-to')} type="date" value=${days.to} max=${latest}
      error=${turned ? t('reports-period-turned') : ''} onInput=${(/** @type {string} */ to) => change({ to })} />
  </div>`;
}
