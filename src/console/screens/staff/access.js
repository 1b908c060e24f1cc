// What ends, gives back or renews somebody's access, asked before it is done.

import { api } from '../../app/api.js';
import { me } from '../../app/session.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Notice } from '../../parts/notice.js';
import { lastAdmin } from './change.js';
import { Confirm } from './confirm.js';

/** @typedef {import('./change.js').Staff} Staff */

/**
 * @param {{
 *   what: 'disable' | 'enable' | 'reset', person: Staff, onChanged: (person: Staff) => unknown,
 *   onSecret: (made: { password?: string }) => unknown, onClose: () => unknown,
 * }} props
 */
export function AccessDialog({ what, person, onChanged, onSecret, onClose }) {
  const { name, login } = person;
  const params = { path: { id: person.id } };
  const self =
    person.id === me.value?.id && what !== 'enable' && html`<${Notice} tone="warn" title=${t('admin-staff-self')} />`;
  if (what === 'reset') {
    return html`<${Confirm} danger title=${t('admin-staff-reset-title', { name })} what=${t('admin-staff-reset-what', { login })}
      action=${t('admin-staff-reset-do')} onDone=${onSecret} onClose=${onClose}
      call=${(/** @type {string} */ key) => api.POST('/v1/staff/{id}/password', { params, headers: { 'Idempotency-Key': key } })}
    >${self}<//>`;
  }
  /** @param {'active' | 'disabled'} status */
  const set = (status) => () => api.PATCH('/v1/staff/{id}', { params, body: { status } });
  if (what === 'enable') {
    return html`<${Confirm} title=${t('admin-staff-enable-title', { name })} what=${t('admin-staff-enable-what', { login })}
      action=${t('admin-staff-enable')} call=${set('active')} onDone=${onChanged} onClose=${onClose} />`;
  }
  return html`<${Confirm} danger title=${t('admin-staff-disable-title', { name })} what=${t('admin-staff-disable-what', { login })}
    action=${t('admin-staff-disable')} call=${set('disabled')} onDone=${onChanged} onClose=${onClose}
    explain=${(/** @type {import('../../app/api.js').Problem} */ error) => lastAdmin(error, person)}>${self}<//>`;
}
