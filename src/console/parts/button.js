// A button, with the key that does the same written in it.

import { html } from '../app/view.js';
import { Icon } from './icon.js';
import { ariaKeys, Kbd } from './kbd.js';

/**
 * `busy` keeps the focus and takes no second press; `type="submit"` sends the form around it.
 * @param {{
 *   children?: unknown, kind?: 'primary' | 'plain' | 'danger' | 'quiet', type?: 'button' | 'submit',
 *   keys?: string, icon?: import('./icon.js').IconName, busy?: boolean, disabled?: boolean, class?: string,
 *   onClick?: (event: MouseEvent) => unknown, buttonRef?: import('preact').Ref<HTMLButtonElement>,
 *   [attribute: `aria-${string}` | `data-${string}`]: unknown, title?: string, autofocus?: boolean,
 * }} props
 */
export function Button({
  children,
  kind = 'plain',
  type = 'button',
  keys,
  icon,
  busy = false,
  disabled = false,
  class: extra = '',
  onClick,
  buttonRef,
  ...rest
}) {
  /** @param {MouseEvent} event */
  const click = (event) => {
    if (busy) event.preventDefault();
    else onClick?.(event);
  };
  return html`<button ...${rest} ref=${buttonRef} type=${type} class=${`button button-${kind} ${extra}`}
    disabled=${disabled} aria-disabled=${busy ? 'true' : undefined} aria-busy=${busy ? 'true' : undefined}
    aria-keyshortcuts=${ariaKeys(keys)} onClick=${click}>
    ${busy ? html`<span class="spinner" aria-hidden="true"></span>` : icon && html`<${Icon} name=${icon} />`}
    ${children}
    ${keys && html`<span aria-hidden="true"><${Kbd} keys=${keys} /></span>`}
  </button>`;
}
