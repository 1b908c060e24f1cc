// The field of the word. What is in it is never written anywhere else: no form, no `value` attribute,
// no password manager, no spell check, and no learning by a phone's keyboard. `autoCorrect` is spelt so that it
// is set as an attribute: its property is a boolean, to which 'off' would be true.

import { layoutOf, useCapsLock } from '../../app/typing.js';
import { html, useLayoutEffect, useRef, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Icon } from '../../parts/icon.js';
import { useImperativeHandle } from '../../vendor/hooks.js';

/**
 * What the keys on the screen do to the field.
 * @typedef {object} WordField
 * @property {(text: string) => void} type
 * @property {() => void} erase
 * @property {(text: string) => void} replace
 * @property {() => void} focus
 */

/**
 * The word is kept by whoever uses the field; the field itself is not controlled, so that the caret stays
 * where it is.
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.describedBy
 * @param {boolean} props.shown
 * @param {(shown: boolean) => void} props.onShown
 * @param {boolean} props.ownKeys  keys on the screen are used, so the device's own stay away
 * @param {boolean} props.invalid
 * @param {boolean} props.busy
 * @param {(word: string) => void} props.onWord
 * @param {() => void} props.onEnter
 * @param {{ current: WordField | null }} props.field
 * @param {string} props.fieldId
 */
export function WordInput(props) {
  const { label, describedBy, shown, onShown, ownKeys, invalid, busy, onEnter, field, fieldId } = props;
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));

  const [layout, setLayout] = useState('');
  const capsLock = useCapsLock();
  /** @param {string} word */
  const onWord = (word) => {
    setLayout(layoutOf(word));
    props.onWord(word);
  };
  useImperativeHandle(field, () => handle(input, onWord), [props.onWord]);

  // Before the next frame, so that a phone's keyboard stays where it is.
  useLayoutEffect(() => {
    input.current?.focus();
    const element = input.current;
    // The browser keeps an undo history with the element: what leaves the page leaves empty.
    return () => {
      if (element) element.value = '';
    };
  }, []);

  return html`
    <div class="word-box">
      <label class="visually-hidden" for=${fieldId}>${label}</label>
      <input ref=${input} id=${fieldId} class=${`word-box-input${shown ? '' : ' word-box-input-hidden'}`} type="text"
        autocomplete="off" autoCorrect="off" autocapitalize="none" spellcheck=${false} translate="no"
        data-1p-ignore data-lpignore="true" data-bwignore data-form-type="other"
        inputmode=${ownKeys ? 'none' : 'text'} enterkeyhint="next" maxlength="1000"
        aria-describedby=${describedBy} aria-invalid=${invalid} aria-busy=${busy}
        onInput=${(/** @type {InputEvent & { currentTarget: HTMLInputElement }} */ event) => onWord(event.currentTarget.value)}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
          if (event.key !== 'Enter' || event.isComposing) return;
          event.preventDefault();
          if (!event.repeat) onEnter();
        }} />
      ${layout && html`<span class="tag">${layout}</span>`}
      ${capsLock && html`<span class="tag tag-warn" role="status"><span aria-hidden="true">⇪</span> ${t('enter-caps-lock')}</span>`}
      <button type="button" class="word-box-show" aria-pressed=${shown} aria-controls=${fieldId}
        onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => onShown(!shown)}>
        <${Icon} name="eye" /> <span class="touch-word">${shown ? t('enter-hide') : t('enter-show')}</span>
      </button>
    </div>`;
}

/**
 * @param {{ current: HTMLInputElement | null }} input
 * @param {(word: string) => void} onWord
 * @returns {WordField}
 */
function handle(input, onWord) {
  /** @param {(element: HTMLInputElement) => void} change */
  const edit = (change) => {
    const element = input.current;
    if (!element) return;
    element.focus();
    change(element);
    element.scrollLeft = element.scrollWidth;
    onWord(element.value);
  };
  return {
    type: (text) =>
      edit((element) => {
        const { from, to } = selection(element);
        element.setRangeText(text, from, to, 'end');
      }),
    erase: () =>
      edit((element) => {
        const { from, to } = selection(element);
        element.setRangeText('', from === to ? before(element.value, from) : from, to, 'end');
      }),
    replace: (text) =>
      edit((element) => {
        element.value = text;
      }),
    focus: () => input.current?.focus(),
  };
}

/** @param {HTMLInputElement} element */
function selection(element) {
  const end = element.value.length;
  return { from: element.selectionStart ?? end, to: element.selectionEnd ?? end };
}

/**
 * Where the character before a place begins: one that takes two code units is erased whole.
 * @param {string} text
 * @param {number} place
 */
function before(text, place) {
  const last = [...text.slice(0, place)].at(-1) ?? '';
  return place - last.length;
}
