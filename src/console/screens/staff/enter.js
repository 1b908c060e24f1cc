// Entering a member of staff: login, name, role, branch; then the one-time password, once.

import { api, fieldError } from '../../app/api.js';
import { roleName } from '../../app/bar.js';
import { useSend } from '../../app/send.js';
import { html, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Field } from '../../parts/field.js';
import { Problem } from '../../parts/problem.js';
import { Select } from '../../parts/select.js';
import { Waiting } from '../../parts/waiting.js';
import { useBranches } from './all-branches.js';
import { useFocusWrong } from './focus-wrong.js';
import { PEOPLE } from './roles.js';

/** @typedef {import('../../app/api.js').Problem} ApiProblem */
/** @typedef {import('../../app/api.js').Schemas['EnteredStaff']} Entered */

/** @param {{ onEntered: (entered: Entered) => unknown, onClose: () => unknown }} props */
export function Enter({ onEntered, onClose }) {
  const branches = useBranches();
  const send = useSend();
  const [draft, setDraft] = useState({ login: '', name: '', role: 'call_center', branch: '' });
  const [error, setError] = useState(/** @type {ApiProblem | undefined} */ (undefined));
  const form = useFocusWrong(error);
  /** @param {keyof typeof draft} name */
  const field = (name) => ({
    value: draft[name],
    error: errorOf(error, name, draft.login),
    onInput: (/** @type {string} */ value) => setDraft((before) => ({ ...before, [name]: value })),
  });
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    setError(undefined);
    const body = {
      login: draft.login.trim(),
      name: draft.name.trim(),
      role: /** @type {import('./roles.js').RoleName} */ (draft.role),
      branch_code: draft.branch || null,
    };
    const answer = await send((idempotencyKey) =>
      api.POST('/v1/staff', { body, headers: { 'Idempotency-Key': idempotencyKey } }),
    );
    if (answer?.data) onEntered(answer.data);
    else if (answer) setError(answer.error);
  };
  const role = field('role');
  const branch = field('branch');
  return html`<${Dialog} title=${t('admin-staff-new')} onClose=${onClose}>
    <form ref=${form} class="stack" onSubmit=${submit} novalidate>
      <${Field} label=${t('admin-staff-name')} ...${field('name')} autofocus />
      <${Field} label=${t('admin-staff-login')} ...${field('login')} hint=${t('admin-staff-login-hint')} autocapitalize="none" />
      <${Select} label=${t('admin-staff-role')} value=${role.value} onChange=${role.onInput} error=${role.error}
        options=${PEOPLE.map((value) => ({ value, text: roleName(value) }))} />
      <${Select} label=${t('admin-staff-branch')} value=${branch.value} onChange=${branch.onInput} error=${branch.error}
        hint=${draft.role === 'branch' ? t('admin-staff-branch-hint') : ''} options=${branchOptions(branches)} />
      ${!isOfField(error) && html`<${Problem} error=${error} />`}
      <${Waiting} send=${send} />
      <div class="dialog-actions">
        <${Button} kind="primary" type="submit" busy=${send.busy.value}>${t('admin-staff-enter')}<//>
        <${Button} onClick=${onClose}>${t('console-cancel')}<//>
      </div>
    </form>
  <//>`;
}

/** @param {import('./all-branches.js').Branch[]} branches */
export function branchOptions(branches) {
  return [
    { value: '', text: t('admin-staff-no-branch') },
    ...branches.map(({ code, name, city }) => ({ value: code, text: [code, city, name].filter(Boolean).join(' · ') })),
  ];
}

const POINTERS = { login: '/login', name: '/name', role: '/role', branch: '/branch_code' };

/**
 * @param {ApiProblem | undefined} error
 * @param {keyof typeof POINTERS} name
 * @param {string} login
 */
function errorOf(error, name, login) {
  if (name === 'login' && error?.code === 'login_taken') return t('admin-staff-login-taken', { login });
  return fieldError(error, POINTERS[name]);
}

/**
 * Whether a problem is said at its field already.
 * @param {ApiProblem | undefined} error
 */
export function isOfField(error) {
  if (error?.code === 'login_taken' || error?.code === 'branch_code_taken') return true;
  const pointers = error?.errors?.map(({ pointer }) => pointer) ?? [];
  return (
    pointers.length > 0 && pointers.every((pointer) => /^\/(login|name|role|branch_code|code|city)$/.test(pointer))
  );
}
