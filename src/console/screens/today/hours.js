// Verifications by outcome over time: bars, and the same figures as a table.

import { date, number } from '../../app/format.js';
import { html, useMemo } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Chart } from './chart.js';
import { Figure } from './figure.js';
import { OUTCOMES, slots as slotsOf, total } from './figures.js';
import { OUTCOME_WORDS } from './outcome-words.js';

/** @param {{ report: import('./report.js').Report, period: import('./periods.js').Period, opens: boolean }} props */
export function Hours({ report, period, opens }) {
  const slots = useMemo(() => slotsOf(report.hours, period), [report, period]);
  const byHour = period.first === period.last;
  const title = byHour ? t('reports-today-by-hour') : t('reports-today-by-day');
  return html`<section class="reports-card" aria-label=${title}>
    <h2>${title}</h2>
    ${
      total(report.outcomes) === 0
        ? html`<p class="reports-empty">${t('reports-nothing')}</p>`
        : html`<div class="reports-beside">
          <div>
            <${Chart} slots=${slots} label=${t('reports-today-chart')} />
            <${Legend} outcomes=${report.outcomes} />
          </div>
          <${HoursTable} slots=${slots} byHour=${byHour} title=${title} opens=${opens} />
        </div>`
    }
  </section>`;
}

/** @param {{ outcomes: import('./figures.js').Outcomes }} props */
function Legend({ outcomes }) {
  return html`<ul class="reports-legend">
    ${OUTCOMES.map(
      (name) => html`<li key=${name}><span class=${`reports-mark reports-mark-${name}`} aria-hidden="true"></span>
        ${t(OUTCOME_WORDS[name])} <b>${number(outcomes[name])}</b></li>`,
    )}
  </ul>`;
}

/** @param {{ slots: import('./figures.js').Slot[], byHour: boolean, title: string, opens: boolean }} props */
function HoursTable({ slots, byHour, title, opens }) {
  return html`<div class="reports-scroll" tabindex="0" role="group" aria-label=${title}>
    <table class="table reports-figures">
      <thead>
        <tr>
          <th scope="col">${byHour ? t('reports-today-hour') : t('reports-today-day')}</th>
          ${OUTCOMES.map(
            (name) => html`<th key=${name} scope="col" class="numeric">
              <span class=${`reports-mark reports-mark-${name}`} aria-hidden="true"></span>${t(OUTCOME_WORDS[name])}</th>`,
          )}
          <th scope="col" class="numeric">${t('reports-today-total')}</th>
        </tr>
      </thead>
      <tbody>
        ${slots.map((slot) => {
          const when = byHour ? `${slot.label}:00` : date(slot.day);
          const span = { action: 'verification.recorded', from: slot.from, to: slot.to };
          return html`<tr key=${slot.from}>
            <th scope="row">${when}</th>
            ${OUTCOMES.map(
              (name) => html`<td key=${name} class="numeric" data-head=${t(OUTCOME_WORDS[name])}>
                <${Figure} value=${slot.outcomes[name]} opens=${opens} events=${{ ...span, outcome: name }}
                  what=${`${t(OUTCOME_WORDS[name])}, ${when}`} /></td>`,
            )}
            <td class="numeric" data-head=${t('reports-today-total')}><${Figure} value=${total(slot.outcomes)} opens=${opens} events=${span} what=${when} /></td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
