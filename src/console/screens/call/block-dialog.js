// «Someone knows my word»: a reason from a list, Enter.

import { html, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { block } from './blocking.js';
import { Message } from './message.js';
import { blocking } from './sending.js';
import { call } from './state.js';

const reasons = [
  key('call-block-someone'),
  key('call-block-told'),
  key('call-block-document'),
  key('call-block-attempts'),
];

export function BlockDialog() {
  const [reason, setReason] = useState(reasons[0]);
  const close = () => {
    blocking.stop();
    call.blocking.value = false;
  };
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    // The audit keeps the sentence as it was read on the screen.
    void block(t(reason));
  };
  return html`<${Dialog} title=${t('call-block-title')} onClose=${close}>
    <form class="call-block" onSubmit=${submit}>
      <p>${t('call-block-hint')}</p>
      <fieldset>
        <legend>${t('call-block-reason')}</legend>
        ${reasons.map(
          (name, index) => html`<label key=${name} class="call-reason">
            <input type="radio" name="reason" checked=${name === reason} autofocus=${index === 0}
              onChange=${() => setReason(name)} />
            <span>${t(name)}</span>
          </label>`,
        )}
      </fieldset>
      <${Message} at="block" send=${blocking} />
      <div class="dialog-actions">
        <${Button} type="submit" kind="danger" keys="Enter" busy=${blocking.busy.value}>${t('call-block-do')}<//>
        <${Button} keys="Escape" onClick=${close}>${t('call-cancel')}<//>
      </div>
    </form>
  <//>`;
}
