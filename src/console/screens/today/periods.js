// Days and moments of the business time zone: what «today» is, and when it began.

import { now } from '../../app/clock.js';

const ZONE = 'Asia/Almaty';
const DAY = 86_400_000;

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/**
 * The wall clock of the zone at a moment, as if it were UTC.
 * @param {number} moment milliseconds since 1970
 */
function wallClock(moment) {
  /** @type {Record<string, number>} */
  const read = {};
  for (const { type, value } of parts.formatToParts(moment)) read[type] = Number(value);
  return Date.UTC(read.year, read.month - 1, read.day, read.hour, read.minute, read.second);
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
 * @param {string | number} [moment]
 */
export function dayOf(moment = now()) {
  return localMinute(moment).slice(0, 10);
}

/**
 * A day so many days later.
 * @param {string} day
 * @param {number} days
 */
export function later(day, days) {
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
 * @param {string} [today]
 * @param {PeriodName} [usual]
 * @returns {Period}
 */
export function periodOf(query, today = dayOf(), usual = 'today') {
  const [named, from, to] = ['period', 'from', 'to'].map((name) => query.get(name));
  const period = named ?? (from === null ? usual : null);
  if (period === 'yesterday') {
    const day = later(today, -1);
    return { name: 'yesterday', first: day, last: day };
  }
  if (period === 'week') return { name: 'week', first: later(today, -6), last: today };
  if (from !== null && to !== null && isDay(from) && isDay(to) && from <= to) {
    return { name: 'chosen', first: from, last: to };
  }
  return { name: 'today', first: today, last: today };
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
    to: rfc3339(momentOf(`${later(period.last, 1)}T00:00`)),
  };
}
