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

/**
 * What a softphone or a CRM gave in the fragment: `#call=…&phone=…`, also behind the screen's own address
 * (`#/call?call=…&phone=…`). Null where it gave nothing.
 * @param {string} hash
 * @returns {{ callId: string, phone: string } | null}
 */
export function readFragment(hash) {
  const written = hash.replace(/^#/u, '').replace(/^\/call\??/u, '');
  // In a fragment a plus is a plus: telephones are written +7…
  const given = new URLSearchParams(written.replaceAll('+', '%2B'));
  const callId = (given.get('call') ?? '').trim().slice(0, 64);
  const phone = (given.get('phone') ?? '').trim().slice(0, 64);
  return callId || phone ? { callId, phone } : null;
}
