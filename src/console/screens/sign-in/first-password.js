// A one-time password has to be changed before anything else: by a page of its own, or over the screen
// where an admin gave a new one in mid-work.

import { api, fieldError } from '../../app/api.js';
import { useSend } from '../../app/send.js';
import { me, passwordChanged, signOut, typedOneTime } from '../../app/session.js';
import { html, useEffect, useRef, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Problem } from '../../parts/problem.js';
import { SecretField } from '../../parts/secret.js';
import { Waiting } from '../../parts/waiting.js';

/** @typedef {import('../../app/api.js').Problem} ApiProblem */

const shortest = 12;

/** @param {{ over?: boolean }} props */
export function FirstPassword({ over = false }) {
  const title = t('console-first-password');
  if (over) return html`<${Dialog} title=${title} covers><${Form} /><//>`;
  return html`<div class="door"><div class="card door-card"><h1>${title}</h1><${Form} /></div></div>`;
}

function Form() {
  const [current, setCurrent] = useState(typedOneTime());
  const [asksCurrent] = useState(current === '');
  const [fresh, setFresh] = useState('');
  const [repeated, setRepeated] = useState('');
  const [wrong, setWrong] = useState(/** @type {'' | 'short' | 'differs'} */ (''));
  const [error, setError] = useState(/** @type {ApiProblem | null} */ (null));
  const send = useSend();
  const currentInput = useRef(/** @type {HTMLInputElement | null} */ (null));
  const freshInput = useRef(/** @type {HTMLInputElement | null} */ (null));
  const repeatedInput = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => (asksCurrent ? currentInput : freshInput).current?.focus(), []);

  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (send.busy.value) return;
    setError(null);
    const found = [...fresh].length < shortest ? 'short' : fresh !== repeated ? 'differs' : '';
    setWrong(found);
    if (found) {
      (found === 'short' ? freshInput : repeatedInput).current?.focus();
      return;
    }
    const body = { current_password: current, new_password: fresh };
    const answer = await send((sentAs) =>
      api.POST('/v1/staff/me/password', { body, headers: { 'Idempotency-Key': sentAs } }),
    );
    if (!answer) return;
    if (!answer.error) {
      passwordChanged();
      return;
    }
    const refused = answer.error;
    setError(refused);
    (fieldError(refused, '/current_password') && asksCurrent ? currentInput : freshInput).current?.focus();
  };

  const freshError = wrong === 'short' ? t('console-new-password-short') : fieldError(error, '/new_password');
  const fieldsTell = freshError || (asksCurrent && fieldError(error, '/current_password'));
  return html`<form class="door-form" novalidate onSubmit=${submit}>
    <p>${t('console-first-password-do')}</p>
    ${!fieldsTell && html`<${Problem} error=${error} />`}
    <input type="text" class="visually-hidden" autocomplete="username" value=${me.value?.login} tabindex="-1" aria-hidden="true" readonly />
    ${
      asksCurrent &&
      html`<${SecretField} kind="password" eye label=${t('console-one-time-password')} value=${current} onInput=${setCurrent}
      inputRef=${currentInput} autocomplete="current-password" error=${fieldError(error, '/current_password')} />`
    }
    <${SecretField} kind="password" eye label=${t('console-new-password')} value=${fresh} onInput=${setFresh}
      inputRef=${freshInput} autocomplete="new-password" hint=${t('console-new-password-hint')} error=${freshError} />
    <${SecretField} kind="password" eye label=${t('console-new-password-again')} value=${repeated} onInput=${setRepeated}
      inputRef=${repeatedInput} autocomplete="new-password" error=${wrong === 'differs' ? t('console-new-password-differs') : ''} />
    <${Waiting} send=${send} />
    <div class="row">
      <${Button} kind="primary" type="submit" keys="Enter" busy=${send.busy.value}>${t('console-new-password-do')}<//>
      <${Button} kind="quiet" onClick=${() => signOut()}>${t('console-sign-out')}<//>
    </div>
  </form>`;
}
