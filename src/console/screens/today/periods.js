// Days and moments of the business time zone: what «today» is, and when it began.

import { partsOf, today } from '../../app/format.js';

const DAY = 86_400_000;

/**
 * The wall clock of the zone at a moment, as if it were UTC.
 * @param {number} moment milliseconds since 1970
 */
function wallClock(moment) {
  const { year, month, day, hour, minute, second } = partsOf(moment);
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

/**
 * The moment at which the zone's clocks show a local time, `2026-11-28T09:30`.
 * @param {string} local
 */
export function momentOf(local) {
  const shown = Date.parse(`${local}Z`);
  const guess = shown - (wallClock(shown) - shown);
  // Where clocks are changed between the two, the second look decides.
  return guess + (shown - wallClock(guess));
}

/**
 * The local time to the minute at a moment, as an `<input type="datetime-local">` has it.
 * @param {string | number} moment RFC 3339, or milliseconds since 1970
 */
export function localMinute(moment) {
  return new Date(wallClock(new Date(moment).getTime())).toISOString().slice(0, 16);
}

/**
 * A moment as the API takes it.
 * @param {number} moment
 */
export function rfc3339(moment) {
  return new Date(moment).toISOString().replace('.000Z', 'Z');
}

/**
 * The day it is in the zone, `2026-11-28`.
 * @param {string | number} moment
 */
export function dayOf(moment) {
  return localMinute(moment).slice(0, 10);
}

/**
 * A day so many days later.
 * @param {string} day
 * @param {number} days
 */
export function addDays(day, days) {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** @param {string} text */
export function isDay(text) {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/**
 * @typedef {'today' | 'yesterday' | 'week' | 'chosen'} PeriodName
 * @typedef {{ name: PeriodName, first: string, last: string }} Period whole days, both ends within
 */

/** @type {readonly PeriodName[]} */
export const PERIODS = ['today', 'yesterday', 'week', 'chosen'];

/**
 * The period that a fragment names; the usual one of the screen where it names none.
 * @param {URLSearchParams} query
 * @param {string} [day] today
 * @param {PeriodName} [usual]
 * @returns {Period}
 */
export function periodOf(query, day = today(), usual = 'today') {
  const [named, from, to] = ['period', 'from', 'to'].map((name) => query.get(name));
  const period = named ?? (from === null ? usual : null);
  if (period === 'yesterday') {
    const before = addDays(day, -1);
    return { name: 'yesterday', first: before, last: before };
  }
  if (period === 'week') return { name: 'week', first: addDays(day, -6), last: day };
  if (from !== null && to !== null && isDay(from) && isDay(to) && from <= to) {
    return { name: 'chosen', first: from, last: to };
  }
  return { name: 'today', first: day, last: day };
}

/**
 * What of a period stands in the fragment.
 * @param {Period} period
 * @param {PeriodName} [usual] the one that need not be named
 * @returns {Record<string, string>}
 */
export function periodFilters(period, usual = 'today') {
  if (period.name === usual) return {};
  if (period.name === 'chosen') return { from: period.first, to: period.last };
  return { period: period.name };
}

/**
 * The moments from which and before which a period runs.
 * @param {Period} period
 */
export function bounds(period) {
  return {
    from: rfc3339(momentOf(`${period.first}T00:00`)),
    to: rfc3339(momentOf(`${addDays(period.last, 1)}T00:00`)),
  };
}
