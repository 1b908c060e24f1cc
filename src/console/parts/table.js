// A list that loads more as one scrolls, and that the keyboard walks: arrows, Home, End, Enter.

import { html, signal, useEffect, useMemo, useRef } from '../app/view.js';
import { t } from '../app/words.js';
import { Problem } from './problem.js';

/** @typedef {import('../app/api.js').Problem} ApiProblem */
/** @typedef {{ data?: { items: any[], next_cursor: string | null }, error?: any }} Page */

/** @param {(cursor: string | undefined) => Promise<Page>} load */
function createPages(load) {
  const rows = signal(/** @type {any[]} */ ([]));
  const error = signal(/** @type {ApiProblem | null} */ (null));
  const busy = signal(false);
  const done = signal(false);
  /** @type {string | undefined} */
  let cursor;
  let run = 0;

  async function more() {
    if (busy.peek() || done.peek()) return;
    busy.value = true;
    error.value = null;
    const mine = run;
    const page = await load(cursor);
    if (mine !== run) return;
    busy.value = false;
    if (!page.data) {
      error.value = page.error;
      return;
    }
    rows.value = [...rows.value, ...page.data.items];
    cursor = page.data.next_cursor ?? undefined;
    done.value = cursor === undefined;
  }

  /** Lets go of what was loaded. */
  function clear() {
    run += 1;
    cursor = undefined;
    rows.value = [];
    error.value = null;
    busy.value = false;
    done.value = false;
  }

  return {
    rows,
    error,
    busy,
    done,
    more,
    clear,
    /** From the beginning, such as after a change. */
    reload() {
      clear();
      return more();
    },
  };
}

/**
 * The pages of a list, loaded anew when one of `inputs` changes.
 * usePages((cursor) => api.GET('/v1/staff', { params: { query: { cursor } } }), [])
 * @param {(cursor: string | undefined) => Promise<Page>} load
 * @param {unknown[]} inputs
 */
export function usePages(load, inputs) {
  const latest = useRef(load);
  latest.current = load;
  const pages = useMemo(() => createPages((cursor) => latest.current(cursor)), []);
  useEffect(() => {
    void pages.reload();
  }, inputs);
  useEffect(() => pages.clear, []);
  return pages;
}

/**
 * @template R
 * @typedef {{ head: string, cell: (row: R) => unknown, numeric?: boolean, class?: string }} Column
 */

/**
 * @param {{
 *   label: string, columns: Column<any>[], pages: ReturnType<typeof createPages>,
 *   rowKey?: (row: any) => string, onOpen?: (row: any) => unknown, empty?: unknown,
 * }} props the first column names the row
 */
export function Table({ label, columns, pages, rowKey = (row) => row.id, onOpen, empty }) {
  const body = useRef(/** @type {HTMLTableSectionElement | null} */ (null));
  const foot = useRef(/** @type {HTMLElement | null} */ (null));
  const rows = pages.rows.value;
  const failed = pages.error.value;
  useEffect(() => {
    if (!foot.current || failed) return undefined;
    // Observed anew after each page: a short page may leave the foot in sight.
    const watcher = new IntersectionObserver(([seen]) => seen.isIntersecting && void pages.more(), {
      rootMargin: '400px',
    });
    watcher.observe(foot.current);
    return () => watcher.disconnect();
  }, [rows, failed]);

  /** @param {KeyboardEvent} event */
  const walk = (event) => {
    if (!(event.target instanceof HTMLTableRowElement)) return;
    const all = [...(body.current?.rows ?? [])];
    const at = all.indexOf(event.target);
    const steps = /** @type {Record<string, number>} */ ({
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: all.length - 1,
    });
    if (event.key === 'Enter' && onOpen) onOpen(rows[at]);
    else if (event.key in steps) focusRow(all[Math.max(0, Math.min(all.length - 1, steps[event.key]))]);
    else return;
    event.preventDefault();
  };

  return html`<div class="table-frame">
    <table class=${`table ${onOpen ? 'table-opens' : ''}`} aria-label=${label} aria-busy=${String(pages.busy.value)}>
      <thead><tr>${columns.map((column) => html`<th key=${column.head} scope="col" class=${column.numeric ? 'numeric' : ''}>${column.head}</th>`)}</tr></thead>
      <tbody ref=${body} onKeyDown=${walk}>
        ${rows.map(
          (row, index) => html`<tr key=${rowKey(row)} tabindex=${index === 0 ? 0 : -1} onFocus=${keepOneStop}
            onClick=${onOpen && (() => getSelection()?.isCollapsed !== false && onOpen(row))}>
            ${columns.map((column, at) => cellOf(column, row, at))}
          </tr>`,
        )}
      </tbody>
    </table>
    <div ref=${foot} class="table-foot" role="status">
      ${pages.busy.value && html`<span class="spinner" aria-hidden="true"></span> ${t('console-loading')}`}
      ${pages.done.value && rows.length === 0 && (empty ?? t('console-empty'))}
    </div>
    <${Problem} error=${failed} retry=${pages.more} />
  </div>`;
}

/**
 * @param {Column<any>} column
 * @param {any} row
 * @param {number} at
 */
function cellOf({ head, cell, numeric, class: extra = '' }, row, at) {
  const classes = `${numeric ? 'numeric' : ''} ${extra}`;
  return at === 0
    ? html`<th key=${head} scope="row" class=${classes} data-head=${head}>${cell(row)}</th>`
    : html`<td key=${head} class=${classes} data-head=${head}>${cell(row)}</td>`;
}

/** @param {HTMLTableRowElement | undefined} row */
function focusRow(row) {
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}

/**
 * Tab enters the table at the row where one was, and leaves it at once.
 * @param {FocusEvent} event
 */
function keepOneStop({ currentTarget }) {
  if (!(currentTarget instanceof HTMLTableRowElement)) return;
  for (const row of /** @type {HTMLTableSectionElement} */ (currentTarget.parentElement).rows) row.tabIndex = -1;
  currentTarget.tabIndex = 0;
}
