// Events as a file: read page by page as the list is, and put together in this tab.

/** @typedef {import('./names.js').AuditEvent} AuditEvent */
/** @typedef {'csv' | 'json'} Format */
/** @typedef {{ items: AuditEvent[], next_cursor: string | null }} Page */
/** @typedef {import('../../app/api.js').Problem} Problem */

/** As many as a tab holds and Excel opens without trouble. */
export const LIMIT = 50_000;

const COLUMNS = [
  'id',
  'at',
  'actor_login',
  'actor_role',
  'actor_id',
  'action',
  'outcome',
  'client_id',
  'subject_id',
  'call_id',
  'reason',
  'details',
  'request_id',
  'remote',
];

/**
 * All events, newest first, up to the limit.
 * @param {object} reading
 * @param {(cursor: string | undefined) => Promise<{ data?: Page, error?: unknown }>} reading.load
 * @param {(event: AuditEvent) => boolean} reading.keep
 * @param {(count: number) => void} reading.onProgress
 * @param {() => boolean} reading.stopped
 * @returns {Promise<{ events: AuditEvent[], more: boolean, error?: Problem }>} `more` where the limit cut it off
 */
export async function readAll({ load, keep, onProgress, stopped }) {
  /** @type {AuditEvent[]} */
  const events = [];
  /** @type {string | undefined} */
  let cursor;
  do {
    const { data, error } = await load(cursor);
    if (!data) return { events, more: false, error: /** @type {Problem} */ (error) };
    events.push(...data.items.filter(keep));
    onProgress(events.length);
    cursor = data.next_cursor ?? undefined;
  } while (cursor !== undefined && events.length < LIMIT && !stopped());
  return { events: events.slice(0, LIMIT), more: cursor !== undefined || events.length > LIMIT };
}

/**
 * @param {AuditEvent[]} events
 * @param {Format} format
 */
export function written(events, format) {
  if (format === 'json') return events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const rows = events.map((event) => rowOf(event).map(csvCell).join(';'));
  // Excel takes UTF-8 for what it is only by the mark, and here expects semicolons.
  return `\ufeff${COLUMNS.join(';')}\r\n${rows.map((row) => `${row}\r\n`).join('')}`;
}

/** @param {AuditEvent} event */
function rowOf(event) {
  return [
    event.id,
    event.at,
    event.actor?.login,
    event.actor?.role,
    event.actor?.id,
    event.action,
    event.outcome,
    event.client_id,
    event.subject_id,
    event.call_id,
    event.reason,
    event.details && JSON.stringify(event.details),
    event.request_id,
    event.remote,
  ];
}

/**
 * Reasons and request ids are the words of others: a cell that begins as a formula would be run.
 * @param {string | null | undefined} value
 */
function csvCell(value) {
  if (!value) return '';
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[";\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * Gives a text to the browser as a file.
 * @param {string} text
 * @param {string} name
 * @param {string} type
 */
export function download(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
