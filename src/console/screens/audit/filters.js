// The filters of the audit: as the fragment has them, and as the API takes them.

import { addressOf } from '../../app/hash.js';
import { localMinute, momentOf, rfc3339 } from '../today/periods.js';

/**
 * Times are local to the minute, so that a fragment can be read.
 * @typedef {{
 *   action?: string, actor?: string, client?: string, from?: string, to?: string, outcome?: string,
 * }} Filters
 */

/** @type {readonly (keyof Filters)[]} */
const NAMES = ['action', 'actor', 'client', 'from', 'to', 'outcome'];

/**
 * The filters in a fragment; what is empty or no time is left out.
 * @param {URLSearchParams} query
 * @returns {Filters}
 */
export function filtersOf(query) {
  /** @type {Filters} */
  const filters = {};
  for (const name of NAMES) {
    const value = query.get(name)?.trim();
    if (value && (!(name === 'from' || name === 'to') || isMinute(value))) filters[name] = value;
  }
  return filters;
}

/** @param {string} text */
function isMinute(text) {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/**
 * The query for the API. `outcome` is none of its parameters: see `matches`.
 * @param {Filters} filters
 */
export function queryOf(filters) {
  return {
    action: /** @type {import('./names.js').ActionName | undefined} */ (filters.action),
    actor: filters.actor,
    client_id: filters.client,
    from: filters.from && rfc3339(momentOf(filters.from)),
    to: filters.to && rfc3339(momentOf(filters.to)),
  };
}

/**
 * Whether an event is to be shown: the API cannot pick out by outcome.
 * @param {Filters} filters
 * @param {{ outcome?: string | null }} event
 */
export function matches(filters, event) {
  return filters.outcome === undefined || event.outcome === filters.outcome;
}

/**
 * The address of the audit under filters whose times are moments.
 * @param {Omit<Filters, 'from' | 'to'> & { from?: string | number, to?: string | number }} wanted
 */
export function auditLink({ from, to, ...rest }) {
  /** @type {Filters} */
  const filters = { ...rest };
  if (from !== undefined) filters.from = localMinute(from);
  if (to !== undefined) filters.to = localMinute(to);
  return addressOf('audit', written(filters));
}

/**
 * The filters as the fragment has them.
 * @param {Filters} filters
 */
export function written(filters) {
  /** @type {Record<string, string>} */
  const words = {};
  for (const name of NAMES) if (filters[name]) words[name] = String(filters[name]);
  return words;
}
