// Asks before something that cannot be taken back, or that stops somebody's work: it names what will happen.

import { useSend } from '../../app/send.js';
import { html, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Notice } from '../../parts/notice.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';

/** @typedef {import('../../app/api.js').Problem} ApiProblem */

/**
 * `call` does it under one key; `onDone` gets what was answered. `explain` may say a refusal better than
 * the API does.
 * @param {{
 *   title: string, what: string, action: string, danger?: boolean,
 *   call: (key: string) => Promise<import('../../app/send.js').Answer>, onDone: (data: any) => unknown,
 *   onClose: () => unknown, explain?: (error: ApiProblem) => string, unready?: boolean, children?: unknown,
 * }} props `unready` while something asked for in it is wrong
 */
export function Confirm({ title, what, action, danger = false, call, onDone, onClose, explain, unready, children }) {
  const send = useSend();
  const [error, setError] = useState(/** @type {ApiProblem | null} */ (null));
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (unready) return;
    setError(null);
    const answer = await send(call);
    if (answer?.error) setError(answer.error);
    else if (answer) onDone(answer.data);
  };
  const reason = error && explain?.(error);
  return html`<${Dialog} title=${title} role="alertdialog" onClose=${onClose}>
    <form class="stack" onSubmit=${submit}>
      <p>${what}</p>
      ${children}
      ${reason ? html`<${Notice} tone="bad" said="assertive" title=${reason} />` : html`<${Problem} error=${error} />`}
      <${Waiting} send=${send} />
      <div class="dialog-actions">
        <${Button} kind=${danger ? 'danger' : 'primary'} type="submit" busy=${send.busy.value}>${action}<//>
        <${Button} onClick=${onClose} autofocus>${t('console-cancel')}<//>
      </div>
    </form>
  <//>`;
}
