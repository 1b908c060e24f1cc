// Branches: which there are, and a new one.

import { api, fieldError } from '../../app/api.js';
import { date } from '../../app/format.js';
import { useKeys } from '../../app/keys.js';
import { useSend } from '../../app/send.js';
import { html, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Field } from '../../parts/field.js';
import { announce } from '../../parts/live.js';
import { Problem } from '../../parts/problem.js';
import { Shown } from '../../parts/shown.js';
import { Table, usePages } from '../../parts/table.js';
import { Waiting } from '../../parts/waiting.js';
import { isOfField } from '../staff/enter.js';
import { useFocusWrong } from '../staff/focus-wrong.js';

/** @typedef {import('../../app/api.js').Schemas['BranchBody']} Branch */

export default function Screen() {
  const [opening, setOpening] = useState(false);
  const pages = usePages((cursor) => api.GET('/v1/branches', { params: { query: { cursor } } }), []);
  useKeys({ 'Alt+n': [() => setOpening(true), key('admin-branches-new')] });
  /** @param {Branch} branch */
  const opened = (branch) => {
    setOpening(false);
    announce(t('admin-branches-opened', { code: branch.code }));
    void pages.reload();
  };
  const count = pages.rows.value.length;
  return html`<div class="admin">
    <header class="admin-head">
      <h1>${t('admin-branches-title')}</h1>
      <${Button} kind="primary" icon="plus" keys="Alt+n" onClick=${() => setOpening(true)}>${t('admin-branches-new')}<//>
    </header>
    <section class="card admin-list">
      <${Table} label=${t('admin-branches-title')} pages=${pages} empty=${t('admin-branches-empty')} columns=${columns()}
        rowKey=${(/** @type {Branch} */ branch) => branch.code} />
    </section>
    <${Shown} text=${count > 0 && t('admin-branches-shown', { count })} />
    ${opening && html`<${Open} onOpened=${opened} onClose=${() => setOpening(false)} />`}
  </div>`;
}

/** @returns {import('../../parts/table.js').Column<Branch>[]} */
function columns() {
  return [
    { head: t('admin-branches-code'), cell: (branch) => html`<code>${branch.code}</code>` },
    { head: t('admin-branches-city'), cell: (branch) => branch.city },
    { head: t('admin-branches-name'), cell: (branch) => branch.name },
    { head: t('admin-branches-since'), cell: (branch) => date(branch.created_at) },
  ];
}

/** @param {{ onOpened: (branch: Branch) => unknown, onClose: () => unknown }} props */
function Open({ onOpened, onClose }) {
  const send = useSend();
  const [draft, setDraft] = useState({ code: '', name: '', city: '' });
  const [error, setError] = useState(/** @type {import('../../app/api.js').Problem | undefined} */ (undefined));
  const form = useFocusWrong(error);
  /** @param {keyof typeof draft} name */
  const field = (name) => ({
    value: draft[name],
    error: fieldError(error, `/${name}`),
    onInput: (/** @type {string} */ value) => setDraft((before) => ({ ...before, [name]: value })),
  });
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    setError(undefined);
    const body = { code: draft.code.trim(), name: draft.name.trim(), city: draft.city.trim() || null };
    const answer = await send((idempotencyKey) =>
      api.POST('/v1/branches', { body, headers: { 'Idempotency-Key': idempotencyKey } }),
    );
    if (answer?.data) onOpened(answer.data);
    else if (answer) setError(answer.error);
  };
  const taken = error?.code === 'branch_code_taken' ? t('admin-branches-code-taken', { code: draft.code.trim() }) : '';
  return html`<${Dialog} title=${t('admin-branches-new')} onClose=${onClose}>
    <form ref=${form} class="stack" onSubmit=${submit} novalidate>
      <${Field} label=${t('admin-branches-code')} ...${field('code')} hint=${t('admin-branches-code-hint')} autofocus
        error=${taken || fieldError(error, '/code')} />
      <${Field} label=${t('admin-branches-city')} ...${field('city')} />
      <${Field} label=${t('admin-branches-name')} ...${field('name')} hint=${t('admin-branches-name-hint')} />
      ${!isOfField(error) && html`<${Problem} error=${error} />`}
      <${Waiting} send=${send} />
      <div class="dialog-actions">
        <${Button} kind="primary" type="submit" busy=${send.busy.value}>${t('admin-branches-open')}<//>
        <${Button} onClick=${onClose}>${t('console-cancel')}<//>
      </div>
    </form>
  <//>`;
}
