// The choice of a period, and a press to read anew; used by the reports over days.

import { setQuery } from '../../app/filters.js';
import { date, time } from '../../app/format.js';
import { parseDate } from '../../app/typed-day.js';
import { html, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Field } from '../../parts/field.js';
import { PERIODS, periodFilters } from './periods.js';

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
  const [typed, setTyped] = useState({ from: date(period.first), to: date(period.last) });
  const [from, to] = [parseDate(typed.from), parseDate(typed.to)];
  const turned = from !== null && to !== null && from > to;
  /** @param {Partial<typeof typed>} change */
  const change = (change) => {
    const next = { ...typed, ...change };
    setTyped(next);
    const [first, last] = [parseDate(next.from), parseDate(next.to)];
    if (first && last && first <= last) setQuery({ ...kept, from: first, to: last });
  };
  const noDay = (/** @type {string | null} */ day) => (day === null ? t('reports-period-no-day') : '');
  return html`<div class="reports-days">
    <${Field} label=${t('reports-period-from')} value=${typed.from} error=${noDay(from)} inputmode="numeric"
      onInput=${(/** @type {string} */ text) => change({ from: text })} />
    <${Field} label=${t('reports-period-to')} value=${typed.to} error=${turned ? t('reports-period-turned') : noDay(to)} inputmode="numeric"
      onInput=${(/** @type {string} */ text) => change({ to: text })} />
  </div>`;
}
