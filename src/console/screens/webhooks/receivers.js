// The list of receivers, and a new one.

import { api } from '../../app/api.js';
import { date } from '../../app/format.js';
import { go } from '../../app/hash.js';
import { useKeys } from '../../app/keys.js';
import { html, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import { Shown } from '../../parts/shown.js';
import { Table, usePages } from '../../parts/table.js';
import { SecretOnce } from '../staff/secret-once.js';
import { ReceiverForm } from './form.js';
import { EVENTS } from './words.js';

/** @typedef {import('./words.js').Receiver} Receiver */

export function Receivers() {
  const [entering, setEntering] = useState(false);
  const [made, setMade] = useState(/** @type {Receiver | null} */ (null));
  const pages = usePages((cursor) => api.GET('/v1/webhooks', { params: { query: { cursor } } }), []);
  useKeys({ 'Alt+n': [() => setEntering(true), key('admin-webhooks-new')] });
  const count = pages.rows.value.length;
  return html`<header class="admin-head">
      <h1>${t('admin-webhooks-title')}</h1>
      <${Button} kind="primary" icon="plus" keys="Alt+n" onClick=${() => setEntering(true)}>${t('admin-webhooks-new')}<//>
    </header>
    <p class="admin-lead muted">${t('admin-webhooks-lead')}</p>
    <section class="card admin-list">
      <${Table} label=${t('admin-webhooks-title')} pages=${pages} empty=${t('admin-webhooks-empty')} columns=${columns()}
        onOpen=${(/** @type {Receiver} */ receiver) => go('webhooks', { id: receiver.id })} />
    </section>
    <${Shown} text=${count > 0 && t('admin-webhooks-shown', { count })} />
    ${
      entering &&
      html`<${ReceiverForm} title=${t('admin-webhooks-new')} action=${t('admin-webhooks-register')} onClose=${() => setEntering(false)}
      call=${(/** @type {string} */ idempotencyKey, /** @type {import('./form.js').Written} */ body) =>
        api.POST('/v1/webhooks', { body, headers: { 'Idempotency-Key': idempotencyKey } })}
      onDone=${(/** @type {Receiver} */ receiver) => {
        setEntering(false);
        setMade(receiver);
        void pages.reload();
      }} />`
    }
    ${
      made &&
      html`<${SecretOnce} title=${t('admin-webhooks-registered')} next=${t('admin-secret-webhook-next')} onClose=${() => setMade(null)}
      values=${[{ label: t('admin-secret-webhook'), text: made.secret }]} />`
    }`;
}

/** @returns {import('../../parts/table.js').Column<Receiver>[]} */
function columns() {
  return [
    { head: t('admin-webhooks-url'), class: 'admin-url', cell: (receiver) => receiver.url },
    { head: t('admin-webhooks-description'), cell: (receiver) => receiver.description },
    { head: t('admin-webhooks-events'), cell: (receiver) => eventsText(receiver) },
    { head: t('admin-webhooks-status'), cell: (receiver) => html`<${ReceiverStatus} receiver=${receiver} />` },
    { head: t('admin-webhooks-since'), cell: (receiver) => date(receiver.created_at) },
  ];
}

/** @param {Receiver} receiver */
export const eventsText = ({ events }) =>
  events === null ? t('admin-webhooks-all-events') : events.map((event) => t(EVENTS[event])).join(', ');

/** @param {{ receiver: Receiver }} props */
export function ReceiverStatus({ receiver: { status, disabled_because: because } }) {
  if (status === 'active') return html`<${Badge} tone="ok">${t('admin-status-active')}<//>`;
  // Gone is a fault at the other end that somebody has to look at; an admin's own doing is none.
  return because === 'gone'
    ? html`<${Badge} tone="bad">${t('admin-webhooks-because-gone')}<//>`
    : html`<${Badge} tone="off">${t('admin-webhooks-because-admin')}<//>`;
}
