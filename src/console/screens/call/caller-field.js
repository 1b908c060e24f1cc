// Who is calling: a telephone, a client number or a ticket, as it is typed or pasted.

import { phone } from '../../app/format.js';
import { html, useLayoutEffect, useRef, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { FieldFrame } from '../../parts/field.js';
import { Kbd } from '../../parts/kbd.js';
import { next, search } from './actions.js';
import { readCaller, readPhone } from './caller.js';
import { focusOn } from './focus.js';
import { Message } from './message.js';
import { finding } from './sending.js';
import { call } from './state.js';

const kinds = {
  empty: '',
  phone: key('call-kind-phone'),
  client: key('call-kind-client'),
  ticket: key('call-kind-ticket'),
  wrong: key('call-kind-wrong'),
};

export function CallerField() {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [kind, setKind] = useState(/** @type {keyof typeof kinds} */ ('empty'));
  const isBusy = finding.busy.value;

  // What was typed over the caller before, or handed over, is already the next one's.
  useLayoutEffect(() => {
    const field = input.current;
    if (!field) return;
    field.value = call.given.peek();
    setKind(readCaller(field.value).kind);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }, []);

  const typed = () => {
    const text = input.current?.value ?? '';
    if (call.client.peek() || call.several.peek().length > 0) {
      next(text);
      return;
    }
    setKind(readCaller(text).kind);
    if (call.message.peek()) call.message.value = null;
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    if (call.client.peek()) focusOn(call.step.peek());
    else void search(input.current?.value ?? '');
  };
  const left = () => {
    const field = input.current;
    const number = field && readPhone(field.value);
    if (number) field.value = phone(number);
  };

  return html`<${FieldFrame} id="call-caller" label=${t('call-caller')}>
    <div class="field-box">
      <input class="field-input call-caller" id="call-caller" data-place="caller" ref=${input} maxlength="64"
        enterkeyhint="search" autocomplete="off" autocapitalize="characters" spellcheck=${false}
        aria-describedby="call-caller-kind" readonly=${isBusy}
        onInput=${typed} onKeyDown=${pressed} onFocus=${() => input.current?.select()} onBlur=${left} />
      <span class="field-suffix" id="call-caller-kind">
        ${isBusy ? html`<span class="spinner" aria-hidden="true"></span> ${t('call-searching')}` : kinds[kind] && html`<span class="tag">${t(kinds[kind])}</span>`}
        ${!isBusy && html`<span aria-hidden="true"><${Kbd} keys="Enter" /></span>`}
      </span>
    </div>
    <${Message} at="caller" send=${finding} />
  <//>`;
}
