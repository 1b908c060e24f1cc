// Service accounts: programs that sign in, and the keys by which they do.

import { api } from '../../app/api.js';
import { date } from '../../app/format.js';
import { useKeys } from '../../app/keys.js';
import { html, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import { announce } from '../../parts/live.js';
import { usePicked } from '../../parts/picked.js';
import { Shown } from '../../parts/shown.js';
import { Table, usePages } from '../../parts/table.js';
import { SecretOnce } from '../staff/secret-once.js';
import { ServiceConfirm, ServiceDialog } from './account.js';
import { Enter } from './enter.js';

/** @typedef {import('../../app/api.js').Schemas['StaffBody']} Service */
/**
 * What lies over the list.
 * @typedef {{ is: 'enter' } | { is: 'open' | 'disable' | 'enable' | 'reset', service: Service }
 *   | { is: 'secret', title: string, login: string, secret: string | undefined } | null} Over
 */

export default function Screen() {
  const [over, setOver] = useState(/** @type {Over} */ (null));
  const pages = usePages((cursor) => api.GET('/v1/staff', { params: { query: { cursor, limit: 200 } } }), []);
  const services = usePicked(pages, (account) => account.role === 'loan_system', []);
  useKeys({ 'Alt+n': [() => setOver({ is: 'enter' }), key('admin-services-new')] });
  const close = () => setOver(null);
  const changed = () => {
    setOver(null);
    announce(t('admin-staff-changed'));
    void pages.reload();
  };
  /**
   * @param {string} title
   * @param {string} login
   * @param {string | undefined} secret
   */
  const made = (title, login, secret) => {
    setOver({ is: 'secret', title, login, secret });
    void pages.reload();
  };
  /** @param {import('../staff/enter.js').Entered} entered */
  const entered = ({ name, login, client_secret: secret }) =>
    made(t('admin-services-entered', { name }), login, secret);
  const count = services.rows.value.length;
  return html`<div class="admin">
    <header class="admin-head">
      <h1>${t('admin-services-title')}</h1>
      <${Button} kind="primary" icon="plus" keys="Alt+n" onClick=${() => setOver({ is: 'enter' })}>${t('admin-services-new')}<//>
    </header>
    <p class="admin-lead muted">${t('admin-services-lead')}</p>
    <section class="card admin-list">
      <${Table} label=${t('admin-services-title')} pages=${services} empty=${t('admin-services-empty')} columns=${columns()}
        onOpen=${(/** @type {Service} */ service) => setOver({ is: 'open', service })} />
    </section>
    <${Shown} text=${count > 0 && t('admin-services-shown', { count })} />
    ${over?.is === 'enter' && html`<${Enter} onClose=${close} onEntered=${entered} />`}
    ${
      over?.is === 'open' &&
      html`<${ServiceDialog} service=${over.service} onClose=${close}
      onAsk=${(/** @type {'disable' | 'enable' | 'reset'} */ is) => setOver({ is, service: over.service })} />`
    }
    ${
      (over?.is === 'disable' || over?.is === 'enable' || over?.is === 'reset') &&
      html`<${ServiceConfirm} what=${over.is} service=${over.service} onChanged=${changed} onClose=${close}
      onSecret=${(/** @type {{ client_secret?: string }} */ answer) =>
        made(t('admin-services-reset'), over.service.login, answer.client_secret)} />`
    }
    ${
      over?.is === 'secret' &&
      html`<${SecretOnce} title=${over.title} onClose=${close} next=${t('admin-secret-service-next')}
      values=${[
        { label: t('admin-secret-client-id'), text: over.login },
        { label: t('admin-secret-client-secret'), text: over.secret },
      ]} />`
    }
  </div>`;
}

/** @returns {import('../../parts/table.js').Column<Service>[]} */
function columns() {
  return [
    { head: t('admin-services-name'), cell: (service) => service.name },
    { head: t('admin-services-client-id'), cell: (service) => html`<code>${service.login}</code>` },
    {
      head: t('admin-staff-status'),
      cell: ({ status }) =>
        status === 'active'
          ? html`<${Badge} tone="ok">${t('admin-status-active')}<//>`
          : html`<${Badge} tone="off">${t('admin-status-disabled')}<//>`,
    },
    { head: t('admin-staff-since'), cell: (service) => date(service.created_at) },
  ];
}
