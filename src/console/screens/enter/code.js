// The one-time code: from the address, or typed by hand from the specialist's screen.

import { html, useEffect, useRef, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';

const LENGTH = 10;
const GROUP = 5;

/** Letters that a phone in Kazakh or Russian types, and the Latin ones that look the same. */
const CYRILLIC = 'АВЕКМНОРСТХУІ';
const LATIN = 'ABEKMHOPCTXYI';

/**
 * The code in what was typed or scanned: capitals, in two groups, without what stands between.
 * @param {string} entered
 */
export function readCode(entered) {
  const letters = [...entered.toUpperCase()]
    .map((letter) => (CYRILLIC.includes(letter) ? LATIN[CYRILLIC.indexOf(letter)] : letter))
    .filter((letter) => /[0-9A-Z]/.test(letter))
    .slice(0, LENGTH);
  return letters.length > GROUP
    ? `${letters.slice(0, GROUP).join('')}-${letters.slice(GROUP).join('')}`
    : letters.join('');
}

/** @param {string} code */
export const isWhole = (code) => code.length === LENGTH + 1;

/**
 * Takes the code out of the address, and the address out of the history, before anything else is done.
 * @returns {string} '' where there is none
 */
export function takeCode() {
  const fragment = decoded(location.hash.slice(1));
  if (location.hash) history.replaceState(null, '', location.pathname);
  return readCode(fragment);
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** @typedef {{ kind: 'bad' | 'unanswered' | 'busy' } | { kind: 'tries', wait: string }} CodeTrouble */

const TROUBLES = {
  bad: key('enter-code-bad'),
  busy: key('enter-code-busy'),
  unanswered: key('enter-code-unanswered'),
  tries: key('enter-code-tries'),
};

/**
 * @param {object} props
 * @param {CodeTrouble | null} props.trouble
 * @param {boolean} props.busy
 * @param {string} props.code  what was tried before: it is kept, so that one letter can be mended
 * @param {(code: string) => void} props.onCode
 */
export function CodeForm({ trouble, busy, code: tried, onCode }) {
  const [code, setCode] = useState(tried);
  const [short, setShort] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => input.current?.focus(), [trouble]);

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    if (busy) return;
    if (isWhole(code)) onCode(code);
    else {
      setShort(true);
      input.current?.focus();
    }
  }
  const wrong = short
    ? t('enter-code-short')
    : trouble
      ? t(TROUBLES[trouble.kind], trouble.kind === 'tries' ? { wait: trouble.wait } : {})
      : '';
  return html`
    <form class="entry-code" onSubmit=${submit} novalidate>
      <h1 class="entry-title">${t('enter-code-title')}</h1>
      <p class="entry-lead">${t('enter-code-lead')}</p>
      <label class="visually-hidden" for="entry-code">${t('enter-code-label')}</label>
      <input ref=${input} id="entry-code" class="entry-code-input" type="text" value=${code} autocomplete="off" autoCorrect="off"
        autocapitalize="characters" spellcheck=${false} translate="no" enterkeyhint="go" data-1p-ignore data-lpignore="true"
        aria-describedby="entry-code-hint entry-code-trouble" aria-invalid=${wrong !== ''}
        onInput=${(/** @type {InputEvent & { currentTarget: HTMLInputElement }} */ event) => {
          setShort(false);
          typeInto(event.currentTarget);
          setCode(event.currentTarget.value);
        }} />
      <p class="entry-code-hint" id="entry-code-hint">${t('enter-code-hint')}</p>
      <p class="entry-trouble" id="entry-code-trouble" role="alert">
        ${wrong && html`<span aria-hidden="true">▲</span> ${wrong}`}
      </p>
      <div class="entry-actions">
        <button type="submit" class="entry-next" aria-disabled=${busy}>${busy ? t('enter-opening') : t('enter-code-open')}</button>
      </div>
    </form>`;
}

/**
 * Writes the field as a code, with the caret behind the same letter as before.
 * @param {HTMLInputElement} input
 */
function typeInto(input) {
  const before = readCode(input.value.slice(0, input.selectionStart ?? input.value.length));
  input.value = readCode(input.value);
  // Behind the fifth letter the caret is past the hyphen as well.
  const caret = before.length === GROUP && input.value.length > GROUP ? GROUP + 1 : before.length;
  input.setSelectionRange(caret, caret);
}
