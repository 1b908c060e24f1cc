// One service account, and what ends, gives back or renews its access.

import { api } from '../../app/api.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Copy } from '../../parts/copy.js';
import { Dialog } from '../../parts/dialog.js';
import { Confirm } from '../staff/confirm.js';

/** @typedef {import('./index.js').Service} Service */

/** @param {{ service: Service, onAsk: (what: 'disable' | 'enable' | 'reset') => unknown, onClose: () => unknown }} props */
export function ServiceDialog({ service, onAsk, onClose }) {
  return html`<${Dialog} title=${service.name} onClose=${onClose}>
    <p class="row admin-who"><${Copy} text=${service.login} label=${t('admin-services-client-id')} /></p>
    <div class="dialog-actions">
      <${Button} icon="lock" onClick=${() => onAsk('reset')}>${t('admin-services-reset')}<//>
      ${
        service.status === 'active'
          ? html`<${Button} kind="danger" icon="ban" onClick=${() => onAsk('disable')}>${t('admin-staff-disable')}<//>`
          : html`<${Button} icon="check" onClick=${() => onAsk('enable')}>${t('admin-staff-enable')}<//>`
      }
      <${Button} onClick=${onClose} autofocus>${t('console-close')}<//>
    </div>
  <//>`;
}

/**
 * @param {{
 *   what: 'disable' | 'enable' | 'reset', service: Service, onChanged: (service: Service) => unknown,
 *   onSecret: (made: { client_secret?: string }) => unknown, onClose: () => unknown,
 * }} props
 */
export function ServiceConfirm({ what, service, onChanged, onSecret, onClose }) {
  const { name, login } = service;
  const params = { path: { id: service.id } };
  if (what === 'reset') {
    return html`<${Confirm} danger title=${t('admin-services-reset-title', { name })} what=${t('admin-services-reset-what', { login })}
      action=${t('admin-services-reset-do')} onDone=${onSecret} onClose=${onClose}
      call=${(/** @type {string} */ key) => api.POST('/v1/staff/{id}/password', { params, headers: { 'Idempotency-Key': key } })} />`;
  }
  /** @param {'active' | 'disabled'} status */
  const set = (status) => () => api.PATCH('/v1/staff/{id}', { params, body: { status } });
  if (what === 'enable') {
    return html`<${Confirm} title=${t('admin-services-enable-title', { name })} what=${t('admin-services-enable-what', { login })}
      action=${t('admin-staff-enable')} call=${set('active')} onDone=${onChanged} onClose=${onClose} />`;
  }
  return html`<${Confirm} danger title=${t('admin-services-disable-title', { name })} what=${t('admin-services-disable-what', { login })}
    action=${t('admin-staff-disable')} call=${set('disabled')} onDone=${onChanged} onClose=${onClose} />`;
}
