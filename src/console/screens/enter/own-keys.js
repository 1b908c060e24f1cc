// Whether the keys on the screen are used, and which letters they have.

import { html, useEffect, useState } from '../../app/view.js';
import { language } from '../../app/words.js';
import { TouchKeys } from './touch-keys.js';

/**
 * @param {boolean} atFirst
 */
export function useOwnKeys(atFirst) {
  const [on, setOn] = useState(atFirst);
  const [layout, setLayout] = useState(/** @type {import('./layouts.js').Layout} */ (language.value));
  // Who changes the language of the page means the letters as well.
  useEffect(() => setLayout(language.value), [language.value]);
  return { on, layout, setLayout, toggle: () => setOn(!on) };
}

/**
 * @param {object} props
 * @param {ReturnType<typeof useOwnKeys>} props.keys
 * @param {{ current: import('./word-field.js').WordField | null }} props.field
 * @param {() => void} props.onNext
 * @param {string} props.next
 * @param {boolean} props.busy
 */
export function Keys({ keys, field, onNext, next, busy }) {
  return html`
    <${TouchKeys} layout=${keys.layout} onLayout=${keys.setLayout} onType=${(/** @type {string} */ text) => field.current?.type(text)}
      onErase=${() => field.current?.erase()} onNext=${onNext} next=${next} busy=${busy} />`;
}
