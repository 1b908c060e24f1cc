// Entering a service account: what it is for, and its client id; its secret key is made by the service.

import { api, fieldError } from '../../app/api.js';
import { useSend } from '../../app/send.js';
import { html, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Field } from '../../parts/field.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';
import { isOfField } from '../staff/enter.js';
import { useFocusWrong } from '../staff/focus-wrong.js';

/** @param {{ onEntered: (entered: import('../staff/enter.js').Entered) => unknown, onClose: () => unknown }} props */
export function Enter({ onEntered, onClose }) {
  const send = useSend();
  const [name, setName] = useState('');
  const [login, setLogin] = useState('');
  const [error, setError] = useState(/** @type {import('../../app/api.js').Problem | undefined} */ (undefined));
  const form = useFocusWrong(error);
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    setError(undefined);
    const body = { login: login.trim(), name: name.trim(), role: /** @type {const} */ ('loan_system') };
    const answer = await send((idempotencyKey) =>
      api.POST('/v1/staff', { body, headers: { 'Idempotency-Key': idempotencyKey } }),
    );
    if (answer?.data) onEntered(answer.data);
    else if (answer) setError(answer.error);
  };
  const taken = error?.code === 'login_taken' ? t('admin-staff-login-taken', { login: login.trim() }) : '';
  return html`<${Dialog} title=${t('admin-services-new')} onClose=${onClose}>
    <form ref=${form} class="stack" onSubmit=${submit} novalidate>
      <${Field} label=${t('admin-services-name')} value=${name} onInput=${setName} error=${fieldError(error, '/name')} autofocus />
      <${Field} label=${t('admin-services-client-id')} value=${login} onInput=${setLogin} autocapitalize="none"
        hint=${t('admin-services-client-id-hint')} error=${taken || fieldError(error, '/login')} />
      ${!isOfField(error) && html`<${Problem} error=${error} />`}
      <${Waiting} send=${send} />
      <div class="dialog-actions">
        <${Button} kind="primary" type="submit" busy=${send.busy.value}>${t('admin-services-enter')}<//>
        <${Button} onClick=${onClose}>${t('console-cancel')}<//>
      </div>
    </form>
  <//>`;
}
