// One of a few: radio buttons that are large enough to hit, as a group with its question.

import { html, useId } from '../../app/view.js';

/**
 * @param {object} props
 * @param {string} props.legend
 * @param {string} [props.hint]
 * @param {string} [props.error]
 * @param {string} props.value
 * @param {{ value: string, text: string }[]} props.options
 * @param {(value: string) => void} props.onChange
 * @param {boolean} [props.first]  the stage's first control
 */
export function Choices({ legend, hint, error, value, options, onChange, first = false }) {
  const id = useId();
  const describedBy = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined;
  return html`<fieldset class=${`options ${error ? 'field-wrong' : ''}`} aria-describedby=${describedBy}>
    <legend class="field-label">${legend}</legend>
    ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
    <div class="options-list">
      ${options.map(
        (option, index) => html`<label key=${option.value} class="option">
          <input type="radio" name=${id} value=${option.value} checked=${option.value === value}
            data-first=${first && (value ? option.value === value : index === 0) ? true : undefined}
            onChange=${() => onChange(option.value)} />
          <span>${option.text}</span>
        </label>`,
      )}
    </div>
    ${error && html`<p class="field-error" id=${`${id}-error`} role="alert">${error}</p>`}
  </fieldset>`;
}
