// The signals of the period by kind; each kind opens its own list.

import { number } from '../../app/format.js';
import { addressOf } from '../../app/hash.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { SIGNALS } from '../signals/kinds.js';
import { periodFilters } from './periods.js';

/** @param {{ report: import('./report.js').Report, period: import('./periods.js').Period }} props */
export function Signals({ report, period }) {
  const title = t('reports-today-signals');
  const raised = report.signals.filter((signal) => signal.count > 0);
  return html`<section class="reports-card" aria-label=${title}>
    <h2>${title}</h2>
    ${
      raised.length === 0
        ? html`<p class="reports-empty">${t('reports-today-no-signals')}</p>`
        : html`<dl class="reports-list">
          ${raised.map(
            ({ kind, count }) => html`<div key=${kind}>
              <dt>${t(SIGNALS[kind].title)}</dt>
              <dd><a href=${addressOf('signals', { ...periodFilters(period, 'week'), kind })}>${number(count)}</a></dd>
            </div>`,
          )}
        </dl>`
    }
  </section>`;
}
