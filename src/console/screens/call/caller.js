// Tells apart what may be entered for a caller: a telephone, a client number or a ticket number.

/**
 * One search of the API.
 * @typedef {{ phone: string } | { client_number: string } | { ticket_number: string }} Query
 */

/**
 * What was read: the kind to show beside the field, and the searches to try one after the other until one
 * finds somebody. None where the text is no number at all.
 * @typedef {{ kind: 'empty' | 'phone' | 'client' | 'ticket' | 'wrong', queries: Query[] }} Caller
 */

// Marks that come along when a number is copied from a page or a messenger.
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/gu;
const SEPARATORS = /[\s.()\-‐‑‒–—―−/]/gu;
const DASHES = /[‐‑‒–—―−]/gu;
const IDENTIFIER = /^[\p{L}\p{M}\p{N}._/-]{1,64}$/u;

// A number is often typed in the wrong alphabet: by letters that look the same in both, or by the same keys.
const LATIN_LOOKS = 'ABCEHIKMOPTXY';
const CYRILLIC_LOOKS = 'АВСЕНІКМОРТХУ';
const LATIN_KEYS = 'QWERTYUIOP[]ASDFGHJKL;\'ZXCVBNM,.{}:"<>';
const CYRILLIC_KEYS = 'ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮХЪЖЭБЮ';

/**
 * @param {string} entered
 * @returns {Caller}
 */
export function readCaller(entered) {
  const text = entered
    .replace(/^\s*((tel|callto|sip)\s*:|[№#])/iu, '')
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .trim();
  if (text === '') {
    return { kind: 'empty', queries: [] };
  }
  const phone = readPhone(text);
  if (phone) {
    return { kind: 'phone', queries: [{ phone }] };
  }
  const number = text.replace(DASHES, '-').replace(/\s+/gu, '').toUpperCase();
  const meant = IDENTIFIER.test(number) ? number : otherKeys(number);
  if (!meant || !IDENTIFIER.test(meant)) {
    return { kind: 'wrong', queries: [] };
  }
  return readNumber(meant, text);
}

/**
 * A telephone as E.164: international with + or 00, or a national form of Kazakhstan.
 * @param {string} text
 * @returns {string | null}
 */
export function readPhone(text) {
  const digits = text.replace(SEPARATORS, '');
  if (/^\+\d{8,15}$/u.test(digits)) {
    return digits;
  }
  if (/^00[1-9]\d{7,14}$/u.test(digits)) {
    return `+${digits.slice(2)}`;
  }
  if (/^[78]\d{10}$/u.test(digits)) {
    return `+7${digits.slice(1)}`;
  }
  return /^7\d{9}$/u.test(digits) ? `+7${digits}` : null;
}

/**
 * Clients have numbers with one letter or none, tickets have a series of two or more; the other kind is tried
 * next, then the letters of the other alphabet. Every empty search counts against a limit, so there are few.
 * @param {string} number
 * @param {string} typed
 * @returns {Caller}
 */
function readNumber(number, typed) {
  const letters = number.match(/^\p{L}*/u)?.[0].length ?? 0;
  const isTicket = letters > 1;
  const other = otherLooks(number) ?? otherKeys(number);
  const first = (/** @type {string} */ value) => (isTicket ? { ticket_number: value } : { client_number: value });
  const second = (/** @type {string} */ value) => (isTicket ? { client_number: value } : { ticket_number: value });
  /** @type {Query[]} */
  const queries = [first(number), second(number)];
  if (other && IDENTIFIER.test(other)) {
    queries.push(first(other));
  }
  if (typed !== number && IDENTIFIER.test(typed)) {
    queries.push(first(typed));
  }
  return { kind: isTicket ? 'ticket' : 'client', queries };
}

/**
 * The same number in the other alphabet, where every letter has a twin there.
 * @param {string} number
 * @returns {string | null}
 */
function otherLooks(number) {
  return (
    translate(number, /\p{L}/gu, LATIN_LOOKS, CYRILLIC_LOOKS) ??
    translate(number, /\p{L}/gu, CYRILLIC_LOOKS, LATIN_LOOKS)
  );
}

/**
 * The same keys under the other layout.
 * @param {string} number
 * @returns {string | null}
 */
function otherKeys(number) {
  const keys = /[\p{L}[\]{};:'"<>,]/gu;
  return translate(number, keys, LATIN_KEYS, CYRILLIC_KEYS) ?? translate(number, keys, CYRILLIC_KEYS, LATIN_KEYS);
}

/**
 * @param {string} text
 * @param {RegExp} which the characters to translate
 * @param {string} from
 * @param {string} to
 * @returns {string | null} null where there is nothing to translate, or something that cannot be
 */
function translate(text, which, from, to) {
  const found = text.match(which) ?? [];
  if (found.length === 0 || !found.every((letter) => from.includes(letter))) {
    return null;
  }
  return text.replace(which, (letter) => to[from.indexOf(letter)]);
}
