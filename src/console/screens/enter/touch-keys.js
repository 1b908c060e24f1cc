// Large keys on the screen, for tablets and counters without a Kazakh keyboard.

import { html, useEffect, useRef, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { DIGITS, LAYOUT_NAMES, LAYOUTS, LETTERS } from './layouts.js';

const REPEAT_AFTER_MS = 450;
const REPEAT_EVERY_MS = 90;

/**
 * @param {object} props
 * @param {import('./layouts.js').Layout} props.layout
 * @param {(layout: import('./layouts.js').Layout) => void} props.onLayout
 * @param {(text: string) => void} props.onType
 * @param {() => void} props.onErase
 * @param {() => void} props.onNext
 * @param {string} props.next  what the key says that goes on
 * @param {boolean} props.busy
 */
export function TouchKeys({ layout, onLayout, onType, onErase, onNext, next, busy }) {
  const [digits, setDigits] = useState(false);
  const letters = LETTERS[layout];
  const rows = layout === 'kk' && digits ? [DIGITS, ...letters.slice(1)] : letters;
  const following = LAYOUTS[(LAYOUTS.indexOf(layout) + 1) % LAYOUTS.length];
  return html`
    <div class="touch" role="group" aria-label=${t('enter-keys')} data-layout=${layout}>
      ${rows.map(
        (row, index) => html`
          <div class="touch-row" key=${`${layout}${index}`}>
            ${row.map((letter) => html`<${Key} key=${letter} letter=${letter} onType=${onType} />`)}
            ${index === rows.length - 1 && html`<${EraseKey} onErase=${onErase} />`}
          </div>`,
      )}
      <div class="touch-row touch-row-last">
        ${
          layout === 'kk' &&
          html`<button type="button" class="touch-key touch-key-aside" tabindex="-1" onPointerDown=${keepFocus} aria-pressed=${digits}
          onClick=${() => setDigits(!digits)}>
            ${digits ? 'әің' : '123'}<span class="visually-hidden"> ${t('enter-keys-digits')}</span>
          </button>`
        }
        <button type="button" class="touch-key touch-key-aside" tabindex="-1" onPointerDown=${keepFocus}
          onClick=${() => onLayout(following)} aria-label=${t('enter-keys-layout', { layout: LAYOUT_NAMES[following] })}>
          ${LAYOUT_NAMES[following]}
        </button>
        <button type="button" class="touch-key touch-key-space" tabindex="-1" onPointerDown=${keepFocus} onClick=${() => onType(' ')}>
          ${t('enter-keys-space')}
        </button>
        <button type="button" class="touch-key touch-key-next" onPointerDown=${keepFocus} onClick=${onNext} aria-disabled=${busy}>
          ${next}
        </button>
      </div>
    </div>`;
}

/**
 * Letter keys are left out of the tab order: whoever has a Tab key has letter keys too.
 * @param {{ letter: string, onType: (text: string) => void }} props
 */
function Key({ letter, onType }) {
  return html`
    <button type="button" class="touch-key" tabindex="-1" onPointerDown=${keepFocus} onClick=${() => onType(letter)}>
      ${letter}
    </button>`;
}

/**
 * Erases one letter, and goes on erasing while it is held.
 * @param {{ onErase: () => void }} props
 */
function EraseKey({ onErase }) {
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const stop = () => clearTimeout(timer.current);
  useEffect(() => stop, []);
  const again = () => {
    onErase();
    timer.current = setTimeout(again, REPEAT_EVERY_MS);
  };
  /** @param {Event} event */
  const hold = (event) => {
    keepFocus(event);
    stop();
    timer.current = setTimeout(again, REPEAT_AFTER_MS);
  };
  return html`
    <button type="button" class="touch-key touch-key-aside touch-key-erase" tabindex="-1" onPointerDown=${hold} onPointerUp=${stop}
      onPointerLeave=${stop} onPointerCancel=${stop} onClick=${onErase}>
      <span aria-hidden="true">⌫</span> <span class="touch-word">${t('enter-keys-erase')}</span>
    </button>`;
}

/**
 * The field keeps the focus, and so its caret, while keys on the screen are pressed.
 * @param {Event} event
 */
function keepFocus(event) {
  event.preventDefault();
}
