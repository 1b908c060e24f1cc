// A field for a word or a password: dots, the layout, Caps Lock, and shown only while one wants it.

import { layoutOf, useCapsLock } from '../app/typing.js';
import { html, useEffect, useRef, useState } from '../app/view.js';
import { t } from '../app/words.js';
import { Field } from './field.js';
import { Icon } from './icon.js';

/**
 * `kind="passphrase"` is a text field that only looks like dots: no browser offers to save it, correct it
 * or remember it. `kind="password"` is for staff, whose password managers may help.
 * `shown` (from a held key) shows it; with `eye` there is a button that does.
 * @param {{
 *   kind: 'passphrase' | 'password', shown?: boolean, eye?: boolean, suffix?: unknown, hint?: unknown,
 *   [attribute: string]: any,
 * }} props
 */
export function SecretField({ kind, shown = false, eye = false, suffix, hint, ...rest }) {
  const [open, setOpen] = useState(false);
  const capsLock = useCapsLock();
  const value = typeof rest.value === 'string' ? rest.value : rest.value.value;
  const visible = shown || (eye && open);
  const layout = layoutOf(value);
  const empty = value === '';
  const wasEmpty = useRef(empty);
  useEffect(() => {
    // A field that was emptied hides the next word.
    if (empty && !wasEmpty.current) setOpen(false);
    wasEmpty.current = empty;
  }, [empty]);
  const quiet =
    kind === 'passphrase'
      ? { type: 'text', autocomplete: 'off', 'data-1p-ignore': true, 'data-lpignore': 'true', 'data-bwignore': true }
      : { type: visible ? 'text' : 'password' };
  const marks = html`${suffix}
    ${layout && html`<span class="tag" title=${t('console-layout')}>${layout}</span>`}
    ${capsLock && html`<span class="tag tag-warn" role="status">⇪ ${t('console-caps-lock')}</span>`}
    ${
      eye &&
      html`<button type="button" class="eye" aria-pressed=${String(open)} aria-label=${t('console-show')}
      onClick=${() => setOpen(!open)}><${Icon} name="eye" /></button>`
    }`;
  return html`<${Field} autocapitalize="none" autoCorrect="off" spellcheck=${false} ...${quiet} ...${rest} hint=${hint}
    inputClass=${`secret ${visible ? 'secret-shown' : ''}`} suffix=${marks} />`;
}
