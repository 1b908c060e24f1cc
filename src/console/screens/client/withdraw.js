// Withdrawal of consent: the passphrase is destroyed for good.

import { api } from '../../app/api.js';
import { useSend } from '../../app/send.js';
import { html, useSignal } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Field } from '../../parts/field.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';
import { chooseClient } from '../branch/visit.js';
import { kindOf } from './state.js';

/** @param {{ card: import('./card.js').Card }} props */
export function Withdraw({ card }) {
  const asking = useSignal(false);
  if (kindOf(card.passphrase.state) === 'set') return null;
  const ask = (/** @type {boolean} */ on) => () => {
    asking.value = on;
  };
  return html`<p class="client-more"><${Button} kind="quiet" icon="ban" onClick=${ask(true)}>${t('branch-withdraw')}<//></p>
    ${asking.value && html`<${WithdrawDialog} card=${card} onClose=${ask(false)} />`}`;
}

/** @param {{ card: import('./card.js').Card, onClose: () => void }} props */
function WithdrawDialog({ card, onClose }) {
  const send = useSend();
  const reason = useSignal('');
  const missing = useSignal(false);
  const error = useSignal(/** @type {import('../branch/visit.js').Problem | null} */ (null));

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    missing.value = reason.value.trim() === '';
    if (missing.value) return;
    error.value = null;
    const answer = await send(() =>
      api.DELETE('/v1/clients/{id}/passphrase', {
        params: { path: { id: card.id } },
        body: { reason: reason.value.trim() },
      }),
    );
    if (!answer) return;
    if (!answer.data) {
      error.value = answer.error;
      return;
    }
    onClose();
    chooseClient({ ...card, passphrase: answer.data }, t('branch-withdrawn'));
  }

  return html`<${Dialog} title=${t('branch-withdraw-title')} role="alertdialog" onClose=${onClose}>
    <form class="form" onSubmit=${submit} novalidate>
      <p>${t('branch-withdraw-text')}</p>
      <${Field} label=${t('branch-withdraw-reason')} value=${reason} error=${missing.value ? t('branch-needed') : ''}
        hint=${t('branch-cancel-never-word')} maxlength="500" autofocus />
      <${Waiting} send=${send} />
      <${Problem} error=${error.value} />
      <div class="stage-actions">
        <${Button} kind="danger" type="submit" busy=${send.busy.value}>${t('branch-withdraw-confirm')}<//>
        <${Button} onClick=${onClose}>${t('branch-cancel-keep')}<//>
      </div>
    </form>
  <//>`;
}
