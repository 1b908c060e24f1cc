// The call's number, and where it comes from.

import { html } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { FieldFrame } from '../../parts/field.js';
import { call, newCall } from './state.js';

const origins = {
  exchange: key('call-id-exchange'),
  typed: key('call-id-typed'),
  made: key('call-id-made'),
};

export function CallNumber() {
  /** @param {InputEvent & { currentTarget: HTMLInputElement }} event */
  const typed = ({ currentTarget }) => {
    call.id.value = currentTarget.value.trim();
    call.idFrom.value = 'typed';
  };
  // Without a number no word can be checked.
  const left = () => {
    if (call.id.peek() === '') newCall();
  };
  return html`<${FieldFrame} id="call-number" label=${t('call-id')} class="call-number">
    <div class="field-box">
      <input class="field-input" id="call-number" value=${call.id.value} maxlength="64" autocomplete="off"
        spellcheck=${false} readonly=${call.answer.value !== null} onInput=${typed} onBlur=${left} />
      <span class="field-suffix"><span class="tag">${t(origins[call.idFrom.value])}</span></span>
    </div>
  <//>`;
}
