// Staff: who there is, somebody new, and what somebody may.

import { api } from '../../app/api.js';
import { roleName } from '../../app/bar.js';
import { date } from '../../app/format.js';
import { useKeys } from '../../app/keys.js';
import { me } from '../../app/session.js';
import { html, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import { Field } from '../../parts/field.js';
import { announce } from '../../parts/live.js';
import { usePicked } from '../../parts/picked.js';
import { Select } from '../../parts/select.js';
import { Shown } from '../../parts/shown.js';
import { Table, usePages } from '../../parts/table.js';
import { AccessDialog } from './access.js';
import { Change } from './change.js';
import { Enter } from './enter.js';
import { PEOPLE } from './roles.js';
import { SecretOnce } from './secret-once.js';

/** @typedef {import('./change.js').Staff} Staff */
/**
 * What lies over the list.
 * @typedef {{ is: 'enter' } | { is: 'change', person: Staff } | { is: 'disable' | 'enable' | 'reset', person: Staff }
 *   | { is: 'secret', title: string, person: Staff, password: string | undefined } | null} Over
 */

export default function Screen() {
  const [text, setText] = useState('');
  const [role, setRole] = useState('');
  const [over, setOver] = useState(/** @type {Over} */ (null));
  const pages = usePages((cursor) => api.GET('/v1/staff', { params: { query: { cursor, limit: 200 } } }), []);
  const picked = usePicked(pages, (person) => isWanted(person, text, role), [text, role]);
  useKeys({ 'Alt+n': [() => setOver({ is: 'enter' }), key('admin-staff-new')] });
  const close = () => setOver(null);
  const changed = () => {
    setOver(null);
    announce(t('admin-staff-changed'));
    void pages.reload();
  };
  /**
   * @param {string} title
   * @param {Staff} person
   * @param {string | undefined} password
   */
  const secret = (title, person, password) => {
    setOver({ is: 'secret', title, person, password });
    void pages.reload();
  };
  /** @param {import('./enter.js').Entered} entered */
  const entered = (entered) => secret(t('admin-staff-entered', { name: entered.name }), entered, entered.password);
  const count = picked.rows.value.length;
  return html`<div class="admin">
    <header class="admin-head">
      <h1>${t('admin-staff-title')}</h1>
      <${Button} kind="primary" icon="plus" keys="Alt+n" onClick=${() => setOver({ is: 'enter' })}>${t('admin-staff-new')}<//>
    </header>
    <div class="admin-filters">
      <${Field} label=${t('admin-staff-find')} type="search" value=${text} onInput=${setText} />
      <${Select} label=${t('admin-staff-role')} value=${role} onChange=${setRole}
        options=${[{ value: '', text: t('admin-staff-any-role') }, ...PEOPLE.map((value) => ({ value, text: roleName(value) }))]} />
    </div>
    <section class="card admin-list">
      <${Table} label=${t('admin-staff-title')} pages=${picked} empty=${t('admin-staff-empty')} columns=${columns()}
        onOpen=${(/** @type {Staff} */ person) => setOver({ is: 'change', person })} />
    </section>
    <${Shown} text=${count > 0 && t('admin-staff-shown', { count })} />
    ${over?.is === 'enter' && html`<${Enter} onClose=${close} onEntered=${entered} />`}
    ${
      over?.is === 'change' &&
      html`<${Change} person=${over.person} onClose=${close} onChanged=${changed}
      onAsk=${(/** @type {'disable' | 'enable' | 'reset'} */ is) => setOver({ is, person: over.person })} />`
    }
    ${
      (over?.is === 'disable' || over?.is === 'enable' || over?.is === 'reset') &&
      html`<${AccessDialog} what=${over.is} person=${over.person} onClose=${close} onChanged=${changed}
      onSecret=${(/** @type {{ password?: string }} */ made) => secret(t('admin-staff-reset'), over.person, made.password)} />`
    }
    ${
      over?.is === 'secret' &&
      html`<${SecretOnce} title=${over.title} onClose=${close}
      values=${[
        { label: t('admin-staff-login'), text: over.person.login },
        { label: t('admin-secret-password'), text: over.password },
      ]}
      next=${t('admin-secret-password-next', { name: over.person.name })} />`
    }
  </div>`;
}

/**
 * Service accounts are listed too, and have a screen of their own.
 * @param {Staff} person
 * @param {string} text
 * @param {string} role
 */
function isWanted(person, text, role) {
  if (person.role === 'loan_system' || (role && person.role !== role)) return false;
  const said = `${person.name} ${person.login} ${person.branch_code ?? ''}`.toLocaleLowerCase();
  return said.includes(text.trim().toLocaleLowerCase());
}

/** @returns {import('../../parts/table.js').Column<Staff>[]} */
function columns() {
  return [
    { head: t('admin-staff-name'), cell: nameCell },
    { head: t('admin-staff-login'), cell: (person) => html`<code>${person.login}</code>` },
    { head: t('admin-staff-role'), cell: (person) => roleName(person.role) },
    { head: t('admin-staff-branch'), cell: (person) => person.branch_code },
    { head: t('admin-staff-status'), cell: statusCell },
    { head: t('admin-staff-since'), cell: (person) => date(person.created_at) },
  ];
}

/** @param {Staff} person */
function nameCell(person) {
  return html`${person.name} ${person.id === me.value?.id && html`<span class="tag">${t('admin-staff-you')}</span>`}`;
}

/** @param {Staff} person */
function statusCell({ status, password_change_required: due }) {
  if (status === 'disabled') return html`<${Badge} tone="off">${t('admin-status-disabled')}<//>`;
  return html`<${Badge} tone="ok">${t('admin-status-active')}<//>
    ${due && html` <span class="small muted">${t('admin-staff-first-password')}</span>`}`;
}
