// A labelled field: hint under the label's line, error under the field, and what stands within it on the right.

import { html, useId } from '../app/view.js';
import { t } from '../app/words.js';

/** @typedef {import('preact').Ref<HTMLInputElement>} InputRef */

/**
 * What every field has around it.
 * @param {{ id: string, label: string, hint?: unknown, error?: string, class?: string, children: unknown }} props
 */
export function FieldFrame({ id, label, hint, error, class: extra = '', children }) {
  return html`<div class=${`field ${error ? 'field-wrong' : ''} ${extra}`}>
    <label class="field-label" for=${id}>${label}</label>
    ${children}
    ${error && html`<p class="field-error" id=${`${id}-error`}><span class="visually-hidden">${t('console-field-error')} </span>${error}</p>`}
    ${hint && html`<div class="field-hint" id=${`${id}-hint`}>${hint}</div>`}
  </div>`;
}

/**
 * @param {string} id
 * @param {unknown} hint
 * @param {string | undefined} error
 */
export const describedBy = (id, hint, error) =>
  [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined;

/**
 * `value` is a text with `onInput`, or a signal that the field writes itself. Other attributes go to the input.
 * @param {{
 *   label: string, value: string | import('../app/view.js').Signal<string>, onInput?: (value: string) => unknown,
 *   hint?: unknown, error?: string, suffix?: unknown, inputRef?: InputRef, class?: string, inputClass?: string,
 *   [attribute: string]: any,
 * }} props
 */
export function Field({
  label,
  value,
  onInput,
  hint,
  error,
  suffix,
  inputRef,
  class: extra,
  inputClass = '',
  ...rest
}) {
  const made = useId();
  const id = rest.id ?? made;
  const text = typeof value === 'string' ? value : value.value;
  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  const input = ({ currentTarget }) => {
    if (typeof value !== 'string') value.value = currentTarget.value;
    onInput?.(currentTarget.value);
  };
  return html`<${FieldFrame} id=${id} label=${label} hint=${hint} error=${error} class=${extra}>
    <div class="field-box">
      <input type="text" autocomplete="off" spellcheck=${false} ...${rest} id=${id} ref=${inputRef}
        class=${`field-input ${inputClass}`} value=${text} onInput=${input}
        aria-invalid=${error ? 'true' : undefined} aria-describedby=${describedBy(id, hint, error)} />
      ${suffix && html`<span class="field-suffix">${suffix}</span>`}
    </div>
  <//>`;
}
