// Sending all undelivered messages again, or those from a time on.

import { api } from '../../app/api.js';
import { html, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Field } from '../../parts/field.js';
import { Confirm } from '../staff/confirm.js';
import { momentOf, rfc3339 } from '../today/periods.js';
import { parseMinute } from '../today/typed.js';

/**
 * @param {{
 *   receiver: import('./words.js').Receiver, onDone: (answer: { replayed: number }) => unknown, onClose: () => unknown,
 * }} props
 */
export function ReplayDead({ receiver, onDone, onClose }) {
  const [typed, setTyped] = useState('');
  const since = parseMinute(typed);
  return html`<${Confirm} title=${t('admin-deliveries-replay-title')} what=${t('admin-deliveries-replay-what', { url: receiver.url })}
    action=${t('admin-deliveries-replay-do')} onDone=${onDone} onClose=${onClose} unready=${since === null}
    call=${(/** @type {string} */ key) =>
      api.POST('/v1/webhooks/{id}/replay', {
        params: { path: { id: receiver.id } },
        body: since ? { since: rfc3339(momentOf(since)) } : {},
        headers: { 'Idempotency-Key': key },
      })}>
    <${Field} label=${t('admin-deliveries-replay-since')} value=${typed} onInput=${setTyped} placeholder="22.11.2026 09:30"
      error=${since === null ? t('admin-deliveries-replay-no-time') : ''}
      hint=${t('admin-deliveries-replay-since-hint')} />
  <//>`;
}
