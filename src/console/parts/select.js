// A choice from a short list.

import { html, useId } from '../app/view.js';
import { describedBy, FieldFrame } from './field.js';

/**
 * @param {{
 *   label: string, value: string | import('../app/view.js').Signal<string>, onChange?: (value: string) => unknown,
 *   options: { value: string, text: string }[], hint?: unknown, error?: string, class?: string,
 *   selectRef?: import('preact').Ref<HTMLSelectElement>, [attribute: string]: any,
 * }} props
 */
export function Select({ label, value, onChange, options, hint, error, class: extra, selectRef, ...rest }) {
  const made = useId();
  const id = rest.id ?? made;
  const chosen = typeof value === 'string' ? value : value.value;
  /** @param {Event & { currentTarget: HTMLSelectElement }} event */
  const change = ({ currentTarget }) => {
    if (typeof value !== 'string') value.value = currentTarget.value;
    onChange?.(currentTarget.value);
  };
  return html`<${FieldFrame} id=${id} label=${label} hint=${hint} error=${error} class=${extra}>
    <div class="field-box">
      <select ...${rest} id=${id} ref=${selectRef} class="field-input field-select" value=${chosen} onChange=${change}
        aria-invalid=${error ? 'true' : undefined} aria-describedby=${describedBy(id, hint, error)}>
        ${options.map((option) => html`<option key=${option.value} value=${option.value} selected=${option.value === chosen}>${option.text}</option>`)}
      </select>
    </div>
  <//>`;
}
