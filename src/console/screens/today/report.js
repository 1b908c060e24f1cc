// The report of a period, read when the period changes and when somebody wants it anew.

import { api } from '../../app/api.js';
import { now } from '../../app/clock.js';
import { useEffect, useRef, useState } from '../../app/view.js';
import { bounds } from './periods.js';

/** @typedef {import('../../app/api.js').Schemas['DayReportBody']} Report */
/** @typedef {{ report?: Report, at?: number, error?: import('../../app/api.js').Problem, busy: boolean }} Answer */

/** @param {import('./periods.js').Period} period */
export function useReport(period) {
  const [answer, setAnswer] = useState(/** @type {Answer} */ ({ busy: true }));
  /** The reading that still counts: the answer for another period may come late. */
  const reading = useRef({});
  const read = async () => {
    const mine = {};
    reading.current = mine;
    setAnswer((before) => ({ ...before, busy: true, error: undefined }));
    const { data, error } = await api.GET('/v1/reports/today', { params: { query: bounds(period) } });
    if (reading.current !== mine) return;
    setAnswer((before) => (data ? { report: data, at: now(), busy: false } : { ...before, error, busy: false }));
  };
  useEffect(() => {
    // The figures of another period must not stand under the name of this one.
    setAnswer({ busy: true });
    void read();
    return () => {
      reading.current = {};
    };
  }, [period.first, period.last]);
  return { ...answer, read };
}
