// The figures that are looked at first.

import { number } from '../../app/format.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Figure } from './figure.js';
import { percent, total } from './figures.js';

/**
 * @param {{ report: import('./report.js').Report, opens: boolean, signals: string }} props `signals` is the address of their list
 */
export function Tiles({ report, opens, signals }) {
  const all = total(report.outcomes);
  const verified = report.outcomes.verified;
  const { count, median, p90 } = report.seconds_to_verify;
  const { from, to } = report;
  /**
   * @param {number} value
   * @param {string} action
   * @param {string} what
   */
  const figure = (value, action, what) =>
    html`<${Figure} value=${value} opens=${opens} what=${what} events=${{ action, from, to }} />`;
  const odd = report.signals.reduce((sum, signal) => sum + signal.count, 0);
  return html`<section class="reports-tiles" aria-label=${t('reports-today-summary')}>
    <${Tile} title=${t('reports-today-verifications')} value=${figure(all, 'verification.recorded', t('reports-today-verifications'))}
      hint=${t('reports-today-verified-share', { percent: percent(verified, all) })} />
    <${Tile} title=${t('reports-today-not-verified')} value=${number(all - verified)}
      hint=${t('reports-today-not-verified-share', { percent: percent(all - verified, all) })} />
    <${Tile} title=${t('reports-today-time')} value=${count > 0 ? number(Math.round(median ?? 0)) : t('reports-none')}
      hint=${count > 0 ? t('reports-today-time-hint', { p90: Math.round(p90 ?? 0) }) : t('reports-today-time-none')} />
    <${Tile} title=${t('reports-today-locks')} value=${figure(report.passphrases.locked, 'passphrase.locked', t('reports-today-locks'))}
      hint=${t('reports-today-locks-hint', { lifted: report.passphrases.unlocked })} />
    <${Tile} title=${t('reports-today-blocks')} value=${figure(report.passphrases.blocked, 'passphrase.blocked', t('reports-today-blocks'))}
      hint=${t('reports-today-blocks-hint')} />
    <${Tile} title=${t('reports-today-signals')} value=${odd > 0 ? html`<a href=${signals}>${number(odd)}</a>` : '0'} hint=${t('reports-today-signals-hint')} />
  </section>`;
}

/** @param {{ title: string, value: unknown, hint: string }} props */
function Tile({ title, value, hint }) {
  return html`<div class="reports-tile">
    <h2>${title}</h2>
    <p class="reports-tile-value">${value}</p>
    <p class="reports-tile-hint">${hint}</p>
  </div>`;
}
