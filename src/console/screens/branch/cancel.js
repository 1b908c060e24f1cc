// Cancelling an application: it asks why.

import { api } from '../../app/api.js';
import { useSend } from '../../app/send.js';
import { html, useSignal } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Field } from '../../parts/field.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';
import { Choices } from './choices.js';
import { chooseClient, client, refreshClient } from './visit.js';

const REASONS = [
  key('branch-cancel-mind'),
  key('branch-cancel-mistake'),
  key('branch-cancel-unsigned'),
  key('branch-cancel-document'),
];
const OTHER = key('branch-cancel-other');

/** @param {{ application: import('./visit.js').Application }} props */
export function CancelButton({ application }) {
  const asking = useSignal(false);
  const close = () => {
    asking.value = false;
  };
  return html`<${Button} kind="quiet" icon="cross" onClick=${() => {
    asking.value = true;
  }}>${t('branch-cancel')}<//>
  ${asking.value && html`<${CancelDialog} application=${application} onClose=${close} />`}`;
}

/** @param {{ application: import('./visit.js').Application, onClose: () => void }} props */
function CancelDialog({ application, onClose }) {
  const send = useSend();
  const chosen = useSignal('');
  const text = useSignal('');
  const missing = useSignal(false);
  const error = useSignal(/** @type {import('./visit.js').Problem | null} */ (null));
  const { id, number } = application;

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    const reason = chosen.value === OTHER ? text.value.trim() : chosen.value && t(chosen.value);
    missing.value = reason === '';
    if (reason === '') return;
    error.value = null;
    const answer = await send((sentAs) =>
      api.POST('/v1/applications/{id}/cancellation', {
        params: { path: { id } },
        body: { reason },
        headers: { 'Idempotency-Key': sentAs },
      }),
    );
    if (!answer) return;
    if (!answer.data) {
      error.value = answer.error;
      return;
    }
    await refreshClient();
    onClose();
    if (client.value) chooseClient(client.value, t('branch-cancelled', { number }));
  }

  return html`<${Dialog} title=${t('branch-cancel-title', { number })} onClose=${onClose}>
    <form class="form" onSubmit=${submit} novalidate>
      <${Choices} legend=${t('branch-cancel-reason')} value=${chosen.value} first=${true}
        error=${missing.value ? t('branch-reason-needed') : ''}
        options=${[...REASONS, OTHER].map((word) => ({ value: word, text: t(word) }))}
        onChange=${(/** @type {string} */ word) => {
          chosen.value = word;
          missing.value = false;
        }} />
      ${
        chosen.value === OTHER &&
        html`<${Field} label=${t('branch-cancel-other')} value=${text} hint=${t('branch-cancel-never-word')} maxlength="500" />`
      }
      <${Waiting} send=${send} />
      <${Problem} error=${error.value} />
      <div class="stage-actions">
        <${Button} kind="danger" type="submit" busy=${send.busy.value}>${t('branch-cancel-confirm')}<//>
        <${Button} onClick=${onClose}>${t('branch-cancel-keep')}<//>
      </div>
    </form>
  <//>`;
}
