// What can be done now, each by its key too.

import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { askForReason, check, end } from './actions.js';
import { hasWord } from './client.js';
import { Message } from './message.js';
import { verifying } from './sending.js';
import { call } from './state.js';

export function Buttons() {
  const client = call.client.value;
  const isAsked = client !== null && call.step.value === 'word';
  const isRunning = client !== null || call.several.value.length > 0;
  if (!isRunning) return null;
  return html`<div class="call-buttons">
    ${isAsked && html`<${Button} kind="primary" keys="Enter" busy=${verifying.busy.value} onClick=${checkTyped}>${t('call-check')}<//>`}
    ${client && hasWord(client.passphrase) && html`<${Button} keys="Alt+b" onClick=${askForReason}>${t('call-block')}<//>`}
    <${Button} keys="Escape Escape" onClick=${end}>${t('call-end')}<//>
    <${Message} at="end" />
  </div>`;
}

function checkTyped() {
  const field = /** @type {HTMLInputElement | null} */ (document.getElementById('call-word'));
  void check(field?.value ?? '');
}
