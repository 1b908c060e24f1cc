// The filters of the audit; a search is a step in the history, so that one can go back.

import { fieldError } from '../../app/api.js';
import { go } from '../../app/hash.js';
import { html, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Field } from '../../parts/field.js';
import { Select } from '../../parts/select.js';
import { minuteText, parseMinute } from '../today/typed.js';
import { ActionSelect } from './action-select.js';
import { written } from './filters.js';
import { RESULTS } from './names.js';

/** @typedef {import('./filters.js').Filters} Filters */

/**
 * Made anew (by its key) for other filters. Enter is taken while a search runs too: the later one is shown.
 * @param {{ filters: Filters, error: import('../../app/api.js').Problem | null }} props
 */
export function FilterForm({ filters, error }) {
  const [draft, setDraft] = useState({ ...filters, from: minuteText(filters.from), to: minuteText(filters.to) });
  const [from, to] = [parseMinute(draft.from), parseMinute(draft.to)];
  const [tried, setTried] = useState(false);
  /** @param {keyof Filters} name */
  const field = (name) => ({
    value: draft[name] ?? '',
    onInput: (/** @type {string} */ value) => setDraft((before) => ({ ...before, [name]: value })),
  });
  /**
   * @param {'from' | 'to'} name
   * @param {string | null} read
   */
  const moment = (name, read) => ({
    ...field(name),
    placeholder: '22.11.2026 09:30',
    error: read === null && tried ? t('reports-audit-no-time') : fieldError(error, name),
  });
  /** @param {Partial<Filters>} change */
  const choose = (change) => {
    setTried(true);
    if (from !== null && to !== null) go('audit', written({ ...draft, from, to, ...change }));
  };
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    choose({});
  };
  return html`<form class="reports-filters" role="search" aria-label=${t('reports-audit-filters')} onSubmit=${submit}>
    <${ActionSelect} value=${draft.action ?? ''} onChange=${(/** @type {string} */ action) => choose({ action })} />
    <${Field} label=${t('reports-audit-from')} ...${moment('from', from)} />
    <${Field} label=${t('reports-audit-to')} ...${moment('to', to)} />
    <${Field} label=${t('reports-audit-actor')} ...${field('actor')} inputClass="reports-id" hint=${t('reports-audit-actor-hint')} error=${fieldError(error, 'actor')} />
    <${Field} label=${t('reports-audit-client')} ...${field('client')} inputClass="reports-id" error=${fieldError(error, 'client_id')} />
    <${Select} label=${t('reports-audit-outcome')} hint=${t('reports-audit-outcome-hint')} value=${draft.outcome ?? ''} options=${outcomes()}
      onChange=${(/** @type {string} */ outcome) => choose({ outcome })} />
    <div class="reports-filter-actions">
      <${Button} kind="primary" type="submit" icon="search">${t('reports-audit-search')}<//>
      ${Object.keys(filters).length > 0 && html`<${Button} onClick=${() => go('audit')}>${t('reports-audit-clear')}<//>`}
    </div>
  </form>`;
}

function outcomes() {
  const words = Object.entries(RESULTS).map(([value, word]) => ({ value, text: t(word) }));
  words.sort((a, b) => a.text.localeCompare(b.text));
  return [{ value: '', text: t('reports-audit-any-outcome') }, ...words];
}
