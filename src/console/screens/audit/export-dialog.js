// The export: which form, how far it is, and how many events are in the file at the end.

import { api } from '../../app/api.js';
import { today } from '../../app/format.js';
import { html, useEffect, useRef, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { useFirstFocus } from '../../parts/first-focus.js';
import { Live } from '../../parts/live.js';
import { Notice } from '../../parts/notice.js';
import { Problem } from '../../parts/problem.js';
import { download, LIMIT, readAll, written } from './export.js';
import { matches, queryOf } from './filters.js';

/** @typedef {import('./export.js').Format} Format */

/** @type {readonly { format: Format, word: string, type: string, ending: string }[]} */
const FORMATS = [
  { format: 'csv', word: key('reports-export-csv'), type: 'text/csv;charset=utf-8', ending: 'csv' },
  { format: 'json', word: key('reports-export-json'), type: 'application/x-ndjson', ending: 'ndjson' },
];

/** @typedef {{ state: 'asked' | 'reading' | 'done', count: number, more?: boolean, error?: import('../../app/api.js').Problem }} Progress */

/** @param {{ filters: import('./filters.js').Filters, onClose: () => unknown }} props */
export function ExportDialog({ filters, onClose }) {
  const [format, setFormat] = useState(/** @type {Format} */ ('csv'));
  const [progress, setProgress] = useState(/** @type {Progress} */ ({ state: 'asked', count: 0 }));
  const stopped = useRef(false);
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );
  const start = async () => {
    stopped.current = false;
    setProgress({ state: 'reading', count: 0 });
    const { events, more, error } = await readAll({
      load: (cursor) => api.GET('/v1/audit/events', { params: { query: { ...queryOf(filters), cursor, limit: 200 } } }),
      keep: (event) => matches(filters, event),
      onProgress: (count) => setProgress({ state: 'reading', count }),
      stopped: () => stopped.current,
    });
    // Half a list must not pass for a whole one.
    if (error || stopped.current) {
      setProgress({ state: 'asked', count: 0, error });
      return;
    }
    const chosen = FORMATS.find((one) => one.format === format) ?? FORMATS[0];
    download(written(events, format), `qupia-audit-${today()}.${chosen.ending}`, chosen.type);
    setProgress({ state: 'done', count: events.length, more });
  };
  const stop = () => {
    stopped.current = true;
  };
  return html`<${Dialog} title=${t('reports-export-title')} onClose=${onClose}>
    ${progress.state === 'asked' && html`<${Choice} format=${format} onChoose=${setFormat} />`}
    <${Problem} error=${progress.error} />
    <${Live}>${progress.state === 'reading' && html`<p>${t('reports-export-reading', { count: progress.count })}</p>`}<//>
    ${progress.state === 'done' && html`<${Done} count=${progress.count} more=${progress.more ?? false} onClose=${onClose} />`}
    <div class="dialog-actions">
      ${progress.state === 'asked' && html`<${Button} kind="primary" onClick=${start} autofocus>${t('reports-export-start')}<//>`}
      ${progress.state === 'reading' && html`<${Button} kind="danger" onClick=${stop}>${t('reports-export-stop')}<//>`}
      ${progress.state !== 'done' && html`<${Button} onClick=${onClose}>${t('console-close')}<//>`}
    </div>
  <//>`;
}

/** @param {{ format: Format, onChoose: (format: Format) => unknown }} props */
function Choice({ format, onChoose }) {
  return html`<p>${t('reports-export-lead')}</p>
    <fieldset class="reports-radios">
      <legend>${t('reports-export-format')}</legend>
      ${FORMATS.map(
        (one) => html`<label key=${one.format}><input type="radio" name="format" value=${one.format}
          checked=${format === one.format} onChange=${() => onChoose(one.format)} /> ${t(one.word)}</label>`,
      )}
    </fieldset>
    <p class="reports-muted">${t('reports-export-whole')}</p>`;
}

/** @param {{ count: number, more: boolean, onClose: () => unknown }} props */
function Done({ count, more, onClose }) {
  const first = useFirstFocus();
  return html`<${Notice} tone=${more ? 'warn' : 'ok'} said="polite" title=${t('reports-export-done', { count })}>
    ${more && html`<p>${t('reports-export-limit', { count: LIMIT })}</p>`}
    <p>${t('reports-export-file')}</p>
  <//>
    <div class="dialog-actions">
      <${Button} kind="primary" buttonRef=${first} onClick=${onClose}>${t('console-close')}<//>
    </div>`;
}
