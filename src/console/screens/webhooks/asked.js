// What is asked before a receiver is switched off or on, removed, or given a new secret.

import { api } from '../../app/api.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Confirm } from '../staff/confirm.js';

/** @typedef {import('./words.js').Receiver} Receiver */

/**
 * @param {{
 *   what: 'disable' | 'enable' | 'remove' | 'rotate', receiver: Receiver, onChanged: (receiver: Receiver) => unknown,
 *   onRemoved: () => unknown, onRotated: (receiver: Receiver) => unknown, onClose: () => unknown,
 * }} props
 */
export function Asked({ what, receiver, onChanged, onRemoved, onRotated, onClose }) {
  const { id, url } = receiver;
  const params = { path: { id } };
  /** @param {'active' | 'disabled'} status */
  const set = (status) => () => api.PATCH('/v1/webhooks/{id}', { params, body: { status } });
  if (what === 'disable') {
    return html`<${Confirm} danger title=${t('admin-webhooks-disable-title')} what=${t('admin-webhooks-disable-what', { url })}
      action=${t('admin-webhooks-disable')} call=${set('disabled')} onDone=${onChanged} onClose=${onClose} />`;
  }
  if (what === 'enable') {
    return html`<${Confirm} title=${t('admin-webhooks-enable-title')} what=${t('admin-webhooks-enable-what', { url })}
      action=${t('admin-webhooks-enable')} call=${set('active')} onDone=${onChanged} onClose=${onClose} />`;
  }
  if (what === 'remove') {
    return html`<${Confirm} danger title=${t('admin-webhooks-remove-title')} what=${t('admin-webhooks-remove-what', { url })}
      action=${t('admin-webhooks-remove')} call=${() => api.DELETE('/v1/webhooks/{id}', { params })} onDone=${onRemoved}
      onClose=${onClose} />`;
  }
  return html`<${Confirm} danger title=${t('admin-webhooks-rotate-title')} what=${t('admin-webhooks-rotate-what')}
    action=${t('admin-webhooks-rotate-do')} onDone=${onRotated} onClose=${onClose}
    call=${(/** @type {string} */ key) => api.POST('/v1/webhooks/{id}/secrets', { params, headers: { 'Idempotency-Key': key } })} />`;
}
