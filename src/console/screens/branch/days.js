// On which days a draft can have been signed.

import { date, today } from '../../app/format.js';

/**
 * From the day on which it was drafted to today. A draft lives 24 hours, so they are one or two; the
 * newest first.
 * @param {string} draftedAt
 */
export function daysOfSigning(draftedAt) {
  const now = today();
  const drafted = date(draftedAt).split('.').reverse().join('-');
  return drafted === now ? [now] : [now, drafted];
}
