// One member of staff: name, role and branch to change, and what ends or renews their access.

import { api, fieldError } from '../../app/api.js';
import { roleName } from '../../app/bar.js';
import { useSend } from '../../app/send.js';
import { me } from '../../app/session.js';
import { html, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Copy } from '../../parts/copy.js';
import { Dialog } from '../../parts/dialog.js';
import { Field } from '../../parts/field.js';
import { Notice } from '../../parts/notice.js';
import { Problem } from '../../parts/problem.js';
import { Select } from '../../parts/select.js';
import { Waiting } from '../../parts/waiting.js';
import { useBranches } from './all-branches.js';
import { branchOptions } from './enter.js';
import { useFocusWrong } from './focus-wrong.js';
import { PEOPLE } from './roles.js';

/** @typedef {import('../../app/api.js').Schemas['StaffBody']} Staff */
/** @typedef {import('../../app/api.js').Schemas['StaffPatch']} Patch */
/** @typedef {import('../../app/api.js').Problem} ApiProblem */

/**
 * @param {{
 *   person: Staff, onChanged: (person: Staff) => unknown, onClose: () => unknown,
 *   onAsk: (what: 'disable' | 'enable' | 'reset') => unknown,
 * }} props
 */
export function Change({ person, onChanged, onClose, onAsk }) {
  return html`<${Dialog} title=${person.name} onClose=${onClose}>
    <p class="row admin-who"><${Copy} text=${person.login} label=${t('admin-staff-login')} />
      ${person.id === me.value?.id && html`<span class="tag">${t('admin-staff-you')}</span>`}</p>
    <${Form} person=${person} onChanged=${onChanged} onClose=${onClose} />
    <section class="admin-access" aria-label=${t('admin-actions')}>
      <${Button} icon="lock" onClick=${() => onAsk('reset')}>${t('admin-staff-reset')}<//>
      ${
        person.status === 'active'
          ? html`<${Button} kind="danger" icon="ban" onClick=${() => onAsk('disable')}>${t('admin-staff-disable')}<//>`
          : html`<${Button} icon="check" onClick=${() => onAsk('enable')}>${t('admin-staff-enable')}<//>`
      }
    </section>
  <//>`;
}

/**
 * @param {ApiProblem | undefined} error
 * @param {Staff} person
 */
export const lastAdmin = (error, person) =>
  error?.code === 'last_admin' ? t('admin-staff-last-admin', { name: person.name }) : '';

/**
 * What of a draft is different; null where nothing is.
 * @param {Staff} person
 * @param {{ name: string, role: string, branch: string }} draft
 * @returns {Patch | null}
 */
function patchOf(person, draft) {
  /** @type {Patch} */
  const patch = {};
  if (draft.name.trim() !== person.name) patch.name = draft.name.trim();
  if (draft.role !== person.role) patch.role = /** @type {import('./roles.js').RoleName} */ (draft.role);
  if (draft.branch !== (person.branch_code ?? '')) patch.branch_code = draft.branch || null;
  return Object.keys(patch).length > 0 ? patch : null;
}

/** @param {{ person: Staff, onChanged: (person: Staff) => unknown, onClose: () => unknown }} props */
function Form({ person, onChanged, onClose }) {
  const branches = useBranches();
  const send = useSend();
  const [draft, setDraft] = useState({
    name: person.name,
    role: String(person.role),
    branch: person.branch_code ?? '',
  });
  const [error, setError] = useState(/** @type {ApiProblem | undefined} */ (undefined));
  const form = useFocusWrong(error);
  const patch = patchOf(person, draft);
  /** @param {Partial<typeof draft>} change */
  const set = (change) => setDraft((before) => ({ ...before, ...change }));
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    setError(undefined);
    if (!patch) {
      onClose();
      return;
    }
    const answer = await send(() => api.PATCH('/v1/staff/{id}', { params: { path: { id: person.id } }, body: patch }));
    if (answer?.data) onChanged(answer.data);
    else if (answer) setError(answer.error);
  };
  const refusal = lastAdmin(error, person);
  return html`<form ref=${form} class="stack" onSubmit=${submit} novalidate>
    <${Field} label=${t('admin-staff-name')} value=${draft.name} onInput=${(/** @type {string} */ name) => set({ name })}
      error=${fieldError(error, '/name')} autofocus />
    <${Select} label=${t('admin-staff-role')} value=${draft.role} onChange=${(/** @type {string} */ role) => set({ role })}
      error=${fieldError(error, '/role')} options=${PEOPLE.map((value) => ({ value, text: roleName(value) }))} />
    <${Select} label=${t('admin-staff-branch')} value=${draft.branch} onChange=${(/** @type {string} */ branch) => set({ branch })}
      error=${fieldError(error, '/branch_code')} hint=${draft.role === 'branch' ? t('admin-staff-branch-hint') : ''}
      options=${branchOptions(branches)} />
    ${
      patch?.role &&
      html`<${Notice} tone="warn" said="polite" title=${t('admin-staff-sessions-end')}>
      ${person.id === me.value?.id && html`<p>${t('admin-staff-self')}</p>`}<//>`
    }
    ${refusal ? html`<${Notice} tone="bad" said="assertive" title=${refusal} />` : !error?.errors && html`<${Problem} error=${error} />`}
    <${Waiting} send=${send} />
    <div class="dialog-actions">
      <${Button} kind="primary" type="submit" busy=${send.busy.value}>${t('admin-save')}<//>
      <${Button} onClick=${onClose}>${t('console-cancel')}<//>
    </div>
  </form>`;
}
