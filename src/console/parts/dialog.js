// A dialog over the screen: native, so that what is under it can be neither reached nor read.

import { Depth, openDepth } from '../app/keys.js';
import { html, useContext, useId, useLayoutEffect, useRef } from '../app/view.js';

/**
 * There for as long as it is drawn; the focus goes back to where it was. Without `onClose` it cannot be
 * closed but by its own buttons. `covers` hides the screen under it wholly.
 * @param {{
 *   title: string, children?: unknown, onClose?: () => unknown, role?: 'dialog' | 'alertdialog',
 *   wide?: boolean, covers?: boolean, class?: string,
 * }} props
 */
export function Dialog({ title, children, onClose, role, wide = false, covers = false, class: extra = '' }) {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const depth = useContext(Depth) + 1;
  const titleId = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  // At once, not after the next drawing: a key right after the dialog has closed is the screen's again.
  useLayoutEffect(() => openDepth(depth), [depth]);
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    if (event.key !== 'Escape') return;
    // Even a second Escape must not close what has no way out.
    event.preventDefault();
    event.stopPropagation();
    onClose?.();
  };
  /** @param {Event} event */
  const cancel = (event) => {
    if (event.target !== ref.current) return;
    event.preventDefault();
    onClose?.();
  };
  return html`<dialog ref=${ref} role=${role} aria-labelledby=${titleId} onKeyDown=${keydown} onCancel=${cancel}
    class=${`dialog ${wide ? 'dialog-wide' : ''} ${covers ? 'dialog-covers' : ''} ${extra}`}>
    <h2 class="dialog-title" id=${titleId}>${title}</h2>
    <${Depth.Provider} value=${depth}>${children}<//>
  </dialog>`;
}
