// The time by the server's clock: a countdown must not depend on how a workplace's clock is set.

let ahead = 0;

/** Now, in milliseconds since 1970, by the server. */
export const now = () => Date.now() + ahead;

/**
 * Learns from an answer how far the two clocks are apart. Its Date has whole seconds, so that less than
 * two of them say nothing.
 * @param {Response} response
 */
export function learnTime(response) {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (!Number.isNaN(date) && Math.abs(date - now()) > 2000) ahead = date - Date.now();
}
