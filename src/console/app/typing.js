// What betrays people while they type: the keyboard's layout and Caps Lock.

import { useEffect, useState } from '../vendor/hooks.js';

const kazakh = /[әіңғүұқөһ]/i;
const cyrillic = /[\u0400-\u04ff]/;
const latin = /[a-z]/i;

/**
 * The layout that the last letters were typed in: 'ҚАЗ', 'РУС', 'EN', or '' where no letter tells. A Kazakh
 * letter anywhere tells more than a Russian one after it, for Kazakh is written with both.
 * @param {string} text
 */
export function layoutOf(text) {
  const letter = [...text].reverse().find((sign) => cyrillic.test(sign) || latin.test(sign));
  if (!letter) return '';
  if (latin.test(letter)) return 'EN';
  return kazakh.test(text) ? 'ҚАЗ' : 'РУС';
}

/** Whether Caps Lock is on, as the last key or click told. */
export function useCapsLock() {
  const [on, setOn] = useState(false);
  useEffect(() => {
    /** @param {KeyboardEvent | MouseEvent} event */
    const look = (event) => {
      if (!event.getModifierState) return;
      // Chromium still tells the old state when the key itself goes down.
      if (event instanceof KeyboardEvent && event.key === 'CapsLock' && event.type === 'keydown') return;
      setOn(event.getModifierState('CapsLock'));
    };
    for (const kind of /** @type {const} */ (['keydown', 'keyup', 'mousedown'])) addEventListener(kind, look);
    return () => {
      for (const kind of /** @type {const} */ (['keydown', 'keyup', 'mousedown'])) removeEventListener(kind, look);
    };
  }, []);
  return on;
}
