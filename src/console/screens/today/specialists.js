// The same outcomes by specialist, and how long each needs from look-up to verification.

import { number } from '../../app/format.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Figure } from './figure.js';
import { OUTCOMES, total } from './figures.js';
import { OUTCOME_WORDS } from './outcome-words.js';

/** @param {{ report: import('./report.js').Report, opens: boolean }} props */
export function Specialists({ report, opens }) {
  const title = t('reports-today-by-specialist');
  const people = report.specialists.toSorted((a, b) => total(b.outcomes) - total(a.outcomes));
  return html`<section class="reports-card" aria-label=${title}>
    <h2>${title}</h2>
    ${
      people.length === 0
        ? html`<p class="reports-empty">${t('reports-nothing')}</p>`
        : html`<div class="reports-scroll" tabindex="0" role="group" aria-label=${title}>
          <table class="table reports-figures">
            <thead>
              <tr>
                <th scope="col">${t('reports-today-specialist')}</th>
                <th scope="col" class="numeric">${t('reports-today-total')}</th>
                <td aria-hidden="true"></td>
                ${OUTCOMES.map((name) => html`<th key=${name} scope="col" class="numeric">${t(OUTCOME_WORDS[name])}</th>`)}
                <th scope="col" class="numeric">${t('reports-today-median')}</th>
                <th scope="col" class="numeric">${t('reports-today-p90')}</th>
              </tr>
            </thead>
            <tbody>
              ${people.map((person) => html`<${Row} key=${person.staff_id} person=${person} report=${report} opens=${opens} />`)}
            </tbody>
          </table>
        </div>`
    }
  </section>`;
}

/**
 * @param {{
 *   person: import('./report.js').Report['specialists'][number], report: import('./report.js').Report, opens: boolean,
 * }} props
 */
function Row({ person, report, opens }) {
  const events = { action: 'verification.recorded', actor: person.staff_id, from: report.from, to: report.to };
  const all = total(person.outcomes);
  const { count, median, p90 } = person.seconds_to_verify;
  const seconds = (/** @type {number | null | undefined} */ value) =>
    count > 0 ? number(Math.round(value ?? 0)) : html`<span class="reports-nought">${t('reports-none')}</span>`;
  return html`<tr>
    <th scope="row">${person.display_name} <small>${person.login}</small></th>
    <td class="numeric" data-head=${t('reports-today-total')}><${Figure} value=${all} opens=${opens} events=${events} what=${person.login} /></td>
    <td aria-hidden="true" class="reports-bar-cell"><span class="reports-bar">
      ${OUTCOMES.map(
        (name) =>
          html`<span key=${name} class=${`reports-mark-${name}`} style=${{ flexGrow: person.outcomes[name] }}></span>`,
      )}
    </span></td>
    ${OUTCOMES.map(
      (
        name,
      ) => html`<td key=${name} class="numeric" data-head=${t(OUTCOME_WORDS[name])}><${Figure} value=${person.outcomes[name]} opens=${opens}
        events=${{ ...events, outcome: name }} what=${`${t(OUTCOME_WORDS[name])}, ${person.login}`} /></td>`,
    )}
    <td class="numeric" data-head=${t('reports-today-median')}>${seconds(median)}</td>
    <td class="numeric" data-head=${t('reports-today-p90')}>${seconds(p90)}</td>
  </tr>`;
}
