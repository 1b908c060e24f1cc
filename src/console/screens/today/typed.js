// Days and times as people here write them: 22.11.2026 09:30. A picker would show them as the browser does.

import { date } from '../../app/format.js';
import { parseDate } from '../../app/typed-day.js';

/**
 * A local time to the minute, as it is written.
 * @param {string | undefined} minute `2026-11-22T09:30`
 */
export const minuteText = (minute) => (minute ? `${date(minute.slice(0, 10))} ${minute.slice(11)}` : '');

/**
 * What was typed as `2026-11-22T09:30`: a day alone is its beginning. Null where it is no time, '' where it is empty.
 * @param {string} text
 */
export function parseMinute(text) {
  if (text.trim() === '') return '';
  const found = /^(.*?)(?:\s+(\d{1,2})[:.](\d\d))?$/.exec(text.trim().replace(/\s+/g, ' '));
  const day = found && parseDate(found[1]);
  if (!found || !day) return null;
  const [hour, minute] = [Number(found[2] ?? 0), Number(found[3] ?? 0)];
  if (hour > 23 || minute > 59) return null;
  return `${day}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
