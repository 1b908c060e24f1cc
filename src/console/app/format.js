// Days, times, sums and telephones as people in Kazakhstan write them, in every language of the page.

import { now } from './clock.js';

const zone = 'Asia/Almaty';
const blank = '\u00a0';
const symbols = /** @type {Record<string, string>} */ ({ KZT: '₸', USD: '$', EUR: '€', RUB: '₽' });

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/**
 * What the zone's clocks show at a moment, each part in digits.
 * @param {string | number | Date} moment
 */
export function partsOf(moment) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const { type, value } of clock.formatToParts(new Date(moment))) found[type] = value;
  return found;
}

/**
 * '2026-11-22', or a moment in RFC 3339, as 22.11.2026.
 * @param {string | null | undefined} day
 */
export function date(day) {
  if (!day) return '';
  if (/^\d{4}-\d\d-\d\d$/.test(day)) return day.split('-').reverse().join('.');
  const at = partsOf(day);
  return `${at.day}.${at.month}.${at.year}`;
}

/**
 * A moment as 09:12.
 * @param {string | number | null | undefined} moment
 */
export function time(moment) {
  if (!moment) return '';
  const at = partsOf(moment);
  return `${at.hour}:${at.minute}`;
}

/**
 * A moment as 22.11.2026 09:12; with seconds for an audit.
 * @param {string | null | undefined} moment
 * @param {{ seconds?: boolean }} [options]
 */
export function dateTime(moment, { seconds = false } = {}) {
  if (!moment) return '';
  return `${date(moment)}${blank}${time(moment)}${seconds ? `:${partsOf(moment).second}` : ''}`;
}

/** Today in the business time zone, as '2026-11-22'. */
export function today() {
  const at = partsOf(now());
  return `${at.year}-${at.month}-${at.day}`;
}

/** @param {string} digits */
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, blank);

/**
 * A sum as 125 000,00 ₸. The digits are never turned into a binary fraction.
 * @param {{ amount: string, currency: string } | null | undefined} sum
 */
export function money(sum) {
  if (!sum) return '';
  const [whole, fraction] = sum.amount.split('.');
  const tail = fraction === undefined ? '' : `,${fraction}`;
  return `${grouped(whole)}${tail}${blank}${symbols[sum.currency] ?? sum.currency}`;
}

/**
 * A whole number as 12 500.
 * @param {number} value
 */
export const number = (value) => grouped(String(value));

/**
 * '+77011234567' as +7 701 123-45-67; a masked one keeps its stars: +7 *** ***-**-67.
 * @param {string | null | undefined} value
 */
export function phone(value) {
  const found = /^(\+7)([\d*]{3})([\d*]{3})([\d*]{2})([\d*]{2})$/.exec(padded(value ?? ''));
  if (!found) return value ?? '';
  const [, country, code, first, second, third] = found;
  return `${country}${blank}${code}${blank}${first}-${second}-${third}`;
}

/**
 * The mask may have fewer stars than the number digits.
 * @param {string} value
 */
function padded(value) {
  const masked = /^(\+7)(\*+)(\d+)$/.exec(value);
  return masked ? masked[1] + masked[3].padStart(10, '*') : value;
}

/**
 * Seconds as 14:52, from an hour on as 1:04:09.
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const hours = Math.trunc(whole / 3600);
  const minutes = Math.trunc((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${two(minutes)}:${two(whole % 60)}`;
}
