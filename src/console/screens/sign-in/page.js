// The sign-in page.

import { useSend } from '../../app/send.js';
import { outBecause, signIn } from '../../app/session.js';
import { html, useEffect, useRef, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Field } from '../../parts/field.js';
import { Notice } from '../../parts/notice.js';
import { Problem } from '../../parts/problem.js';
import { SecretField } from '../../parts/secret.js';
import { Waiting } from '../../parts/waiting.js';

/** @typedef {import('../../app/api.js').Problem} ApiProblem */

const reasons = /** @type {Record<string, string>} */ ({
  here: key('console-out-here'),
  'other-tab': key('console-out-other-tab'),
});

export function SignIn() {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState(false);
  const [error, setError] = useState(/** @type {ApiProblem | null} */ (null));
  const send = useSend();
  const loginInput = useRef(/** @type {HTMLInputElement | null} */ (null));
  const passwordInput = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => loginInput.current?.focus(), []);

  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (send.busy.value) return;
    const lacks = !login.trim() ? loginInput : !password ? passwordInput : null;
    setMissing(lacks !== null);
    if (lacks) {
      lacks.current?.focus();
      return;
    }
    setError(null);
    const refused = await signIn(login.trim(), password, send);
    setError(refused);
    if (refused?.code === 'bad_credentials') {
      setPassword('');
      passwordInput.current?.focus();
    }
  };

  const reason = reasons[outBecause.value];
  return html`<div class="door"><div class="card door-card">
    <h1>${t('console-sign-in')}</h1>
    ${reason && !error && html`<${Notice} tone="info" said="polite">${t(reason)}<//>`}
    <${Problem} error=${error} />
    <form class="door-form" novalidate onSubmit=${submit}>
      <${Field} label=${t('console-login')} value=${login} onInput=${setLogin} inputRef=${loginInput} autocomplete="username"
        autocapitalize="none" name="login" error=${missing && !login.trim() ? t('console-login-missing') : ''} />
      <${SecretField} kind="password" eye label=${t('console-password')} value=${password} onInput=${setPassword}
        inputRef=${passwordInput} autocomplete="current-password" name="password"
        error=${missing && login.trim() && !password ? t('console-password-missing') : ''} />
      <${Waiting} send=${send} />
      <${Button} kind="primary" type="submit" keys="Enter" busy=${send.busy.value}>${t('console-sign-in-do')}<//>
    </form>
  </div></div>`;
}
