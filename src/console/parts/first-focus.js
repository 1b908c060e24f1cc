// The focus of a step that appears within a dialog: `autofocus` works only while the dialog opens.

import { useEffect, useRef } from '../app/view.js';

/** The ref of what has the focus once its component is there. */
export function useFirstFocus() {
  const first = useRef(/** @type {any} */ (null));
  useEffect(() => first.current?.focus(), []);
  return first;
}
