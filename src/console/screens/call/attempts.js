// How many attempts are left, before one is spent.

import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { call } from './state.js';

/**
 * As the last answer tells, else the client's card. Where no attempt is possible neither tells how many are left:
 * then how many failed.
 */
export function Attempts() {
  const status = call.client.value?.passphrase;
  const left = call.answer.value?.attempts_left ?? status?.attempts_left;
  if (typeof left === 'number') {
    return left === 1
      ? html`<span class="call-attempts-last">${t('call-attempts-last')}</span>`
      : html`<span>${t('call-attempts-left', { count: left })}</span>`;
  }
  const failed = status?.failed_attempts ?? 0;
  return html`<span>${failed > 0 && t('call-attempts-failed', { count: failed })}</span>`;
}
