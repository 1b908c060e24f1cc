// The sign-in over a screen: the session has ended, is about to end, or staff takes back a tab that was
// handed over. Under it waits what was typed, but for words.

import { useSend } from '../../app/send.js';
import { handed, handOn, me, phase, renewing, signIn, signOut } from '../../app/session.js';
import { html, useEffect, useRef, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Problem } from '../../parts/problem.js';
import { SecretField } from '../../parts/secret.js';
import { Waiting } from '../../parts/waiting.js';

/** @typedef {import('../../app/api.js').Problem} ApiProblem */

const renewOff = () => {
  renewing.value = false;
};

/** @param {{ back?: boolean }} props `back`: from a client's hands */
export function Again({ back = false }) {
  const [password, setPassword] = useState('');
  const [error, setError] = useState(/** @type {ApiProblem | null} */ (null));
  const send = useSend();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => input.current?.focus(), []);
  const login = (back ? handed.value?.login : me.value?.login) ?? '';
  const name = back ? login : `${me.value?.name} (${login})`;
  const ended = !back && phase.value === 'ended';
  const close = back ? handOn : ended ? undefined : renewOff;

  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (!password || send.busy.value) return;
    setError(null);
    const refused = await signIn(login, password, send);
    setError(refused);
    if (refused?.code === 'bad_credentials') {
      setPassword('');
      input.current?.focus();
    }
  };

  const title = back ? t('console-back') : ended ? t('console-ended') : t('console-renew');
  const text = back ? t('console-back-do') : ended ? t('console-ended-do') : t('console-renew-do');
  return html`<${Dialog} title=${title} covers=${ended || back} onClose=${close}>
    <form class="door-form" novalidate onSubmit=${submit}>
      <p>${text}</p>
      <${Problem} error=${error} />
      <input type="text" class="visually-hidden" autocomplete="username" value=${login} tabindex="-1" aria-hidden="true" readonly />
      <${SecretField} kind="password" eye label=${t('console-password-of', { name })} value=${password} onInput=${setPassword}
        inputRef=${input} autocomplete="current-password" />
      <${Waiting} send=${send} />
      <div class="row">
        <${Button} kind="primary" type="submit" keys="Enter" busy=${send.busy.value}>${t('console-sign-in-do')}<//>
        ${close && html`<${Button} keys="Escape" onClick=${close}>${back ? t('console-back-cancel') : t('console-later')}<//>`}
        ${ended && html`<${Button} kind="quiet" onClick=${() => signOut()}>${t('console-sign-in-other')}<//>`}
      </div>
    </form>
  <//>`;
}
