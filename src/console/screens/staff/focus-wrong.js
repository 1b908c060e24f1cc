// After a refusal the focus goes to the first field that is wrong, where its error is read out.

import { useEffect, useRef } from '../../app/view.js';

/**
 * The ref of a form whose fields say what was wrong.
 * @param {unknown} error another one with each refusal
 */
export function useFocusWrong(error) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  useEffect(() => {
    const wrong = error && form.current?.querySelector('[aria-invalid="true"]');
    if (wrong instanceof HTMLElement) wrong.focus();
  }, [error]);
  return form;
}
