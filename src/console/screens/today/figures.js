// The figures of a report, brought into the order in which they are shown.

import { now } from '../../app/clock.js';
import { addDays, dayOf, localMinute, momentOf, rfc3339 } from './periods.js';

/**
 * @typedef {'verified' | 'rejected' | 'locked' | 'disabled' | 'blocked' | 'unset'} Outcome
 * @typedef {Record<Outcome, number>} Outcomes
 * @typedef {{ from: string, to: string, label: string, day: string, outcomes: Outcomes }} Slot
 */

/**
 * From the bottom of a bar to its top, and from left to right in a table.
 * @type {readonly Outcome[]}
 */
export const OUTCOMES = ['verified', 'rejected', 'locked', 'disabled', 'blocked', 'unset'];

/** @returns {Outcomes} */
const nothing = () => ({
  verified: 0,
  rejected: 0,
  locked: 0,
  disabled: 0,
  blocked: 0,
  unset: 0,
});

/** @param {Outcomes} outcomes */
export function total(outcomes) {
  return OUTCOMES.reduce((sum, name) => sum + outcomes[name], 0);
}

/**
 * How much of a hundred; 0 of nothing.
 * @param {number} part
 * @param {number} whole
 */
export function percent(part, whole) {
  return whole === 0 ? 0 : Math.round((part / whole) * 100);
}

/**
 * A slot for each hour of a day, or for each day of several, also where nothing happened: a gap would
 * shift the bars beside it. Hours of today that are still to come are left out.
 * @param {{ from: string, outcomes: Outcomes }[]} hours as the report has them
 * @param {import('./periods.js').Period} period
 * @param {number} [at]
 * @returns {Slot[]}
 */
export function slots(hours, period, at = now()) {
  const byHour = period.first === period.last;
  /** @type {Map<string, Outcomes>} */
  const counted = new Map();
  for (const hour of hours) {
    const key = byHour ? localMinute(hour.from).slice(0, 13) : dayOf(hour.from);
    const sum = counted.get(key) ?? nothing();
    for (const name of OUTCOMES) sum[name] += hour.outcomes[name];
    counted.set(key, sum);
  }
  return byHour ? hoursOf(period.first, counted, at) : daysOf(period, counted);
}

/**
 * @param {string} day
 * @param {Map<string, Outcomes>} counted
 * @param {number} at
 */
function hoursOf(day, counted, at) {
  const all = Array.from({ length: 24 }, (_, hour) => {
    const label = String(hour).padStart(2, '0');
    const start = momentOf(`${day}T${label}:00`);
    const outcomes = counted.get(`${day}T${label}`) ?? nothing();
    return { from: rfc3339(start), to: rfc3339(start + 3_600_000), label, day, outcomes };
  }).filter((slot) => Date.parse(slot.from) <= at);
  // Nights without a call are no news: begin with the first busy hour, but show a working day at least.
  const busy = all.findIndex((slot) => total(slot.outcomes) > 0);
  const lastBusy = all.findLastIndex((slot) => total(slot.outcomes) > 0);
  const first = Math.min(busy < 0 ? 8 : busy, 8);
  return all.slice(Math.min(first, all.length), Math.max(lastBusy + 1, 20));
}

/**
 * @param {import('./periods.js').Period} period
 * @param {Map<string, Outcomes>} counted
 */
function daysOf(period, counted) {
  /** @type {Slot[]} */
  const days = [];
  for (let day = period.first; day <= period.last; day = addDays(day, 1)) {
    days.push({
      from: rfc3339(momentOf(`${day}T00:00`)),
      to: rfc3339(momentOf(`${addDays(day, 1)}T00:00`)),
      label: day,
      day,
      outcomes: counted.get(day) ?? nothing(),
    });
  }
  return days;
}
