// The word: dots, unless Alt+S is held. It lives in the field alone and goes with it.
//
// The field is no password field, for browsers and password managers offer to keep what is typed into
// one. It is a text field drawn as dots; where a browser cannot draw them it is a password field.

import { useHeld } from '../../app/keys.js';
import { layoutOf, useCapsLock } from '../../app/typing.js';
import { html, useRef, useState } from '../../app/view.js';
import { useWipeSecrets } from '../../app/wipe.js';
import { key, t } from '../../app/words.js';
import { FieldFrame } from '../../parts/field.js';
import { Kbd } from '../../parts/kbd.js';
import { check } from './actions.js';
import { Attempts } from './attempts.js';
import { Message } from './message.js';
import { verifying } from './sending.js';
import { call } from './state.js';

const drawsDots = CSS.supports('-webkit-text-security', 'disc');

export function WordField() {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [isShown, show] = useState(false);
  const [typing, setTyping] = useState({ layout: '', isMixed: false });
  const hasCapsLock = useCapsLock();
  const isBusy = verifying.busy.value;
  useHeld({ 'Alt+s': [show, key('call-show')] });
  useWipeSecrets(() => {
    call.tries.value += 1;
  });

  const typed = () => {
    const text = input.current?.value ?? '';
    const layout = layoutOf(text);
    const isMixed = mixesAlphabets(text);
    if (layout !== typing.layout || isMixed !== typing.isMixed) setTyping({ layout, isMixed });
    if (call.message.peek()?.at === 'word') call.message.value = null;
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    void check(input.current?.value ?? '');
  };

  return html`<${FieldFrame} id="call-word" label=${t('call-word')}>
    <div class="field-box">
      <input class=${`field-input secret ${isShown ? 'secret-shown' : ''}`} id="call-word" data-place="word" ref=${input}
        type=${drawsDots || isShown ? 'text' : 'password'} autocomplete=${drawsDots ? 'off' : 'new-password'}
        maxlength="256" enterkeyhint="go" autocapitalize="none" autoCorrect="off" spellcheck=${false}
        writingsuggestions="false" data-1p-ignore data-bwignore data-lpignore="true" data-form-type="other"
        aria-describedby="call-word-typing call-word-hint" readonly=${isBusy}
        onInput=${typed} onKeyDown=${pressed} onCopy=${refuse} onCut=${refuse} onDragStart=${refuse} />
      <span class="field-suffix" id="call-word-typing">
        ${typing.isMixed && html`<span class="tag tag-warn">${t('call-mixed')}</span>`}
        ${hasCapsLock && html`<span class="tag tag-warn" role="status">⇪ ${t('console-caps-lock')}</span>`}
        ${typing.layout && html`<span class="tag" title=${t('console-layout')}>${typing.layout}</span>`}
      </span>
    </div>
    <div class="call-word-hint" id="call-word-hint">
      <${Attempts} />
      <span class="call-show"><${Kbd} keys="Alt+s" /> ${t('call-show')}</span>
    </div>
    <${Message} at="word" send=${verifying} />
  <//>`;
}

/** @param {Event} event what would carry the word out of the field */
const refuse = (event) => event.preventDefault();

/** @param {string} text */
const mixesAlphabets = (text) =>
  text.split(/[^\p{L}\p{M}]+/u).some((word) => /\p{Script=Cyrillic}/u.test(word) && /\p{Script=Latin}/u.test(word));
