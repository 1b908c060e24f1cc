// The call's number: from the exchange, typed, or made here where the exchange gives none.

/**
 * A number that says when the call began and is not used twice: `call-2026-11-28-093015-k7f2`.
 * @param {Date} now
 * @returns {string}
 */
export function newCallId(now) {
  const written = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Asia/Almaty',
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(now);
  const [day, time] = written.split(' ');
  const chance = crypto.getRandomValues(new Uint16Array(1))[0].toString(36).padStart(4, '0');
  return `call-${day}-${time.replaceAll(':', '')}-${chance}`;
}
