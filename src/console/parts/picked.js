// Of a list that is read anyway, the rows that somebody looks for: no request for each letter typed.

import { computed, useMemo } from '../app/view.js';

/** @typedef {ReturnType<typeof import('./table.js').usePages>} Pages */

/**
 * @param {Pages} pages
 * @param {(row: any) => boolean} keep
 * @param {unknown[]} inputs what `keep` depends on
 * @returns {Pages}
 */
export function usePicked(pages, keep, inputs) {
  return useMemo(() => {
    const rows = computed(() => pages.rows.value.filter(keep));
    return { ...pages, rows: /** @type {Pages['rows']} */ (rows) };
  }, [pages, ...inputs]);
}
