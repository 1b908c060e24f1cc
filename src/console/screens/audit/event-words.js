// An event in words: what was done, by whom, with what outcome, and its facts.

import { roleName } from '../../app/bar.js';
import { dateTime, number } from '../../app/format.js';
import { html } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Badge } from '../../parts/badge.js';
import { SIGNALS } from '../signals/kinds.js';
import { ACTIONS, RESULTS } from './names.js';

/** @typedef {import('./names.js').AuditEvent} AuditEvent */
/** @typedef {NonNullable<AuditEvent['details']>} Details */

/**
 * The action in words, and its code, which is what others search for.
 * @param {{ action: import('./names.js').ActionName }} props
 */
export function Action({ action }) {
  const word = ACTIONS[action];
  return html`${word && html`<span class="reports-action">${t(word)}</span> `}<code class="reports-code">${action}</code>`;
}

/** @param {{ actor: AuditEvent['actor'] }} props */
export function Actor({ actor }) {
  if (!actor) return html`<span class="reports-muted">${t('reports-event-unknown')}</span>`;
  return html`<b>${actor.login}</b> <small>${roleName(actor.role)}</small>`;
}

/** @type {Partial<Record<import('./names.js').EventOutcome, import('../../parts/badge.js').Tone>>} */
const TONES = {
  verified: 'ok',
  good: 'ok',
  refused: 'bad',
  rejected: 'bad',
  bad: 'bad',
  locked: 'warn',
  disabled: 'warn',
  blocked: 'warn',
  destroyed: 'warn',
  lost: 'warn',
  unavailable: 'warn',
  raised: 'warn',
};

/** @param {{ outcome: AuditEvent['outcome'] }} props */
export function Outcome({ outcome }) {
  if (!outcome) return null;
  const words = RESULTS[outcome] ? t(RESULTS[outcome]) : outcome;
  const tone = TONES[outcome];
  return tone ? html`<${Badge} tone=${tone}>${words}<//>` : html`<span>${words}</span>`;
}

/** @type {Record<keyof Details, string>} */
const FACTS = {
  answered: key('reports-detail-answered'),
  branch_code: key('reports-detail-branch_code'),
  changed: key('reports-detail-changed'),
  comparison: key('reports-detail-comparison'),
  count: key('reports-detail-count'),
  ended: key('reports-detail-ended'),
  entry_link: key('reports-detail-entry_link'),
  fold: key('reports-detail-fold'),
  message_id: key('reports-detail-message_id'),
  records: key('reports-detail-records'),
  report: key('reports-detail-report'),
  role: key('reports-detail-role'),
  signal: key('reports-detail-signal'),
  since: key('reports-detail-since'),
  status: key('reports-detail-status'),
};

/**
 * Each fact of an event: what it is, and how it is.
 * @param {Details | null} details
 * @returns {[string, string][]}
 */
export function facts(details) {
  return Object.entries(details ?? {}).map(([name, value]) => {
    const word = FACTS[/** @type {keyof Details} */ (name)];
    return [word ? t(word) : name, factText(name, value)];
  });
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {string}
 */
function factText(name, value) {
  if (name === 'since') return dateTime(String(value), { seconds: true });
  if (name === 'signal') {
    const words = SIGNALS[/** @type {import('./names.js').SignalKind} */ (value)];
    return words ? t(words.title) : String(value);
  }
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return value.join(', ');
  if (value && typeof value === 'object') return objectText(name, value);
  return String(value);
}

/**
 * A change, or several counts.
 * @param {string} name
 * @param {object} value
 */
function objectText(name, value) {
  if ('old' in value && 'new' in value) {
    const shown = (/** @type {unknown} */ side) => {
      if (side === null) return t('reports-none');
      return name === 'role' ? roleName(String(side)) : String(side);
    };
    return `${shown(value.old)} → ${shown(value.new)}`;
  }
  return Object.entries(value)
    .map(([part, count]) => `${part} ${typeof count === 'number' ? number(count) : count}`)
    .join(', ');
}
