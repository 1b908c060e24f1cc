// Where focus goes: each place of the call has a name.

/** @param {'caller' | 'several' | 'word' | 'answer' | 'loan'} place */
export function focusOn(place) {
  const found = /** @type {HTMLElement | null} */ (document.querySelector(`.call [data-place="${place}"]`));
  found?.focus();
}
