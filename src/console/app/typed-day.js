// A day as people type it. The screens that take one load this; a call does without.

/**
 * What was typed as 22.11.2026 (or 22/11/26, 22 11 2026) as '2026-11-22'; null where it is no day.
 * @param {string} text
 */
export function parseDate(text) {
  const found = /^\s*(\d{1,2})[.,/ -](\d{1,2})[.,/ -](\d{4}|\d\d)\s*$/.exec(text);
  if (!found) return null;
  const [, day, month, year] = found;
  const full = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const real = new Date(`${full}T00:00:00Z`);
  return !Number.isNaN(real.getTime()) && real.toISOString().startsWith(full) ? full : null;
}
