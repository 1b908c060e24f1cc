// What became of passphrases in the period.

import { html } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Figure } from './figure.js';

/** @type {readonly (readonly [Extract<keyof import('./report.js').Report['passphrases'], string>, string])[]} */
const ROWS = [
  ['set', key('reports-today-set')],
  ['changed', key('reports-today-changed')],
  ['locked', key('reports-today-locked')],
  ['unlocked', key('reports-today-unlocked')],
  ['disabled', key('reports-today-disabled')],
  ['blocked', key('reports-today-blocked')],
  ['destroyed', key('reports-today-destroyed')],
];

/** @param {{ report: import('./report.js').Report, opens: boolean }} props */
export function Passphrases({ report, opens }) {
  const title = t('reports-today-passphrases');
  return html`<section class="reports-card" aria-label=${title}>
    <h2>${title}</h2>
    <dl class="reports-list">
      ${ROWS.map(
        ([name, word]) => html`<div key=${name}>
          <dt>${t(word)}</dt>
          <dd><${Figure} value=${report.passphrases[name]} opens=${opens} what=${t(word)}
            events=${{ action: `passphrase.${name}`, from: report.from, to: report.to }} /></dd>
        </div>`,
      )}
    </dl>
  </section>`;
}
